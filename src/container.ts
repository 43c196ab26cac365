/** Composition root of a window that concerns us: builds each object once, hands it what it needs, and registers. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from './api';
import { configValues } from './config/configValues';
import { folderStorage, type HistoryStorage } from './history/historyStorage';
import { createSender } from './prometheus/sender';
import { runFacts } from './promql/runFacts';
import { RawSeriesBuffer } from './capture/rawSeriesBuffer';
import { tapResponses } from './capture/responseTap';
import { createHttpClient } from './http/httpClient';
import { catalog } from './metrics/catalog';
import { buildCatalogIndex } from './metrics/catalogIndex';
import { extraSelectors } from './metrics/extraSelectors';
import { systemClock } from './shared/clock';
import { registerChartCommands } from './views/chart/chartCommands';
import { ImportFeed } from './views/chart/importFeed';
import { Charts } from './views/chart/charts';
import { createRunFeed } from './views/chart/runFeed';
import { registerCommands } from './views/commands/registerCommands';
import { readConfigFile } from './views/config/configFiles';
import { Configs } from './views/config/configs';
import { createReportDocuments } from './views/connection/showConnectionReport';
import { ReadonlyDocuments } from './views/shared/readonlyDocuments';
import { registerEffectiveConfigDocument } from './views/config/effectiveConfigDocument';
import { exploreMetrics } from './views/scratchpad/exploreMetrics';
import { registerExportCommands } from './views/records/exportCommands';
import { registerExpositionCommand } from './views/connection/expositionCommand';
import { ConfigDriftDiagnostics } from './views/config/configDriftDiagnostics';
import { GenerationRecords } from './views/records/generationRecords';
import { commandIds, contextKeys } from './views/shared/ids';
import { readNetworkSettings } from './views/connection/networkSettings';
import { ConfigDiagnostics } from './views/config/configDiagnostics';
import { PrometheusConnection } from './views/connection/prometheusConnection';
import { PromqlDiagnostics } from './views/scratchpad/promqlDiagnostics';
import { PromqlFeatures } from './views/scratchpad/promqlFeatures';
import { PromqlNames } from './views/scratchpad/promqlNames';
import { registerPrometheusCommands } from './views/connection/prometheusCommands';
import { registerQuickFixes } from './views/config/quickFixes';
import { QueryPlot } from './views/scratchpad/queryPlot';
import { registerScratchpadCommands } from './views/scratchpad/scratchpadCommands';
import { registerRecordCommands } from './views/records/recordCommands';
import { registerRecordDocuments } from './views/records/recordDocuments';
import { registerCaptureCommands } from './views/records/captureCommands';
import { CaptureController } from './views/records/captureController';
import { ScratchpadLenses } from './views/scratchpad/scratchpadLenses';
import { ScratchpadResults } from './views/scratchpad/scratchpadResults';
import { Scratchpads } from './views/scratchpad/scratchpads';
import { RunWatcher } from './views/shared/runWatcher';
import { onDidChangeSettings, readSettings } from './views/shared/settings';
import { registerWriteScrapeConfig } from './views/connection/writeScrapeConfig';
import { registerSelectSource } from './views/connection/selectSource';
import { StatusBarItem } from './views/statusBar/statusBarItem';
import { DashboardTokens } from './views/connection/dashboardTokens';
import { Trees } from './views/tree/trees';
import { registerMeasuringWindowCommands, MeasuringWindows } from './views/records/measuringWindows';

/** Ages are shown in seconds; nobody reads them faster. */
const ageTickMs = 5_000;

/** A window's parts that the entry hands on. */
export interface Container {
  api: Api;
  /** Of the chart's view and of its panel, which the entry registered. */
  charts: Charts;
  /** Writes the history's last minute. */
  closeHistory: () => Promise<void>;
}

