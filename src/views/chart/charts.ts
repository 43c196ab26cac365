import * as vscode from 'vscode';
import type { DrawnReport, TakeMessage, TimeRange } from '../../shared/protocol';
import type { ViewOptions } from '../../shared/viewOptions';
import { views } from '../shared/ids';
import { ChartPage, type Surface } from './chartPage';
import { Choices, type Change } from './chartOptionsStore';
import type { ChartFeed } from './chartFeed';
import { loadPage } from './loadChartPage';

/** What charts are made with. */
export interface ChartDeps {
  extensionUri: vscode.Uri;
  feed: ChartFeed;
  memento: vscode.Memento;
  /** Of the settings. */
  minutes: () => number;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** A webview of VS Code, as views and panels have it in common. */
interface Home extends Surface {
  onDidShowOrHide(listener: () => void): vscode.Disposable;
  onDidDispose(listener: () => void): vscode.Disposable;
}

/** Where a chart stands: its choices are there without a page, too. */
class Place {
  home: Home | undefined;
  page: ChartPage | undefined;

  constructor(
    readonly choices: Choices,
    private readonly now: () => number,
  ) {}

  get visible(): boolean {
    return this.home?.visible ?? false;
  }

  get options(): ViewOptions {
    return this.choices.options;
  }

  get shown(): TimeRange {
    return this.page?.shown ?? { from: this.now() - this.options.minutes * 60_000, to: this.now() };
  }

  async change(change: Change): Promise<void> {
    await (this.page?.change(change) ?? this.choices.change(change));
  }
}

export type { Place };

/** The chart in the side panel and the one in an editor, each with its own choices; the editor's begins as the side panel's is. */
export class Charts implements vscode.WebviewViewProvider, vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly visibility = new vscode.EventEmitter<void>();
  private readonly taken = new vscode.EventEmitter<{ place: Place; what: TakeMessage['what'] }>();
  private readonly side: Place;
  private readonly editor: Place;
  private panel: vscode.WebviewPanel | undefined;

  readonly onDidChangeVisibility = this.visibility.event;
  /** Fires when a person at a page wants a file or the queries. */
  readonly onDidTake = this.taken.event;

  constructor(private readonly deps: ChartDeps) {
    const { memento, minutes, feed } = deps;
    const side = new Choices(memento, 'side', minutes);
    this.side = new Place(side, () => feed.now());
    this.editor = new Place(new Choices(memento, 'editor', minutes, side), () => feed.now());
  }

  /** Whether somebody can see a chart. */
  get visible(): boolean {
    return this.side.visible || this.editor.visible;
  }

  /** The chart that a command without more words means: the editor's where it is seen, else the side panel's. */
  get current(): Place {
    return this.editor.visible ? this.editor : this.side;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.settle(this.side, {
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
    this.adopt(panel);
  }

  /** Opens the chart in an editor, or shows the one that is open; resolves with what it draws, `undefined` where it draws nothing for long. */
  async open(change: Change): Promise<DrawnReport | undefined> {
    await this.editor.change(change);
    if (this.panel) this.panel.reveal();
    else this.adopt(vscode.window.createWebviewPanel(views.chart, 'SkyRL Chart', vscode.ViewColumn.Active));
    return this.editor.page?.nextReport();
  }

  /** Changes the chart that `current` means; where none is seen, the side panel's comes up. */
  async show(change: Change): Promise<Place> {
    if (!this.visible) await vscode.commands.executeCommand(`${views.chart}.focus`);
    const place = this.current;
    await place.change(change);
    return place;
  }

  /** Changes every chart. */
  async changeAll(change: Change): Promise<void> {
    for (const place of [this.side, this.editor]) await place.change(change);
  }

  dispose(): void {
    this.side.page?.dispose();
    this.editor.page?.dispose();
    this.panel?.dispose();
    this.visibility.dispose();
    this.taken.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(this.deps.extensionUri, 'media', `chart-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    this.settle(this.editor, {
      webview: panel.webview,
      get visible() {
        return panel.visible;
      },
      onDidShowOrHide: (listener) => panel.onDidChangeViewState(listener),
      onDidDispose: (listener) => panel.onDidDispose(listener),
    });
  }

  private settle(place: Place, home: Home): void {
    const { feed, log, extensionUri } = this.deps;
    place.page?.dispose();
    const page = new ChartPage(home, feed, place.choices, log);
    place.home = home;
    place.page = page;
    let shown = home.visible;
    const listeners = [
      page.onDidTake((what) => this.taken.fire({ place, what })),
      home.onDidShowOrHide(() => {
        if (home.visible === shown) return;
        shown = home.visible;
        if (shown) page.sendAll();
        this.visibility.fire();
      }),
      home.onDidDispose(() => {
        for (const listener of listeners) listener.dispose();
        page.dispose();
        if (place.home !== home) return;
        place.home = undefined;
        place.page = undefined;
        this.visibility.fire();
      }),
    ];
    loadPage(home.webview, extensionUri);
    this.visibility.fire();
  }
}
