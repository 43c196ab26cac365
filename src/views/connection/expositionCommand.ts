/** `SkyRL: Show Exposition`: what a target answered last, all of it or one family, as a read-only document. */
import * as vscode from 'vscode';
import { extractFamily } from '../../exposition/extractFamily';
import { escapeLabel } from '../../shared/escapeLabel';
import { isTreeRow, registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import type { TreeRow } from '../shared/treeRow';

const scheme = 'skyrl-exposition';

interface ExpositionOptions {
  /** URL of one of the run's targets. */
  target?: string;
  /** Bare (`generation_tokens`) or as in the exposition. */
  family?: string;
}

/** Texts of the open documents; closing a document drops its text. */
class ExpositionDocuments implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  show(uri: vscode.Uri, text: string): void {
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '# This answer is no longer kept. Run SkyRL: Show Exposition again.\n';
  }

  forget(uri: vscode.Uri): void {
    this.texts.delete(uri.toString());
  }

  dispose(): void {
    this.changed.dispose();
  }
}

async function pickTarget({ snapshot }: RunWatcher): Promise<string | undefined> {
  const targets = snapshot?.targets ?? [];
  if (targets.length <= 1) return targets[0]?.url;
  const items = targets.map(({ url, kind, state }) => ({
    label: escapeLabel(url),
    description: `${kind}, ${state}`,
    url,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select a target' }))?.url;
}

/** `asked`: the target was asked for this document, which on some versions of Ray takes gauges from SkyRL's own log. */
function expositionText(
  { collector }: RunWatcher,
  { target, family }: ExpositionOptions,
  { text, at, asked }: { text: string; at: number; asked: boolean },
): string {
  const warning =
    asked && collector.round?.hold === 'one-reader'
      ? '# This version of Ray hands each gauge to one reader only: this request took them from SkyRL’s own log.\n'
      : '';
  const body = family === undefined ? text : extractFamily(text, family);
  const missing =
    body === '' ? `# ${family === undefined ? 'The answer is empty' : `No family ${family} in this answer`}.\n` : '';
  return `# ${target}, ${new Date(at).toISOString()}\n${warning}${missing}${body}`;
}

const documentUri = (target: string, family: string | undefined): vscode.Uri =>
  vscode.Uri.from({
    scheme,
    path: `/${new URL(target).host.replaceAll(':', '-')}${family === undefined ? '' : ` ${family}`}.prom`,
    query: target,
  });

/**
 * Registers the command. It resolves to the document's Uri, to undefined if the person chose no target, and rejects if
 * there is none or it fails.
 */
export function registerExpositionCommand(runWatcher: RunWatcher): vscode.Disposable {
  const documents = new ExpositionDocuments();
  async function show(argument?: ExpositionOptions | TreeRow): Promise<vscode.Uri | undefined> {
    const options = (isTreeRow(argument) ? argument.exposition : argument) ?? {};
    if ((runWatcher.snapshot?.targets ?? []).length === 0) throw new Error('There is no target yet. Scrape first.');
    const target = options.target ?? (await pickTarget(runWatcher));
    if (target === undefined) return undefined;
    const answer = await runWatcher.collector.readBody(target);
    const uri = documentUri(target, options.family);
    documents.show(uri, expositionText(runWatcher, { ...options, target }, answer));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    return uri;
  }
  return vscode.Disposable.from(
    documents,
    vscode.workspace.registerTextDocumentContentProvider(scheme, documents),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === scheme) documents.forget(uri);
    }),
    registerCommandTable({ [commandIds.showExposition]: show }),
  );
}