/** Opens a window's worth of everything; `context` disposes of it. */
export function createContainer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Container {
  const catalogIndex = buildCatalogIndex(catalog, extraSelectors);
  const client = createHttpClient(systemClock.now, readNetworkSettings);
  const configs = new Configs(context.workspaceState, log);
  const tokens = new DashboardTokens(context.secrets, context.globalState, log);
  const tap = tapResponses(client.get);
  const sender = createSender(readNetworkSettings);
  const prometheus = new PrometheusConnection(sender.send, context.secrets, systemClock.now, log, catalogIndex);
  const session = new RunWatcher(
    tap.get,
    systemClock,
    configs,
    tokens,
    context.workspaceState,
    log,
    createHistoryStorage(context),
    prometheus,
    catalogIndex,
  );
  const diagnoses = createReportDocuments();
  const windowDocuments = new ReadonlyDocuments(
    'skyrl-window',
    'SkyRL window',
    'The values of this window are no longer kept.',
  );
  const windows = new MeasuringWindows(session, context.workspaceState, windowDocuments, catalogIndex);
  const folder = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'records');
  const generation = new GenerationRecords({
    runWatcher: session,
    configs,
    tokens,
    clock: { ...systemClock, now: () => session.now() },
    folder,
    log,
  });
  const recorder = new CaptureController(tap, session);
  const raw = new RawSeriesBuffer();
  const problems = new ConfigDiagnostics(configs);
  const flagProblems = new ConfigDriftDiagnostics();
  const statusItem = new StatusBarItem(session, () => session.now());
  const trees = new Trees({
    runWatcher: session,
    configs,
    generationRecords: generation,
    measuringWindows: windows,
    captureController: recorder,
    now: () => session.now(),
  });
  const feed = new ImportFeed(createRunFeed(session, () => session.now()));
  const chartMinutes = (): number => readSettings().chartMinutes;
  const charts = new Charts({
    extensionUri: context.extensionUri,
    feed,
    memento: context.workspaceState,
    defaultMinutes: chartMinutes,
    log,
  });

  const results = new ScratchpadResults(systemClock.now);
  const pads = new Scratchpads(
    prometheus,
    results,
    () => runFacts(session.snapshot, session.collector.raySession),
    systemClock.now,
  );
  const lenses = new ScratchpadLenses(pads, prometheus);
  const queryPlot = new QueryPlot(context.extensionUri, log);
  const names = new PromqlNames(prometheus, systemClock.now, log);
  const diagnostics = new PromqlDiagnostics(prometheus, names, pads, log);

  const showAll = (): void => {
    trees.update();
    statusItem.update();
    setContext(contextKeys.state, session.status.state);
    setContext(contextKeys.timer, session.timer);
    setContext(contextKeys.recording, generation.runningRecord !== undefined);
    setContext(contextKeys.window, windows.state);
    setContext(contextKeys.scrapes, recorder.progress !== undefined);
    setContext(contextKeys.foreign, session.replay !== undefined || feed.importedName !== undefined);
  };
  const showGeneration = (): void => {
    flagProblems.show(configs.activeConfig?.uri, generation.configDrift);
    showAll();
  };
  const watched = (): void => session.setVisible(trees.visible || charts.visible);
  const ticking = setInterval(() => session.refresh(), ageTickMs);
  context.subscriptions.push(
    { dispose: () => void client.close() },
    { dispose: () => void sender.close() },
    prometheus,
    results,
    pads,
    lenses,
    names,
    diagnostics,
    queryPlot,
    configs,
    generation,
    recorder,
    feed,
    session,
    problems,
    flagProblems,
    statusItem,
    trees,
    charts,
    tokens,
    diagnoses,
    windows,
    windowDocuments,
    { dispose: () => clearInterval(ticking) },
    session.onDidRefresh(showAll),
    tokens.onDidChange(() => session.retryFailures()),
    prometheus.onDidChange(() => session.retryFailures()),
    registerEffectiveConfigDocument(configs),
    registerQuickFixes(),
    generation.onDidChange(showGeneration),
    windows.onDidChange(showAll),
    recorder.onDidChange(showAll),
    feed.onDidReplace(showAll),
    session.onDidSwitchRun(() => raw.clear()),
    session.onDidCollect(({ answers }) =>
      answers.forEach(({ at, target, result }) => result && raw.add(at, target.url, result.series, result.values)),
    ),
    trees.onDidChangeVisibility(watched),
    charts.onDidChangeVisibility(watched),
    onDidChangeSettings(() => {
      void configs.find();
      session.retryFailures();
    }),
    ...registerChartCommands({ charts, feed, defaultMinutes: chartMinutes }),
    pads.onDidChange(() => setContext(contextKeys.queryRunning, pads.isRunning)),
    ...registerExpositionCommand(session),
    ...registerCommands({ runWatcher: session, configs, tokens, reportDocuments: diagnoses, log }),
    ...registerRecordCommands(generation),
    registerRecordDocuments(generation.store),
    ...registerMeasuringWindowCommands(windows),
    ...registerCaptureCommands({
      runWatcher: session,
      captureController: recorder,
      closeImport: () => feed.show(undefined),
    }),
    ...registerExportCommands({ runWatcher: session, rawSeries: raw, feed }),
    ...new PromqlFeatures(names, pads).register(),
    vscode.commands.registerCommand(commandIds.exploreMetrics, (options?: { metric?: string }) =>
      exploreMetrics(names, options),
    ),
    registerSelectSource(),
    registerWriteScrapeConfig(session),
    ...registerPrometheusCommands({ prometheus, pads, now: systemClock.now }),
    ...registerScratchpadCommands({
      pads,
      results,
      prometheus,
      memento: context.workspaceState,
      now: systemClock.now,
      showPlot: (ended) => queryPlot.show(ended),
    }),
  );
  showAll();
  void configs.start();
  void generation.load();

  const api: Api = {
    version: 1,
    scrape: () => session.scrape('api'),
    get snapshot() {
      return session.snapshot;
    },
    onDidScrape: session.onDidScrape,
    get status() {
      return session.status;
    },
    onDidChangeStatus: session.onDidChangeStatus,
    runConfig: async (uri) => configValues((await readConfigFile(uri)).config),
  };
  return { api, charts, closeHistory: () => session.closeHistory() };
}

/** Per workspace; where no folder is open, for all windows without one. */
function createHistoryStorage({ storageUri, globalStorageUri }: vscode.ExtensionContext): HistoryStorage | undefined {
  const uri = storageUri ?? globalStorageUri;
  return uri.scheme === 'file' ? folderStorage(vscode.Uri.joinPath(uri, 'history').fsPath) : undefined;
}

const lastContexts = new Map<string, unknown>();

function setContext(key: string, value: unknown): void {
  if (lastContexts.get(key) === value) return;
  lastContexts.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
