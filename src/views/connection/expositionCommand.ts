/** `SkyRL: Show Exposition`: what a target answered last, whole or one family of it, as a read-only document. */
import * as vscode from 'vscode';
import { extractFamily } from '../../exposition/extractFamily';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';
import type { RunWatcher } from '../shared/runWatcher';
import { escapeLabel } from '../../shared/escapeLabel';

const scheme = 'skyrl-exposition';

export interface ExpositionOptions {
  /** URL of one of the run's targets. */
  target?: string;
  /** Bare (`generation_tokens`) or as it stands in the text. */
  family?: string;
}

/** Texts of the documents that are open; a document that is closed gives its text back. */
class ExpositionDocuments implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  show(uri: vscode.Uri, text: string): void {
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '# This answer is no longer kept: run SkyRL: Show Exposition again.\n';
  }

  forget(uri: vscode.Uri): void {
    this.texts.delete(uri.toString());
  }

  dispose(): void {
    this.changed.dispose();
  }
}

async function pickTarget(session: RunWatcher): Promise<string | undefined> {
  const targets = session.snapshot?.targets ?? [];
  if (targets.length <= 1) return targets[0]?.url;
  const items = targets.map(({ url, kind, state }) => ({
    label: escapeLabel(url),
    description: `${kind}, ${state}`,
    url,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'The target whose metrics are shown' }))?.url;
}

function expositionText(
  session: RunWatcher,
  target: string,
  family: string | undefined,
  { text, at, asked }: { text: string; at: number; asked: boolean },
): string {
  const taken =
    asked && session.collector.round?.hold === 'one-reader'
      ? '# This Ray hands each gauge to one reader: this reading took them from SkyRL’s own log.\n'
      : '';
  const body = family === undefined ? text : extractFamily(text, family);
  const missing =
    body === '' ? `# ${family === undefined ? 'An empty answer' : `No family ${family} in this answer`}.\n` : '';
  return `# ${target}, ${new Date(at).toISOString()}\n${taken}${missing}${body}`;
}

/** Rows of targets and metrics say what they are of; a call with options asks nothing. */
function toExpositionOptions(given: ExpositionOptions | TreeRow | undefined): ExpositionOptions {
  return given && 'children' in given ? (given.exposition ?? {}) : (given ?? {});
}

/** Registers the command. It resolves to the document's `Uri`, to undefined where nobody chose a target, and rejects where there is none or it fails. */
export function registerExpositionCommand(session: RunWatcher): vscode.Disposable[] {
  const expositions = new ExpositionDocuments();
  async function show(given?: ExpositionOptions | TreeRow): Promise<vscode.Uri | undefined> {
    const options = toExpositionOptions(given);
    if ((session.snapshot?.targets ?? []).length === 0) throw new Error('There is no target yet: scrape first.');
    const target = options.target ?? (await pickTarget(session));
    if (target === undefined) return undefined;
    const answer = await session.collector.readBody(target);
    const { host } = new URL(target);
    const uri = vscode.Uri.from({
      scheme,
      path: `/${host.replaceAll(':', '-')}${options.family === undefined ? '' : ` ${options.family}`}.prom`,
      query: target,
    });
    expositions.show(uri, expositionText(session, target, options.family, answer));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    return uri;
  }
  return [
    expositions,
    vscode.workspace.registerTextDocumentContentProvider(scheme, expositions),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === scheme) expositions.forget(uri);
    }),
    vscode.commands.registerCommand(commandIds.showExposition, show),
  ];
}
