/** SkyRL: Diagnose Connection: asks once more, and shows the whole chain as a read-only document. */
import * as vscode from 'vscode';
import type { CommandDeps } from './commands';
import { diagnosisText } from './diagnosis';
import { readNetwork } from './network';
import { inspectSettings } from './settings';

const scheme = 'skyrl-diagnosis';
/** Closed documents are not reported here in all cases; nobody compares more. */
const keptDocuments = 10;

/** The documents that were made, as they were then. */
export class Diagnoses implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  private made = 0;

  add(text: string): vscode.Uri {
    this.made += 1;
    const uri = vscode.Uri.from({ scheme, path: `/SkyRL connection ${this.made}.md` });
    this.texts.set(uri.toString(), text);
    for (const old of [...this.texts.keys()].slice(0, -keptDocuments)) this.texts.delete(old);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? 'This diagnosis is no longer kept: run SkyRL: Diagnose Connection again.';
  }

  dispose(): void {
    this.registration.dispose();
  }
}

/** Opens the document and resolves to its Uri. Where nothing may be asked, it says so. */
export async function diagnose({ session, configs, diagnoses, log }: CommandDeps): Promise<vscode.Uri> {
  try {
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'SkyRL: asking the run' }, () => session.scrape('command'));
  } catch (error) {
    log.error(`diagnose: ${String(error)}`);
  }
  const { inUse, candidates, search } = configs;
  const { httpProxy } = readNetwork();
  const uri = diagnoses.add(diagnosisText({
    now: Date.now(), status: session.status, trusted: vscode.workspace.isTrusted, round: session.monitor.round, snapshot: session.snapshot, environment: process.env,
    versions: [`SkyRL Metrics ${version()}`, `VS Code ${vscode.version}`, process.platform, vscode.env.remoteName === undefined ? 'local' : `remote: ${vscode.env.remoteName}`],
    settings: inspectSettings(), proxy: URL.canParse(httpProxy) ? new URL(httpProxy).host : '',
    config: { inUse, name: inUse ? vscode.workspace.asRelativePath(inUse.uri) : '', candidates: candidates.length, searching: search === 'searching' },
  }));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  return uri;
}

function version(): string {
  const manifest = vscode.extensions.getExtension('skyrl-metrics.skyrl-metrics')?.packageJSON as { version?: unknown } | undefined;
  return typeof manifest?.version === 'string' ? manifest.version : '';
}
