/** SkyRL: Diagnose Connection: asks once more, and shows the whole chain as a read-only document. */
import * as vscode from 'vscode';
import type { Configs } from '../config/configs';
import { connectionReport } from './connectionReport';
import { ReadonlyDocuments } from '../shared/readonlyDocuments';
import { readNetworkSettings } from './networkSettings';
import type { RunWatcher } from '../shared/runWatcher';
import { inspectSettings } from '../shared/settings';

/** Where the documents are made. */
export const createReportDocuments = (): ReadonlyDocuments =>
  new ReadonlyDocuments(
    'skyrl-diagnosis',
    'SkyRL connection',
    'This diagnosis is no longer kept: run SkyRL: Diagnose Connection again.',
  );

interface ConnectionReportDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  reportDocuments: ReadonlyDocuments;
  log: vscode.LogOutputChannel;
}

/** Opens the document and resolves to its Uri. Where nothing may be asked, it says so. */
export async function showConnectionReport({
  runWatcher,
  configs,
  reportDocuments,
  log,
}: ConnectionReportDeps): Promise<vscode.Uri> {
  try {
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'SkyRL: asking the run' }, () =>
      runWatcher.scrape('command'),
    );
  } catch (error) {
    log.error(`diagnose: ${String(error)}`);
  }
  const { activeConfig, candidates, search } = configs;
  const { httpProxy } = readNetworkSettings();
  return reportDocuments.show(
    connectionReport({
      now: Date.now(),
      status: runWatcher.status,
      trusted: vscode.workspace.isTrusted,
      round: runWatcher.collector.round,
      snapshot: runWatcher.snapshot,
      environment: process.env,
      versions: [
        `SkyRL Metrics ${extensionVersion()}`,
        `VS Code ${vscode.version}`,
        process.platform,
        vscode.env.remoteName === undefined ? 'local' : `remote: ${vscode.env.remoteName}`,
      ],
      settings: inspectSettings(),
      proxy: URL.canParse(httpProxy) ? new URL(httpProxy).host : '',
      config: {
        inUse: activeConfig,
        name: activeConfig ? vscode.workspace.asRelativePath(activeConfig.uri) : '',
        candidates: candidates.length,
        searching: search === 'searching',
      },
    }),
  );
}

function extensionVersion(): string {
  const manifest = vscode.extensions.getExtension('skyrl-metrics.skyrl-metrics')?.packageJSON as
    { version?: unknown } | undefined;
  return typeof manifest?.version === 'string' ? manifest.version : '';
}
