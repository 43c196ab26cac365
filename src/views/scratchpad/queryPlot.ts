/** What a query gave over its range, drawn by the chart's page in a panel of its own, beside the scratchpad. */
import * as vscode from 'vscode';
import { sliceSeries } from '../../history/sliceSeries';
import { plotMeasure, buildPlotData, type PlotData } from '../../promql/plotData';
import { bareQuery } from '../../promql/queryBlocks';
import type { ChartData, ChartQuery } from '../../shared/chartData';
import type { DrawnReport } from '../../shared/protocol';
import { defaultViewOptions, engineLimit, rangeChoices, type ViewOptions } from '../../shared/viewOptions';
import { ChartPage } from '../chart/chartPage';
import { ChartOptionsStore } from '../chart/chartOptionsStore';
import type { ChartFeed } from '../chart/chartFeed';
import { loadChartPage } from '../chart/loadChartPage';
import { commandIds } from '../shared/ids';
import type { ExecutedQuery } from '../../promql/result';
import type { FinishedQuery } from './scratchpads';

interface ShownPlot {
  executedQuery: ExecutedQuery;
  range: { from: number; to: number };
  plot: PlotData;
  pad: vscode.Uri;
}

/** Choices of a plot last as long as its panel. */
class TransientMemento implements vscode.Memento {
  private readonly values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.values.keys()];
  }
  get<T>(key: string, otherwise?: T): T | undefined {
    return (this.values.get(key) as T | undefined) ?? otherwise;
  }
  update(key: string, value: unknown): Thenable<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}

export class QueryPlot implements vscode.Disposable {
  private readonly replaced = new vscode.EventEmitter<void>();
  private readonly never = new vscode.EventEmitter<never>();
  private open: { panel: vscode.WebviewPanel; page: ChartPage } | undefined;
  private shownPlot: ShownPlot | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly log: Pick<vscode.LogOutputChannel, 'warn'>,
  ) {}

  /** Draws the range result of a run; resolves with what was drawn, `undefined` where nothing was for long. */
  async show({ executedQuery, answer, pad }: FinishedQuery): Promise<DrawnReport | undefined> {
    if (!executedQuery.range || answer?.data.type !== 'matrix') return undefined;
    const plot = buildPlotData(answer.data.series, executedQuery.range.stepMs, engineLimit);
    this.shownPlot = { executedQuery, range: executedQuery.range, plot, pad: pad.uri };
    const { panel, page } = (this.open ??= this.createPanel());
    panel.title = `Plot: ${bareQuery(executedQuery.query).slice(0, 40)}`;
    if (!panel.visible) panel.reveal(undefined, true);
    const drawn = page.nextReport();
    await page.change(this.options);
    page.sendAll();
    return drawn;
  }

  dispose(): void {
    this.open?.page.dispose();
    this.open?.panel.dispose();
    this.replaced.dispose();
    this.never.dispose();
  }

  /** One metric, all its lines, and the shortest window that holds the range. */
  private get options(): ViewOptions {
    const minutes = this.shownPlot ? (this.shownPlot.range.to - this.shownPlot.range.from) / 60_000 : 0;
    const several = this.shownPlot?.plot.series.some(({ engine }) => engine) ?? false;
    return {
      ...defaultViewOptions,
      measures: [plotMeasure],
      engines: several ? 'each' : 'aggregate',
      minutes: rangeChoices.find((window) => window >= minutes) ?? rangeChoices[rangeChoices.length - 1] ?? 1440,
    };
  }

  private createPanel(): { panel: vscode.WebviewPanel; page: ChartPage } {
    const panel = vscode.window.createWebviewPanel('skyrl.plot', 'Plot', {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
    });
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'activity.svg');
    const page = new ChartPage(
      panel,
      this.feed(),
      new ChartOptionsStore(new TransientMemento(), 'plot', () => 15),
      this.log,
    );
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
    loadChartPage(panel.webview, this.extensionUri);
    return { panel, page };
  }

  private feed(): ChartFeed {
    return {
      now: () => this.shownPlot?.range.to ?? 0,
      query: (query: ChartQuery): ChartData => {
        const all = this.shownPlot?.plot.series ?? [];
        return { series: sliceSeries(all, query), bands: [], engineCount: all.length };
      },
      choices: () => {
        const query = this.shownPlot ? bareQuery(this.shownPlot.executedQuery.query) : '';
        const engines = (this.shownPlot?.plot.series ?? []).flatMap(({ engine }) => engine ?? []);
        const short = query.length > 60 ? `${query.slice(0, 59)}…` : query;
        return {
          rows: [
            {
              id: plotMeasure,
              label: short,
              short,
              unit: this.shownPlot?.executedQuery.unit ?? 'number',
              category: 'Query',
              help: query,
              aggregate: 'mean',
              available: true,
            },
          ],
          engines,
        };
      },
      onDidAdd: this.never.event,
      onDidReplace: this.replaced.event,
      status: { state: 'fresh', message: 'The query gave nothing in this range.' },
      onDidChangeStatus: this.never.event,
    };
  }

  /** What a person at the page wants of it. */
  private async exportPlot(what: 'csv' | 'png' | 'promql'): Promise<void> {
    const { shownPlot, open } = this;
    if (!shownPlot || !open) return;
    try {
      if (what === 'promql') await vscode.env.clipboard.writeText(shownPlot.executedQuery.query);
      else if (what === 'csv') await vscode.commands.executeCommand(commandIds.saveResult, { uri: shownPlot.pad });
      else {
        const png = await open.page.capturePicture();
        const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
        const target = await vscode.window.showSaveDialog({
          filters: { 'Picture (PNG)': ['png'] },
          ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'plot.png') }),
        });
        if (target) await vscode.workspace.fs.writeFile(target, png);
      }
    } catch (error) {
      void vscode.window.showErrorMessage(
        `The plot could not be saved: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
