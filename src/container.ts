/** Composition root of a window that concerns us: builds each object once, hands it what it needs, and registers. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from './api';
import { configValues } from './config/configValues';
import { folderStorage, type HistoryStorage } from './history/files';
import { createSender } from './prometheus/sender';
import { runFacts } from './promql/runFacts';
import { RawSeries } from './capture/rawSeriesBuffer';
import { tapped } from './capture/responseTap';
import { createHttpClient } from './http/httpClient';
import { systemClock } from './collector/schedule';
import { registerChartCommands } from './views/chart/chartCommands';
import { ImportFeed } from './views/chart/importFeed';
import { Charts } from './views/chart/charts';
import { sessionFeed } from './views/chart/runFeed';
import { registerCommands } from './views/commands/registerCommands';
import { readConfigFile } from './views/config/configFiles';
import { Configs } from './views/config/configs';
import { diagnosisDocuments } from './views/connection/showConnectionReport';
import { MadeDocuments } from './views/shared/readonlyDocuments';
import { registerEffectiveConfig } from './views/config/effectiveConfigDocument';
import { exploreMetrics } from './views/scratchpad/exploreMetrics';
import { registerExportCommands } from './views/records/exportCommands';
import { registerExposition } from './views/connection/expositionCommand';
import { FlagProblems } from './views/config/configDriftDiagnostics';
import { Generation } from './views/records/generationRecords';
import { commands, contexts } from './views/shared/ids';
import { readNetwork } from './views/connection/networkSettings';
import { Problems } from './views/config/configDiagnostics';
import { Prometheus } from './views/connection/prometheusConnection';
import { PromqlDiagnostics } from './views/scratchpad/promqlDiagnostics';
import { PromqlFeatures } from './views/scratchpad/promqlFeatures';
import { PromqlNames } from './views/scratchpad/promqlNames';
import { registerPrometheusCommands } from './views/connection/prometheusCommands';
import { registerQuickFixes } from './views/config/quickFixes';
import { QueryPlot } from './views/scratchpad/queryPlot';
import { registerScratchpadCommands } from './views/scratchpad/scratchpadCommands';
import { registerRecordCommands } from './views/records/recordCommands';
import { registerRecordDocuments } from './views/records/recordDocuments';
import { registerScrapeCommands } from './views/records/captureCommands';
import { ScrapeRecorder } from './views/records/captureController';
import { ScratchpadLenses } from './views/scratchpad/scratchpadLenses';
import { ScratchpadResults } from './views/scratchpad/scratchpadResults';
import { Scratchpads } from './views/scratchpad/scratchpads';
import { Session } from './views/shared/runWatcher';
import { onDidChangeSettings, readSettings } from './views/shared/settings';
import { registerScrapeConfig } from './views/connection/writeScrapeConfig';
import { registerSourceCommands } from './views/connection/selectSource';
import { StatusItem } from './views/statusBar/statusBarItem';
import { Tokens } from './views/connection/dashboardTokens';
import { Trees } from './views/tree/trees';
import { registerWindowCommands, Windows } from './views/records/measuringWindows';

/** Ages are shown in seconds; nobody reads them faster. */
const ageTickMs = 5_000;

/** A window's parts that the entry hands on. */
export interface OpenWindow {
  api: Api;
  /** Of the chart's view and of its panel, which the entry registered. */
  charts: Charts;
  /** Writes the history's last minute. */
  end: () => Promise<void>;
}

