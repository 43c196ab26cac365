/** SkyRL: Diagnose Connection: asks once more, and shows the whole chain as a read-only document. */
import * as vscode from 'vscode';
import type { Configs } from '../config/configs';
import { diagnosisText } from './connectionReport';
import { MadeDocuments } from '../shared/readonlyDocuments';
import { readNetwork } from './networkSettings';
import type { Session } from '../shared/runWatcher';
import { inspectSettings } from '../shared/settings';

/** Where the documents are made. */
export const diagnosisDocuments = (): MadeDocuments =>
  new MadeDocuments(
    'skyrl-diagnosis',
    'SkyRL connection',
    'This diagnosis is no longer kept: run SkyRL: Diagnose Connection again.',
  );

interface DiagnoseDeps {
  session: Session;
  configs: Configs;
  diagnoses: MadeDocuments;
  log: vscode.LogOutputChannel;
}

/** Opens the document and resolves to its Uri. Where nothing may be asked, it says so. */
export async function diagnose({ session, configs, diagnoses, log }: DiagnoseDeps): Promise<vscode.Uri> {
  try {
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'SkyRL: asking the run' }, () =>
      session.scrape('command'),
    );
  } catch (error) {
    log.error(`diagnose: ${String(error)}`);
  }
  const { inUse, candidates, search } = configs;
  const { httpProxy } = readNetwork();
  return diagnoses.show(
    diagnosisText({
      now: Date.now(),
      status: session.status,
      trusted: vscode.workspace.isTrusted,
      round: session.monitor.round,
      snapshot: session.snapshot,
      environment: process.env,
      versions: [
        `SkyRL Metrics ${version()}`,
        `VS Code ${vscode.version}`,
        process.platform,
        vscode.env.remoteName === undefined ? 'local' : `remote: ${vscode.env.remoteName}`,
      ],
      settings: inspectSettings(),
      proxy: URL.canParse(httpProxy) ? new URL(httpProxy).host : '',
      config: {
        inUse,
        name: inUse ? vscode.workspace.asRelativePath(inUse.uri) : '',
        candidates: candidates.length,
        searching: search === 'searching',
      },
    }),
  );
}

function version(): string {
  const manifest = vscode.extensions.getExtension('skyrl-metrics.skyrl-metrics')?.packageJSON as
    { version?: unknown } | undefined;
  return typeof manifest?.version === 'string' ? manifest.version : '';
}
