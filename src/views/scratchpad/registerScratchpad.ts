/** Registers PromQL scratchpads: running queries, results, plots, code lenses, language features and diagnostics. */
import * as vscode from 'vscode';
import { otherRowsIn } from '../../metrics/otherRows';
import { reportersOf, type Reporter } from '../../metrics/spellPromql';
import { runFacts } from '../../promql/runFacts';
import type { OpenChartPage } from '../chart/registerChart';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { setContext } from '../shared/contextKeys';
import type { RunWatcher } from '../shared/runWatcher';
import { registerCopyQueryCommands } from './copyQueryCommands';
import { registerExploreMetrics } from './exploreMetrics';
import { PromqlDiagnostics } from './promqlDiagnostics';
import { registerPromqlFeatures } from './promqlFeatures';
import { PromqlNames } from './promqlNames';
import { registerQueryCommands } from './queryCommands';
import { QueryPlot } from './queryPlot';
import { registerQueryTimeCommands } from './queryTimeCommands';
import { registerResultCommands } from './resultCommands';
import { ScratchpadLenses } from './scratchpadLenses';
import { ScratchpadResults } from './scratchpadResults';
import { Scratchpads } from './scratchpads';

/** What the feature needs. */
export interface ScratchpadFeatureDeps {
  extensionUri: vscode.Uri;
  prometheus: PrometheusConnection;
  runWatcher: RunWatcher;
  /** Opens the chart's page, which draws plots. */
  openPage: OpenChartPage;
  memento: vscode.Memento;
  /** Unix ms. */
  now: () => number;
  log: vscode.LogOutputChannel;
}

/** Registers the feature; `prometheus` belongs to the caller. */
export function registerScratchpad(deps: ScratchpadFeatureDeps): vscode.Disposable {
  const { extensionUri, prometheus, runWatcher, openPage, memento, now, log } = deps;
  const results = new ScratchpadResults(now);
  const pads = new Scratchpads({
    prometheus,
    results,
    runFacts: () => runFacts(runWatcher.snapshot, runWatcher.collector.raySession),
    now,
  });
  const reporter = (): Reporter => reportersOf(runWatcher.snapshot?.engines ?? [])[0] ?? 'ray';
  const names = new PromqlNames({ prometheus, otherRows: () => otherRowsIn(runWatcher.snapshot), now, log });
  const plot = new QueryPlot({ extensionUri, openPage });
  return vscode.Disposable.from(
    results,
    pads,
    names,
    plot,
    new ScratchpadLenses(pads, prometheus),
    new PromqlDiagnostics({ prometheus, names, pads, log }),
    pads.onDidChange(() => setContext('queryRunning', pads.isRunning)),
    registerPromqlFeatures({ names, pads, reporter }),
    registerExploreMetrics(names),
    registerQueryCommands({ pads, results, memento, reporter, now, showPlot: (finished) => plot.show(finished) }),
    registerQueryTimeCommands({ pads, now }),
    registerCopyQueryCommands({ pads, results, prometheus, now }),
    registerResultCommands(results),
  );
}
