/**
 * Registers the charts: the one in the side panel, the one in an editor, their commands, and the page for other
 * features.
 */
import * as vscode from 'vscode';
import { allRows } from '../../metrics/otherRows';
import type { RunWatcher } from '../shared/runWatcher';
import { onDidChangeSettings, readSettings } from '../shared/settings';
import { registerChartCommands } from './chartCommands';
import type { ChartFeed } from './chartFeed';
import { ChartOptionsStore, nearestRangeMinutes } from './chartOptionsStore';
import { ChartPage, type ChartWebview } from './chartPage';
import { Charts } from './charts';
import { ImportFeed } from './importFeed';
import { loadWebviewPage } from '../shared/loadWebviewPage';
import { createRunFeed } from './runFeed';
import { TransientMemento } from './transientMemento';

/** What the feature needs. */
export interface ChartFeatureDeps {
  extensionUri: vscode.Uri;
  runWatcher: RunWatcher;
  memento: vscode.Memento;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** Loads a chart's page into a webview of another feature; its options last as long as the page. */
export type OpenChartPage = (surface: ChartWebview, feed: ChartFeed) => ChartPage;

/** What other features use of this one. */
export interface ChartFeature extends vscode.Disposable {
  charts: Charts;
  /** What the charts show; an import may replace the run. */
  importFeed: ImportFeed;
  openPage: OpenChartPage;
}

const defaultMinutes = (): number => readSettings().chartMinutes;

/** Registers the chart's commands; the entry has registered the view and the panel. */
export function registerChart({ extensionUri, runWatcher, memento, log }: ChartFeatureDeps): ChartFeature {
  const runFeed = createRunFeed(runWatcher);
  const importFeed = new ImportFeed(runFeed);
  const charts = new Charts({ extensionUri, feed: importFeed, memento, defaultMinutes, log });
  const registrations = vscode.Disposable.from(
    runFeed,
    importFeed,
    charts,
    registerChartCommands({
      charts,
      feed: importFeed,
      rows: () => allRows(runWatcher.snapshot),
      onDidChangeOptions: () => void runWatcher.updateOther(),
    }),
    new vscode.Disposable(runWatcher.otherDemand.add('charts', () => charts.chartedIds)),
    followDefaultMinutes(charts),
  );
  return {
    charts,
    importFeed,
    openPage: (surface, feed) => {
      const optionsStore = new ChartOptionsStore({ memento: new TransientMemento(), chart: 'page', defaultMinutes });
      const page = new ChartPage({ surface, feed, optionsStore, log });
      loadWebviewPage(surface.webview, extensionUri, 'chart');
      return page;
    },
    dispose: () => void registrations.dispose(),
  };
}

/** A time range that is changed in the settings applies to every chart at once. */
function followDefaultMinutes(charts: Charts): vscode.Disposable {
  let minutes = defaultMinutes();
  return onDidChangeSettings(() => {
    if (defaultMinutes() === minutes) return;
    minutes = defaultMinutes();
    void charts.changeAll({ minutes: nearestRangeMinutes(minutes) });
  });
}
