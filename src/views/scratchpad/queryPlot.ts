/** The plot of a query: the chart's page in a panel beside the scratchpad. */
import * as vscode from 'vscode';
import { sliceSeries } from '../../history/sliceSeries';
import { buildPlotData, plotMeasure, type PlotData } from '../../promql/plotData';
import { bareQuery } from '../../promql/queryBlocks';
import type { ExecutedQuery } from '../../promql/result';
import type { ChartData, ChartQuery } from '../../shared/chartData';
import type { ChartRow } from '../../shared/chartRow';
import type { DrawnReport, SaveMessage } from '../../shared/protocol';
import { defaultViewOptions, engineLimit, rangeChoices, type ViewOptions } from '../../shared/viewOptions';
import type { ChartFeed } from '../chart/chartFeed';
import type { ChartPage } from '../chart/chartPage';
import type { OpenChartPage } from '../chart/registerChart';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import type { FinishedQuery } from './scratchpads';
import { showError } from '../shared/messages';

interface ShownPlot {
  executedQuery: ExecutedQuery;
  range: { from: number; to: number };
  data: PlotData;
  pad: vscode.Uri;
}

/** Characters of a query that a panel's title and a plot's label have room for. */
const maxTitleLength = 40;
const maxLabelLength = 60;

/** What plots are drawn with. */
export interface QueryPlotDeps {
  extensionUri: vscode.Uri;
  openPage: OpenChartPage;
}

/** One panel, which shows the newest plot. */
export class QueryPlot implements vscode.Disposable {
  private readonly replaced = new vscode.EventEmitter<void>();
  /** A plot gets no additions, and no status. */
  private readonly never = new vscode.EventEmitter<never>();
  private open: { panel: vscode.WebviewPanel; page: ChartPage } | undefined;
  private shownPlot: ShownPlot | undefined;

  constructor(private readonly deps: QueryPlotDeps) {}

  /**
   * Draws a query's range result; resolves to what was drawn, to undefined without one or if nothing is drawn for 30 s.
   */
  async show({ executedQuery, answer, pad }: FinishedQuery): Promise<DrawnReport | undefined> {
    const { range } = executedQuery;
    if (!range || answer?.data.type !== 'matrix') return undefined;
    const data = buildPlotData(answer.data.series, range.stepMs, engineLimit);
    this.shownPlot = { executedQuery, range, data, pad: pad.uri };
    const { panel, page } = (this.open ??= this.createPanel());
    panel.title = `Plot: ${bareQuery(executedQuery.query).slice(0, maxTitleLength)}`;
    if (!panel.visible) panel.reveal(undefined, true);
    const report = page.reportAfter(page.sentSnapshots);
    await page.change(viewOptions(this.shownPlot));
    page.sendAll();
    return report;
  }

  dispose(): void {
    this.open?.page.dispose();
    this.open?.panel.dispose();
    this.replaced.dispose();
    this.never.dispose();
  }

  private createPanel(): { panel: vscode.WebviewPanel; page: ChartPage } {
    const { extensionUri, openPage } = this.deps;
    const panel = vscode.window.createWebviewPanel('skyrl.plot', 'Plot', {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
    });
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'activity.svg');
    const page = openPage(panel, this.feed());
    const listeners = [
      page.onDidRequestExport((what) => void this.exportPlot(what)),
      panel.onDidChangeViewState(() => {
        if (panel.visible) page.sendAll();
      }),
    ];
    panel.onDidDispose(() => {
      for (const listener of listeners) listener.dispose();
      page.dispose();
      this.open = undefined;
    });
    return { panel, page };
  }

  private feed(): ChartFeed {
    return {
      now: () => this.shownPlot?.range.to ?? 0,
      query: (query: ChartQuery): ChartData => {
        const series = this.shownPlot?.data.series ?? [];
        return { series: sliceSeries(series, query), bands: [], engineCount: series.length };
      },
      choices: () => ({
        rows: [plotRow(this.shownPlot?.executedQuery)],
        engines: (this.shownPlot?.data.series ?? []).flatMap(({ engine }) => engine ?? []),
      }),
      onDidAdd: this.never.event,
      onDidReplace: this.replaced.event,
      status: { state: 'fresh', message: 'The query has no result in this range.' },
      onDidChangeStatus: this.never.event,
    };
  }

  /** Does what a person at the page asked for, and shows what goes wrong. */
  private async exportPlot(what: SaveMessage['what']): Promise<void> {
    const { shownPlot, open } = this;
    if (!shownPlot || !open) return;
    try {
      if (what === 'promql') await vscode.env.clipboard.writeText(shownPlot.executedQuery.query);
      else if (what === 'csv') await vscode.commands.executeCommand(commandIds.saveResult, { uri: shownPlot.pad });
      else await savePicture(await open.page.capturePicture());
    } catch (error) {
      void showError(`The plot could not be saved: ${errorText(error)}`);
    }
  }
}

/** One measure with all its lines, and the shortest choice of a time range that has the whole plot. */
function viewOptions({ range, data }: ShownPlot): ViewOptions {
  const minutes = (range.to - range.from) / 60_000;
  return {
    ...defaultViewOptions,
    fit: false,
    measures: [plotMeasure],
    engines: data.series.some(({ engine }) => engine) ? 'each' : 'aggregate',
    minutes: rangeChoices.find((choice) => choice >= minutes) ?? rangeChoices[rangeChoices.length - 1] ?? 1440,
  };
}

/** The query as the one metric of the chart. */
function plotRow(executedQuery: ExecutedQuery | undefined): ChartRow {
  const query = executedQuery ? bareQuery(executedQuery.query) : '';
  const label = query.length > maxLabelLength ? `${query.slice(0, maxLabelLength - 1)}…` : query;
  return {
    id: plotMeasure,
    label,
    short: label,
    unit: executedQuery?.unit ?? 'number',
    category: 'Query',
    help: query,
    aggregate: 'mean',
    available: true,
  };
}

async function savePicture(png: Uint8Array): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = await vscode.window.showSaveDialog({
    filters: { 'Picture (PNG)': ['png'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'plot.png') }),
  });
  if (file) await vscode.workspace.fs.writeFile(file, png);
}
