import * as vscode from 'vscode';
import type { DrawnReport, SaveMessage, TimeRange } from '../../shared/protocol';
import type { ViewOptions } from '../../shared/viewOptions';
import { viewIds } from '../shared/ids';
import { ChartPage, type ChartWebview } from './chartPage';
import { ChartOptionsStore, type OptionsChange } from './chartOptionsStore';
import type { ChartFeed } from './chartFeed';
import { loadChartPage } from './loadChartPage';

/** What charts are made with. */
export interface ChartDeps {
  extensionUri: vscode.Uri;
  feed: ChartFeed;
  memento: vscode.Memento;
  /** Of the settings. */
  defaultMinutes: () => number;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** A webview of VS Code, as views and panels have it in common. */
interface WebviewHost extends ChartWebview {
  onDidShowOrHide(listener: () => void): vscode.Disposable;
  onDidDispose(listener: () => void): vscode.Disposable;
}

/** Where a chart stands: its choices are there without a page, too. */
class ChartLocation {
  host: WebviewHost | undefined;
  page: ChartPage | undefined;

  constructor(
    readonly optionsStore: ChartOptionsStore,
    private readonly now: () => number,
  ) {}

  get visible(): boolean {
    return this.host?.visible ?? false;
  }

  get options(): ViewOptions {
    return this.optionsStore.options;
  }

  get timeRange(): TimeRange {
    return this.page?.timeRange ?? { from: this.now() - this.options.minutes * 60_000, to: this.now() };
  }

  async change(change: OptionsChange): Promise<void> {
    await (this.page?.change(change) ?? this.optionsStore.change(change));
  }
}

export type { ChartLocation as Place };

/** The chart in the side panel and the one in an editor, each with its own choices; the editor's begins as the side panel's is. */
export class Charts implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly visibility = new vscode.EventEmitter<void>();
  private readonly exportRequested = new vscode.EventEmitter<{ place: ChartLocation; what: SaveMessage['what'] }>();
  private readonly side: ChartLocation;
  private readonly editor: ChartLocation;
  private panel: vscode.WebviewPanel | undefined;

  readonly onDidChangeVisibility = this.visibility.event;
  /** Fires when a person at a page wants a file or the queries. */
  readonly onDidRequestExport = this.exportRequested.event;

  constructor(private readonly deps: ChartDeps) {
    const { memento, defaultMinutes, feed } = deps;
    const side = new ChartOptionsStore(memento, 'side', defaultMinutes);
    this.side = new ChartLocation(side, () => feed.now());
    this.editor = new ChartLocation(new ChartOptionsStore(memento, 'editor', defaultMinutes, side), () => feed.now());
  }

  /** Whether somebody can see a chart. */
  get visible(): boolean {
    return this.side.visible || this.editor.visible;
  }

  /** The chart that a command without more words means: the editor's where it is seen, else the side panel's. */
  get activeChart(): ChartLocation {
    return this.editor.visible ? this.editor : this.side;
  }

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

  /** The editor's chart, as VS Code found it after a reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.attachPanel(panel);
  }

  /** Opens the chart in an editor, or shows the one that is open; resolves with what it draws, `undefined` where it draws nothing for long. */
  async open(change: OptionsChange): Promise<DrawnReport | undefined> {
    await this.editor.change(change);
    if (this.panel) this.panel.reveal();
    else this.attachPanel(vscode.window.createWebviewPanel(viewIds.chart, 'SkyRL Chart', vscode.ViewColumn.Active));
    return this.editor.page?.nextReport();
  }

  /** Changes the chart that `current` means; where none is seen, the side panel's comes up. */
  async show(change: OptionsChange): Promise<ChartLocation> {
    if (!this.visible) await vscode.commands.executeCommand(`${viewIds.chart}.focus`);
    const place = this.activeChart;
    await place.change(change);
    return place;
  }

  /** Changes every chart. */
  async changeAll(change: OptionsChange): Promise<void> {
    for (const place of [this.side, this.editor]) await place.change(change);
  }

  dispose(): void {
    this.side.page?.dispose();
    this.editor.page?.dispose();
    this.panel?.dispose();
    this.visibility.dispose();
    this.exportRequested.dispose();
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

  private attachPage(place: ChartLocation, home: WebviewHost): void {
    const { feed, log, extensionUri } = this.deps;
    place.page?.dispose();
    const page = new ChartPage(home, feed, place.optionsStore, log);
    place.host = home;
    place.page = page;
    let shown = home.visible;
    const listeners = [
      page.onDidRequestExport((what) => this.exportRequested.fire({ place, what })),
      home.onDidShowOrHide(() => {
        if (home.visible === shown) return;
        shown = home.visible;
        if (shown) page.sendAll();
        this.visibility.fire();
      }),
      home.onDidDispose(() => {
        for (const listener of listeners) listener.dispose();
        page.dispose();
        if (place.host !== home) return;
        place.host = undefined;
        place.page = undefined;
        this.visibility.fire();
      }),
    ];
    loadChartPage(home.webview, extensionUri);
    this.visibility.fire();
  }
}