/** Opens a window's worth of everything; `context` disposes of it. */
export function openWindow(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): OpenWindow {
  const client = createHttpClient(systemClock.now, readNetwork);
  const configs = new Configs(context.workspaceState, log);
  const tokens = new Tokens(context.secrets, context.globalState, log);
  const tap = tapped(client.get);
  const sender = createSender(readNetwork);
  const prometheus = new Prometheus(sender.send, context.secrets, systemClock.now, log);
  const session = new Session(
    tap.get,
    systemClock,
    configs,
    tokens,
    context.workspaceState,
    log,
    historyStorage(context),
    prometheus,
  );
  const diagnoses = diagnosisDocuments();
  const windowDocuments = new MadeDocuments(
    'skyrl-window',
    'SkyRL window',
    'The values of this window are no longer kept.',
  );
  const windows = new Windows(session, context.workspaceState, windowDocuments);
  const folder = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'records');
  const generation = new Generation({
    session,
    configs,
    tokens,
    clock: { ...systemClock, now: () => session.now() },
    folder,
    log,
  });
  const recorder = new ScrapeRecorder(tap, session);
  const raw = new RawSeries();
  const problems = new Problems(configs);
  const flagProblems = new FlagProblems();
  const statusItem = new StatusItem(session, () => session.now());
  const trees = new Trees({ session, configs, generation, windows, recorder, now: () => session.now() });
  const feed = new ImportFeed(sessionFeed(session, () => session.now()));
  const chartMinutes = (): number => readSettings().chartMinutes;
  const charts = new Charts({
    extensionUri: context.extensionUri,
    feed,
    memento: context.workspaceState,
    minutes: chartMinutes,
    log,
  });

  const results = new ScratchpadResults(systemClock.now);
  const pads = new Scratchpads(
    prometheus,
    results,
    () => runFacts(session.snapshot, session.monitor.raySession),
    systemClock.now,
  );
  const lenses = new ScratchpadLenses(pads, prometheus);
  const queryPlot = new QueryPlot(context.extensionUri, log);
  const names = new PromqlNames(prometheus, systemClock.now, log);
  const diagnostics = new PromqlDiagnostics(prometheus, names, pads, log);

  const showAll = (): void => {
    trees.update();
    statusItem.update();
    setContext(contexts.state, session.status.state);
    setContext(contexts.timer, session.timer);
    setContext(contexts.recording, generation.current !== undefined);
    setContext(contexts.window, windows.state);
    setContext(contexts.scrapes, recorder.running !== undefined);
    setContext(contexts.foreign, session.replay !== undefined || feed.importedName !== undefined);
  };
  const showGeneration = (): void => {
    flagProblems.show(configs.inUse?.uri, generation.mismatches);
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
    tokens.onDidChange(() => session.reconsider()),
    prometheus.onDidChange(() => session.reconsider()),
    registerEffectiveConfig(configs),
    registerQuickFixes(),
    generation.onDidChange(showGeneration),
    windows.onDidChange(showAll),
    recorder.onDidChange(showAll),
    feed.onDidReplace(showAll),
    session.onDidSwitch(() => raw.clear()),
    session.onDidAnswer(({ answers }) =>
      answers.forEach(({ at, target, result }) => result && raw.add(at, target.url, result.series, result.values)),
    ),
    trees.onDidChangeVisibility(watched),
    charts.onDidChangeVisibility(watched),
    onDidChangeSettings(() => {
      void configs.find();
      session.reconsider();
    }),
    ...registerChartCommands({ charts, feed, minutes: chartMinutes }),
    pads.onDidChange(() => setContext(contexts.queryRunning, pads.isRunning)),
    ...registerExposition(session),
    ...registerCommands({ session, configs, tokens, diagnoses, log }),
    ...registerRecordCommands(generation),
    registerRecordDocuments(generation.store),
    ...registerWindowCommands(windows),
    ...registerScrapeCommands({ session, recorder, closeImport: () => feed.show(undefined) }),
    ...registerExportCommands({ session, raw, feed }),
    ...new PromqlFeatures(names, pads).register(),
    vscode.commands.registerCommand(commands.exploreMetrics, (options?: { metric?: string }) =>
      exploreMetrics(names, options),
    ),
    registerSourceCommands(),
    registerScrapeConfig(session),
    ...registerPrometheusCommands({ prometheus, pads, now: systemClock.now }),
    ...registerScratchpadCommands({
      pads,
      results,
      prometheus,
      memento: context.workspaceState,
      now: systemClock.now,
      plot: (ended) => queryPlot.show(ended),
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
  return { api, charts, end: () => session.end() };
}

/** Per workspace; where no folder is open, for all windows without one. */
function historyStorage({ storageUri, globalStorageUri }: vscode.ExtensionContext): HistoryStorage | undefined {
  const uri = storageUri ?? globalStorageUri;
  return uri.scheme === 'file' ? folderStorage(vscode.Uri.joinPath(uri, 'history').fsPath) : undefined;
}

const lastContexts = new Map<string, unknown>();

function setContext(key: string, value: unknown): void {
  if (lastContexts.get(key) === value) return;
  lastContexts.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
