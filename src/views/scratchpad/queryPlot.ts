/** What a query gave over its range, drawn by the chart's page in a panel of its own, beside the scratchpad. */
import * as vscode from 'vscode';
import { cut } from '../../history/sliceSeries';
import { plotMeasure, plotOf, type Plot } from '../../promql/plotData';
import { bareQuery } from '../../promql/queryBlocks';
import type { ChartData, ChartQuery } from '../../shared/chartData';
import type { DrawnReport } from '../../shared/protocol';
import { defaultOptions, ENGINE_LIMIT, windows, type ViewOptions } from '../../shared/viewOptions';
import { ChartPage } from '../chart/chartPage';
import { Choices } from '../chart/chartOptionsStore';
import type { ChartFeed } from '../chart/chartFeed';
import { loadPage } from '../chart/loadChartPage';
import { commands } from '../shared/ids';
import type { Asked } from '../../promql/result';
import type { Ended } from './scratchpads';

interface Shown {
  asked: Asked;
  range: { from: number; to: number };
  plot: Plot;
  pad: vscode.Uri;
}

/** Choices of a plot last as long as its panel. */
class Fleeting implements vscode.Memento {
  private readonly kept = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.kept.keys()];
  }
  get<T>(key: string, otherwise?: T): T | undefined {
    return (this.kept.get(key) as T | undefined) ?? otherwise;
  }
  update(key: string, value: unknown): Thenable<void> {
    this.kept.set(key, value);
    return Promise.resolve();
  }
}

export class QueryPlot implements vscode.Disposable {
  private readonly replaced = new vscode.EventEmitter<void>();
  private readonly never = new vscode.EventEmitter<never>();
  private open: { panel: vscode.WebviewPanel; page: ChartPage } | undefined;
  private shown: Shown | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly log: Pick<vscode.LogOutputChannel, 'warn'>,
  ) {}

  /** Draws the range result of a run; resolves with what was drawn, `undefined` where nothing was for long. */
  async show({ asked, answer, pad }: Ended): Promise<DrawnReport | undefined> {
    if (!asked.range || answer?.data.type !== 'matrix') return undefined;
    const plot = plotOf(answer.data.series, asked.range.stepMs, ENGINE_LIMIT);
    this.shown = { asked, range: asked.range, plot, pad: pad.uri };
    const { panel, page } = (this.open ??= this.adopt());
    panel.title = `Plot: ${bareQuery(asked.query).slice(0, 40)}`;
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
    const minutes = this.shown ? (this.shown.range.to - this.shown.range.from) / 60_000 : 0;
    const several = this.shown?.plot.series.some(({ engine }) => engine) ?? false;
    return {
      ...defaultOptions,
      measures: [plotMeasure],
      engines: several ? 'each' : 'aggregate',
      minutes: windows.find((window) => window >= minutes) ?? windows[windows.length - 1] ?? 1440,
    };
  }

  private adopt(): { panel: vscode.WebviewPanel; page: ChartPage } {
    const panel = vscode.window.createWebviewPanel('skyrl.plot', 'Plot', {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
    });
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'activity.svg');
    const page = new ChartPage(panel, this.feed(), new Choices(new Fleeting(), 'plot', () => 15), this.log);
    const listeners = [
      page.onDidTake((what) => void this.take(what)),
      panel.onDidChangeViewState(() => {
        if (panel.visible) page.sendAll();
      }),
    ];
    panel.onDidDispose(() => {
      for (const listener of listeners) listener.dispose();
      page.dispose();
      this.open = undefined;
    });
    loadPage(panel.webview, this.extensionUri);
    return { panel, page };
  }

  private feed(): ChartFeed {
    return {
      now: () => this.shown?.range.to ?? 0,
      query: (query: ChartQuery): ChartData => {
        const all = this.shown?.plot.series ?? [];
        return { series: cut(all, query), bands: [], engines: all.length };
      },
      choices: () => {
        const query = this.shown ? bareQuery(this.shown.asked.query) : '';
        const engines = (this.shown?.plot.series ?? []).flatMap(({ engine }) => engine ?? []);
        const short = query.length > 60 ? `${query.slice(0, 59)}…` : query;
        return {
          rows: [
            {
              id: plotMeasure,
              label: short,
              short,
              unit: this.shown?.asked.unit ?? 'number',
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
  private async take(what: 'csv' | 'png' | 'promql'): Promise<void> {
    const { shown, open } = this;
    if (!shown || !open) return;
    try {
      if (what === 'promql') await vscode.env.clipboard.writeText(shown.asked.query);
      else if (what === 'csv') await vscode.commands.executeCommand(commands.saveResult, { uri: shown.pad });
      else {
        const png = await open.page.picture();
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
