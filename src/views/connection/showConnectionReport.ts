/** `SkyRL: Diagnose Connection`: scrapes once more and shows the report as a read-only document. */
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import type { Configs } from '../config/configs';
import { commandIds } from '../shared/ids';
import type { ReadonlyDocuments } from '../shared/readonlyDocuments';
import type { RunWatcher } from '../shared/runWatcher';
import { inspectSettings } from '../shared/settings';
import { connectionReport } from './connectionReport';
import { redactUrl } from '../../http/redact';
import { readConnectionConfig } from './connectionView';
import { readNetworkSettings } from './networkSettings';

interface ConnectionReportDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  log: vscode.LogOutputChannel;
}

/** Resolves to the document's Uri. In an untrusted folder the report says that no request was made. */
async function showConnectionReport(
  { runWatcher, configs, log }: ConnectionReportDeps,
  documents: ReadonlyDocuments,
): Promise<vscode.Uri> {
  const progress = { location: vscode.ProgressLocation.Window, title: 'SkyRL: checking the connection' };
  try {
    await vscode.window.withProgress(progress, () => runWatcher.scrape('command'));
  } catch (error) {
    log.error(`diagnose: ${String(error)}`);
  }
  const { httpProxy, clusterProxy } = readNetworkSettings();
  return documents.show(
    connectionReport({
      now: Date.now(),
      status: runWatcher.status,
      isTrusted: vscode.workspace.isTrusted,
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
      clusterProxy: redactUrl(clusterProxy),
      config: { ...readConnectionConfig(configs), searching: configs.search === 'searching' },
    }),
  );
}

function extensionVersion(): string {
  const manifest = vscode.extensions.getExtension('skyrl-metrics.skyrl-metrics')?.packageJSON as
    { version?: unknown } | undefined;
  return typeof manifest?.version === 'string' ? manifest.version : '';
}

/** Registers the command, which shows its report in `documents`. */
export const registerConnectionReport = (deps: ConnectionReportDeps, documents: ReadonlyDocuments): vscode.Disposable =>
  registerCommandTable({ [commandIds.diagnose]: () => showConnectionReport(deps, documents) });
