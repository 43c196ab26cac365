/**
 * The composition root: builds each service once, hands it what it needs, registers each feature, and returns the API.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from './api';
import { tapResponses } from './capture/responseTap';
import { configValues } from './config/configValues';
import { folderStorage, type HistoryStorage } from './history/historyStorage';
import { createHttpClient } from './http/httpClient';
import { catalog } from './metrics/catalog';
import { buildCatalogIndex } from './metrics/catalogIndex';
import { extraSelectors } from './metrics/extraSelectors';
import { createSender } from './prometheus/sender';
import { systemClock } from './shared/clock';
import { once } from './shared/loadOnce';
import { createAssistant, type Assistant } from './views/assistant/assistant';
import type { Charts } from './views/chart/charts';
import { registerChart } from './views/chart/registerChart';
import { registerComparison } from './views/comparison/registerComparison';
import { registerCommands } from './views/commands/registerCommands';
import { readConfigFile } from './views/config/configFiles';
import { Configs } from './views/config/configs';
import { registerConfig } from './views/config/registerConfig';
import { DashboardTokens } from './views/connection/dashboardTokens';
import { readNetworkSettings } from './views/connection/networkSettings';
import { PrometheusConnection } from './views/connection/prometheusConnection';
import { registerConnection } from './views/connection/registerConnection';
import { registerNotifications } from './views/notifications/registerNotifications';
import { GenerationRecords } from './views/records/generationRecords';
import { registerRecords } from './views/records/registerRecords';
import { registerRollouts } from './views/rollouts/registerRollouts';
import type { RolloutPanel } from './views/rollouts/rolloutPanel';
import { registerRuns } from './views/runs/registerRuns';
import { registerScratchpadOnDemand } from './views/scratchpad/scratchpadOnDemand';
import { errorText } from './views/shared/errorText';
import { RunWatcher } from './views/shared/runWatcher';
import { onDidChangeSettings } from './views/shared/settings';
import { registerStatusBar } from './views/statusBar/registerStatusBar';
import { registerTree } from './views/tree/registerTree';

/** What the entry uses of everything that is built here. */
export interface Container {
  api: Api;
  /** The charts of the view and of the panel, which the entry has registered. */
  charts: Charts;
  /** What answers agents, whose tools the entry has registered. */
  assistant: Assistant;
  /** The panel with the rollouts, which the entry has registered. */
  rolloutPanel: RolloutPanel;
  /** The panel with a comparison, which the entry has registered. */
  comparisonPanel: vscode.WebviewPanelSerializer;
  /** Writes the rest of the history, and of the run that is watched. */
  closeHistory: () => Promise<void>;
}

