/**
 * Registers the Connection view, the connection report, and the commands that decide what is asked and with which
 * token.
 */
import * as vscode from 'vscode';
import type { Configs } from '../config/configs';
import { registerCommandTable } from '../shared/commandTable';
import { setContext } from '../shared/contextKeys';
import { commandIds, viewIds } from '../shared/ids';
import { ReadonlyDocuments } from '../shared/readonlyDocuments';
import { registerOnDemand } from '../shared/registerOnDemand';
import type { RunWatcher } from '../shared/runWatcher';
import type { TreeSection } from '../shared/treeRow';
import { ConnectionView } from './connectionView';
import type { DashboardTokens } from './dashboardTokens';
import { registerExpositionCommand } from './expositionCommand';
import { registerExpositionLanguage } from './expositionLanguage';
import type { PrometheusConnection } from './prometheusConnection';

const connectionCommands = [
  commandIds.diagnose,
  commandIds.setToken,
  commandIds.clearToken,
  commandIds.selectPrometheus,
  commandIds.setPrometheusToken,
  commandIds.clearPrometheusToken,
  commandIds.selectRun,
  commandIds.selectSource,
  commandIds.writeScrapeConfig,
];

/** What the feature needs. */
export interface ConnectionFeatureDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  tokens: DashboardTokens;
  prometheus: PrometheusConnection;
  /** The recording of scrapes that runs. */
  captureSection: TreeSection;
  log: vscode.LogOutputChannel;
}

/** What other features use of this one. */
export interface ConnectionFeature extends vscode.Disposable {
  view: ConnectionView;
}

/** Registers the feature; what `deps` hands over belongs to the caller. */
export function registerConnection(deps: ConnectionFeatureDeps): ConnectionFeature {
  const { runWatcher, tokens, prometheus } = deps;
  const view = new ConnectionView(deps);
  const reports = new ReadonlyDocuments({
    scheme: 'skyrl-diagnosis',
    title: 'SkyRL connection',
    missingText: 'This report is no longer kept. Run SkyRL: Diagnose Connection again.',
  });
  /** Once a target of the person's own run has answered. */
  const updateContext = (): void => {
    const hasAnswer = runWatcher.snapshot?.targets.some(({ state }) => state !== 'failed') ?? false;
    if (hasAnswer && !runWatcher.replay) setContext('connected', true);
  };
  const registrations = vscode.Disposable.from(
    view,
    runWatcher.onDidScrape(updateContext),
    tokens.onDidChange(() => runWatcher.retryFailures()),
    prometheus.onDidChange(() => runWatcher.retryFailures()),
    reports,
    registerExpositionCommand(runWatcher),
    registerExpositionLanguage(),
    registerOnDemand(connectionCommands, async () => {
      const { registerConnectionCommands } = await import('./connectionCommands');
      return () => registerConnectionCommands(deps, reports);
    }),
    registerCommandTable({
      [commandIds.showConnection]: () => vscode.commands.executeCommand(`${viewIds.connection}.focus`),
    }),
  );
  return { view, dispose: () => void registrations.dispose() };
}
