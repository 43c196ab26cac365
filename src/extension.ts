/** Composition root: builds each object once, hands it what it needs, registers, and returns the API. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from './api';
import { configValues } from './config/values';
import { folderStorage, type HistoryStorage } from './metrics/history/files';
import { createSender } from './prometheus/send';
import { RawSeries } from './generation/rawSeries';
import { tapped } from './generation/scrapeTap';
import { createHttpClient } from './scrape/client';
import { systemClock } from './scrape/schedule';
import { registerChartCommands } from './views/chart/chartCommands';
import { ImportFeed } from './views/chart/importFeed';
import { Charts } from './views/chart/charts';
import { sessionFeed } from './views/chart/sessionFeed';
import { registerCommands } from './views/commands';
import { readConfigFile } from './views/configFiles';
import { Configs } from './views/configs';
import { Diagnoses } from './views/diagnose';
import { registerEffectiveConfig } from './views/effectiveConfig';
import { exploreMetrics } from './views/exploreMetrics';
import { registerExportCommands } from './views/exportCommands';
import { registerExposition } from './views/expositionCommand';
import { FlagProblems } from './views/flagProblems';
import { Generation } from './views/generation';
import { commands, contexts, views } from './views/ids';
import { readNetwork } from './views/network';
import { Problems } from './views/problems';
import { Prometheus } from './views/prometheus';
import { PromqlDiagnostics } from './views/promqlDiagnostics';
import { PromqlFeatures } from './views/promqlFeatures';
import { PromqlNames } from './views/promqlNames';
import { registerPrometheusCommands } from './views/prometheusCommands';
import { registerQuickFixes } from './views/quickFixes';
import { QueryPlot } from './views/queryPlot';
import { registerScratchpadCommands } from './views/scratchpadCommands';
import { registerRecordCommands } from './views/recordCommands';
import { registerRecordDocuments } from './views/recordDocuments';
import { registerScrapeCommands } from './views/scrapeCommands';
import { ScrapeRecorder } from './views/scrapeRecorder';
import { ScratchpadLenses } from './views/scratchpadLenses';
import { ScratchpadResults } from './views/scratchpadResults';
import { runFacts, Scratchpads } from './views/scratchpads';
import { Session } from './views/session';
import { onDidChangeSettings, readSettings } from './views/settings';
import { registerScrapeConfig } from './views/scrapeConfigCommand';
import { registerSourceCommands } from './views/sourceCommands';
import { StatusItem } from './views/statusItem';
import { Tokens } from './views/tokens';
import { Trees } from './views/trees';

/** Ages are shown in seconds; nobody reads them faster. */
const ageTickMs = 5_000;

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('SkyRL Metrics', { log: true });
  const client = createHttpClient(systemClock.now, readNetwork);
  const configs = new Configs(context.workspaceState, log);
  const tokens = new Tokens(context.secrets, context.globalState, log);
  const tap = tapped(client.get);
  const sender = createSender(readNetwork);
  const prometheus = new Prometheus(sender.send, context.secrets, systemClock.now, log);
  const session = new Session(tap.get, systemClock, configs, tokens, context.workspaceState, log, historyStorage(context), prometheus);
  const diagnoses = new Diagnoses();
  end = () => session.end();
  const folder = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'records');
  const generation = new Generation({ session, configs, tokens, clock: { ...systemClock, now: () => session.now() }, folder, log });
  const recorder = new ScrapeRecorder(tap, session);
  const raw = new RawSeries();
  const problems = new Problems(configs);
  const flagProblems = new FlagProblems();
  const statusItem = new StatusItem(session, () => session.now());
  const trees = new Trees(session, configs, generation, recorder, () => session.now());
  const feed = new ImportFeed(sessionFeed(session, () => session.now()));
  const chartMinutes = (): number => readSettings().chartMinutes;
  const charts = new Charts({ extensionUri: context.extensionUri, feed, memento: context.workspaceState, minutes: chartMinutes, log });

  const results = new ScratchpadResults(systemClock.now);
  const pads = new Scratchpads(prometheus, results, () => runFacts(session.snapshot), systemClock.now);
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
    log, { dispose: () => void client.close() }, { dispose: () => void sender.close() }, prometheus, results, pads, lenses, names, diagnostics, queryPlot, configs, generation, recorder, feed, session, problems, flagProblems, statusItem, trees, charts,
    tokens, diagnoses,
    { dispose: () => clearInterval(ticking) },
    session.onDidRefresh(showAll),
    tokens.onDidChange(() => session.reconsider()), prometheus.onDidChange(() => session.reconsider()),
    registerEffectiveConfig(configs), registerQuickFixes(),
    generation.onDidChange(showGeneration),
    recorder.onDidChange(showAll), feed.onDidReplace(showAll),
    session.onDidSwitch(() => raw.clear()),
    session.onDidAnswer(({ answers }) => answers.forEach(({ at, target, result }) => result && raw.add(at, target.url, result.series, result.values))),
    trees.onDidChangeVisibility(watched),
    charts.onDidChangeVisibility(watched),
    onDidChangeSettings(() => {
      void configs.find();
      session.reconsider();
    }),
    vscode.window.registerWebviewViewProvider(views.chart, charts),
    vscode.window.registerWebviewPanelSerializer(views.chart, charts),
    ...registerChartCommands({ charts, feed, minutes: chartMinutes }),
    pads.onDidChange(() => setContext(contexts.queryRunning, pads.isRunning)),
    ...registerExposition(session),
    ...registerCommands({ session, configs, tokens, diagnoses, log }),
    ...registerRecordCommands(generation), registerRecordDocuments(generation.store),
    ...registerScrapeCommands({ session, recorder, closeImport: () => feed.show(undefined) }),
    ...registerExportCommands({ session, raw, feed }),
    ...new PromqlFeatures(names, pads).register(),
    vscode.commands.registerCommand(commands.exploreMetrics, (options?: { metric?: string }) => exploreMetrics(names, options)),
    registerSourceCommands(), registerScrapeConfig(session),
    ...registerPrometheusCommands({ prometheus, pads, now: systemClock.now }),
    ...registerScratchpadCommands({ pads, results, prometheus, memento: context.workspaceState, now: systemClock.now, plot: (ended) => queryPlot.show(ended) }),
  );
  showAll();
  void configs.start();
  void generation.load();

  return {
    version: 1,
    scrape: () => session.scrape('api'),
    get snapshot() { return session.snapshot; },
    onDidScrape: session.onDidScrape,
    get status() { return session.status; },
    onDidChangeStatus: session.onDidChangeStatus,
    runConfig: async (uri) => configValues((await readConfigFile(uri)).config),
  };
}

/** VS Code waits for it: the history's last minute is written. */
export function deactivate(): Promise<void> | undefined {
  return end?.();
}

let end: (() => Promise<void>) | undefined;

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