/** Builds everything; disposing of `context.subscriptions` disposes of it. */
export function createContainer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Container {
  const { extensionUri, globalState, secrets, workspaceState: memento } = context;
  const { now } = systemClock;
  const owned = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };

  // Services that several features share.
  const catalogIndex = once(() => buildCatalogIndex(catalog, extraSelectors));
  const client = createHttpClient(now, readNetworkSettings);
  const responses = tapResponses(client.get);
  // Prometheus is no part of the cluster: only VS Code's own proxy is between.
  const sender = createSender(() => ({ ...readNetworkSettings(), clusterProxy: '' }));
  owned({ dispose: () => void Promise.all([client.close(), sender.close()]) });
  const configs = owned(new Configs(memento, log));
  const tokens = owned(new DashboardTokens(secrets, globalState, log));
  const prometheus = owned(new PrometheusConnection({ catalogIndex, send: sender.send, secrets, now, log }));
  const runWatcher = owned(
    new RunWatcher({
      catalogIndex,
      get: responses.get,
      clock: systemClock,
      configs,
      tokens,
      prometheus,
      memento,
      storage: createHistoryStorage(context),
      log,
    }),
  );
  const generationRecords = owned(
    new GenerationRecords({
      runWatcher,
      configs,
      tokens,
      clock: { ...systemClock, now: () => runWatcher.now() },
      folder: path.join(storageUri(context).fsPath, 'records'),
      log,
    }),
  );

  // Features.
  const chart = owned(registerChart({ extensionUri, runWatcher, memento, log }));
  const config = owned(registerConfig({ configs, driftSource: generationRecords }));
  const records = owned(
    registerRecords({
      extensionUri,
      catalogIndex,
      runWatcher,
      generationRecords,
      responses,
      imports: chart.importFeed,
      memento,
    }),
  );
  const connection = owned(
    registerConnection({ runWatcher, configs, tokens, prometheus, captureSection: records.captureSection, log }),
  );
  const runs = owned(registerRuns({ runWatcher, configs, clock: systemClock, folder: createRunFolder(context), log }));
  const comparison = owned(
    registerComparison({
      extensionUri,
      library: runs.library,
      onDidChangeRuns: runs.section.onDidChange,
      runWatcher,
      records: generationRecords,
      imports: chart.importFeed,
      memento,
      log,
    }),
  );
  const tree = owned(
    registerTree({
      runWatcher,
      sections: {
        measuringWindow: records.measuringWindowSection,
        configDrift: config.driftSection,
        records: generationRecords,
        comparisonOffer: comparison.offer,
        runs: runs.section,
      },
    }),
  );
  const rollouts = owned(
    registerRollouts({
      extensionUri,
      runWatcher,
      imports: chart.importFeed,
      showRange: (range) => chart.charts.showRange(range),
      log,
    }),
  );
  owned(registerStatusBar(runWatcher));
  owned(registerNotifications({ runWatcher, now: systemClock.now }));
  owned(
    registerScratchpadOnDemand({ extensionUri, prometheus, runWatcher, openPage: chart.openPage, memento, now, log }),
  );
  const assistant = owned(
    createAssistant({ runWatcher, configs, prometheus, comparables: comparison.sources, context, log }),
  );
  owned(registerCommands({ runWatcher, log }));

  // Bundling what is shipped decides the first, and leaves the import out.
  if (process.env['NODE_ENV'] !== 'production' && context.extensionMode === vscode.ExtensionMode.Development)
    owned(logViolations(runWatcher, log, () => import('./collector/invariants')));

  // What connects them.
  owned(chart.charts.onDidSelectEngine((engine) => tree.view.selectEngine(engine)));
  owned(
    watchVisibility([tree.view, connection.view, chart.charts, rollouts.panel], (visible) =>
      runWatcher.setVisible(visible),
    ),
  );
  owned(
    onDidChangeSettings(() => {
      void configs.find();
      runWatcher.retryFailures();
    }),
  );
  void configs.start();
  void generationRecords.load();
  return {
    api: createApi(runWatcher),
    charts: chart.charts,
    assistant,
    rolloutPanel: rollouts.panel,
    comparisonPanel: comparison.panel,
    closeHistory: async () => void (await Promise.all([runWatcher.closeHistory(), runs.close()])),
  };
}

/** Logs what snapshots say that cannot be true. */
const logViolations = (
  runWatcher: RunWatcher,
  log: vscode.LogOutputChannel,
  loadInvariants: () => Promise<typeof import('./collector/invariants')>,
): vscode.Disposable =>
  runWatcher.onDidScrape(async (snapshot) => {
    try {
      const { snapshotViolations } = await loadInvariants();
      for (const violation of snapshotViolations(snapshot)) log.error(`The snapshot is wrong: ${violation}.`);
    } catch (error) {
      log.error(`The snapshot could not be checked: ${errorText(error)}.`);
    }
  });

function createApi(runWatcher: RunWatcher): Api {
  return {
    version: 1,
    scrape: () => runWatcher.scrape('api'),
    get snapshot() {
      return runWatcher.snapshot;
    },
    onDidScrape: runWatcher.onDidScrape,
    get status() {
      return runWatcher.status;
    },
    onDidChangeStatus: runWatcher.onDidChangeStatus,
    runConfig: async (uri) => configValues((await readConfigFile(uri)).config),
  };
}

/** The workspace's storage; without a folder, one that all such VS Code windows share. */
const storageUri = ({ storageUri: ofWorkspace, globalStorageUri }: vscode.ExtensionContext): vscode.Uri =>
  ofWorkspace ?? globalStorageUri;

/** Undefined if the storage is not in the file system; then the history is in memory only. */
function createHistoryStorage(context: vscode.ExtensionContext): HistoryStorage | undefined {
  const uri = storageUri(context);
  return uri.scheme === 'file' ? folderStorage(vscode.Uri.joinPath(uri, 'history').fsPath) : undefined;
}

/** As for the history: undefined if the storage is not in the file system. */
function createRunFolder(context: vscode.ExtensionContext): string | undefined {
  const uri = storageUri(context);
  return uri.scheme === 'file' ? vscode.Uri.joinPath(uri, 'runs').fsPath : undefined;
}

interface VisiblePart {
  readonly visible: boolean;
  readonly onDidChangeVisibility: vscode.Event<unknown>;
}

/** Calls the listener with whether any of the parts is visible, whenever one of them is shown or hidden. */
function watchVisibility(parts: readonly VisiblePart[], listener: (visible: boolean) => void): vscode.Disposable {
  const announce = (): void => listener(parts.some(({ visible }) => visible));
  return vscode.Disposable.from(...parts.map(({ onDidChangeVisibility }) => onDidChangeVisibility(announce)));
}
