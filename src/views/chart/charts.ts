/**
 * The chart in the side panel and the one in an editor, each with its own options; the editor's begins with the side
 * panel's.
 */
import * as vscode from 'vscode';
import type { DrawnReport, SaveMessage, TimeRange } from '../../shared/protocol';
import { viewIds } from '../shared/ids';
import type { ChartFeed } from './chartFeed';
import { ChartLocation, type WebviewHost } from './chartLocation';
import { ChartOptionsStore, type OptionsChange } from './chartOptionsStore';
import { ChartPage } from './chartPage';
import { nextEvent } from './nextEvent';
import { loadWebviewPage } from '../shared/loadWebviewPage';

/** How long VS Code may take to load a view. */
const viewTimeoutMs = 10_000;

/** What charts are made from. */
export interface ChartDeps {
  extensionUri: vscode.Uri;
  feed: ChartFeed;
  memento: vscode.Memento;
  /** The time range of the settings. */
  defaultMinutes: () => number;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** What a person at a page asked for, and in which chart. */
export interface ChartExportRequest {
  chart: ChartLocation;
  what: SaveMessage['what'];
}

/** The charts that VS Code shows, and those that commands change. */
export class Charts implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly visibilityChanged = new vscode.EventEmitter<void>();
  private readonly exportRequested = new vscode.EventEmitter<ChartExportRequest>();
  private readonly engineSelected = new vscode.EventEmitter<string>();
  private readonly side: ChartLocation;
  private readonly editor: ChartLocation;
  private panel: vscode.WebviewPanel | undefined;

  readonly onDidChangeVisibility = this.visibilityChanged.event;
  readonly onDidRequestExport = this.exportRequested.event;
  /** Fires with the ID of an engine that a person selects in a chart. */
  readonly onDidSelectEngine = this.engineSelected.event;

  constructor(private readonly deps: ChartDeps) {
    const { memento, defaultMinutes, feed } = deps;
    const side = new ChartOptionsStore({ memento, chart: 'side', defaultMinutes });
    const editor = new ChartOptionsStore({ memento, chart: 'editor', defaultMinutes, initial: side });
    this.side = new ChartLocation(side, () => feed.now());
    this.editor = new ChartLocation(editor, () => feed.now());
  }

  /** Whether any chart is visible. */
  get visible(): boolean {
    return this.side.visible || this.editor.visible;
  }

  /** What the charts with a page show: ids of metrics, and of histograms whose buckets are shown. */
  get chartedIds(): string[] {
    return [this.side, this.editor].flatMap(({ page, options }) =>
      page ? [...options.measures, ...options.distributions] : [],
    );
  }

  /** The chart that commands apply to: the editor's if it is visible, else the side panel's. */
  get activeChart(): ChartLocation {
    return this.editor.visible ? this.editor : this.side;
  }

  /** For VS Code, when the side panel's chart is first shown. */
  resolveWebviewView(view: vscode.WebviewView): void {
    this.attachPage(this.side, {
      webview: view.webview,
      get visible() {
        return view.visible;
      },
      onDidShowOrHide: (listener) => view.onDidChangeVisibility(listener),
      onDidDispose: (listener) => view.onDidDispose(listener),
    });
  }

  /** For VS Code, which restores the editor's chart after a reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.attachPanel(panel);
  }

  /** Shows the chart in an editor; resolves to what it draws, to undefined if it draws nothing for 30 s. */
  async open(change: OptionsChange): Promise<DrawnReport | undefined> {
    const { page } = this.editor;
    const sentBefore = page?.sentSnapshots ?? 0;
    await this.editor.change(change);
    if (this.panel) this.panel.reveal();
    else this.attachPanel(vscode.window.createWebviewPanel(viewIds.chart, 'SkyRL Chart', vscode.ViewColumn.Active));
    return this.editor.page?.reportAfter(this.editor.page === page ? sentBefore : 0);
  }

  /** Changes the active chart, after showing the side panel's if none is visible; resolves to the chart. */
  async show(change: OptionsChange): Promise<ChartLocation> {
    if (!this.visible) await vscode.commands.executeCommand(`${viewIds.chart}.focus`);
    const chart = this.activeChart;
    await chart.change(change);
    return chart;
  }

  /** Shows a span of time in the active chart, after showing the side panel's if none is visible. */
  async showRange(range: TimeRange): Promise<void> {
    const chart = await this.show({});
    // VS Code may load a view only after it has focused it.
    if (!chart.page) await nextEvent(this.visibilityChanged.event, () => chart.page !== undefined, viewTimeoutMs);
    chart.page?.showRange(range);
  }

  /** Changes both charts. */
  async changeAll(change: OptionsChange): Promise<void> {
    for (const chart of [this.side, this.editor]) await chart.change(change);
  }

  dispose(): void {
    this.side.page?.dispose();
    this.editor.page?.dispose();
    this.panel?.dispose();
    this.visibilityChanged.dispose();
    this.exportRequested.dispose();
    this.engineSelected.dispose();
  }

  private attachPanel(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(this.deps.extensionUri, 'media', `chart-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    this.attachPage(this.editor, {
      webview: panel.webview,
      get visible() {
        return panel.visible;
      },
      onDidShowOrHide: (listener) => panel.onDidChangeViewState(listener),
      onDidDispose: (listener) => panel.onDidDispose(listener),
    });
  }

  private attachPage(chart: ChartLocation, host: WebviewHost): void {
    const { feed, log, extensionUri } = this.deps;
    chart.page?.dispose();
    const page = new ChartPage({ surface: host, feed, optionsStore: chart.optionsStore, log });
    chart.host = host;
    chart.page = page;
    let wasVisible = host.visible;
    const listeners = [
      page.onDidRequestExport((what) => this.exportRequested.fire({ chart, what })),
      page.onDidSelectEngine((id) => this.engineSelected.fire(id)),
      host.onDidShowOrHide(() => {
        if (host.visible === wasVisible) return;
        wasVisible = host.visible;
        if (wasVisible) page.sendAll();
        this.visibilityChanged.fire();
      }),
      host.onDidDispose(() => {
        for (const listener of listeners) listener.dispose();
        page.dispose();
        if (chart.host !== host) return;
        chart.host = undefined;
        chart.page = undefined;
        this.visibilityChanged.fire();
      }),
    ];
    loadWebviewPage(host.webview, extensionUri, 'chart');
    this.visibilityChanged.fire();
  }
}
