import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Status } from '../api';
import type { ChartData, ChartIncrement } from '../shared/chartData';
import {
  defaultOptions, ENGINE_LIMIT, isToHost, isViewOptions,
  type DrawnReport, type ToPage, type ViewOptions,
} from '../shared/protocol';
import { webviewHtml } from './webviewHtml';

/** What the chart shows, and when there is more of it. */
export interface ChartFeed {
  /** All aggregates, and the series of at most `engineLimit` engines. */
  data(engineLimit: number): ChartData;
  readonly onDidAdd: vscode.Event<ChartIncrement>;
  /** All of it is another. */
  readonly onDidReplace: vscode.Event<void>;
  /** Its words stand where nothing can be drawn. */
  readonly status: Status;
  readonly onDidChangeStatus: vscode.Event<Status>;
}

const optionsKey = 'skyrl.chart.options';

/** The chart in the side panel. The page can go at any moment: it gets everything when it is ready or shown, points in between, nothing while hidden. */
export class ChartView implements vscode.WebviewViewProvider, vscode.Disposable {
  static readonly id = 'skyrl.chart';

  private view: vscode.WebviewView | undefined;
  private report: DrawnReport | undefined;
  /** The engines whose series the page has, so that an increment brings no others. */
  private sentEngines = new Set<string>();
  private readonly visibility = new vscode.EventEmitter<boolean>();
  private readonly subscriptions: vscode.Disposable[];

  /** Fires with `visible`. */
  readonly onDidChangeVisibility = this.visibility.event;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly feed: ChartFeed,
    private readonly memento: vscode.Memento,
    private readonly log: Pick<vscode.LogOutputChannel, 'warn'>,
  ) {
    this.subscriptions = [
      this.visibility,
      feed.onDidReplace(() => this.sendData()),
      feed.onDidAdd((increment) => this.append(increment)),
      feed.onDidChangeStatus((status) => this.post({ type: 'status', words: status.message })),
    ];
  }

  /** Whether somebody can see the chart. */
  get visible(): boolean {
    return this.view?.visible ?? false;
  }

  /** What the page said it has drawn last; for tests. */
  get lastReport(): DrawnReport | undefined {
    return this.report;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const root = vscode.Uri.joinPath(this.extensionUri, 'dist', 'webview');
    const { webview } = view;
    this.view = view;
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    const listeners = [
      webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      view.onDidChangeVisibility(() => {
        if (view.visible) this.sendAll();
        this.visibility.fire(view.visible);
      }),
      view.onDidDispose(() => {
        for (const listener of listeners) listener.dispose();
        if (this.view !== view) return;
        this.view = undefined;
        this.visibility.fire(false);
      }),
    ];
    webview.html = webviewHtml({
      title: 'SkyRL engine metrics',
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
      script: webview.asWebviewUri(vscode.Uri.joinPath(root, 'chart.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(root, 'chart.css')).toString(),
    });
    this.visibility.fire(view.visible);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private get options(): ViewOptions {
    const stored = this.memento.get<unknown>(optionsKey);
    return isViewOptions(stored) ? stored : defaultOptions;
  }

  private get engineLimit(): number {
    return this.options.engines === 'each' ? ENGINE_LIMIT : 0;
  }

  private receive(message: unknown): void {
    if (!isToHost(message)) {
      this.log.warn('chart: ignored a message from the page that is not of the protocol');
      return;
    }
    switch (message.type) {
      case 'ready':
        this.sendAll();
        return;
      case 'setOptions':
        void this.setOptions(message.options);
        return;
      case 'drawn':
        this.report = message.report;
    }
  }

  private async setOptions(options: ViewOptions): Promise<void> {
    const before = this.engineLimit;
    await this.memento.update(optionsKey, options);
    if (this.engineLimit !== before) this.sendData();
  }

  private sendAll(): void {
    this.post({ type: 'options', options: this.options });
    this.post({ type: 'status', words: this.feed.status.message });
    this.sendData();
  }

  private sendData(): void {
    const data = this.feed.data(this.engineLimit);
    this.sentEngines = new Set(data.series.flatMap(({ engine }) => (engine ? [engine.id] : [])));
    this.post({ type: 'snapshot', data, now: Date.now() });
  }

  private append(increment: ChartIncrement): void {
    if (!this.visible) return;
    const limit = this.engineLimit;
    const series = increment.series.filter(({ engine }) => {
      if (!engine) return true;
      if (this.sentEngines.size < limit) this.sentEngines.add(engine.id);
      return this.sentEngines.has(engine.id);
    });
    this.post({ type: 'append', data: { ...increment, series }, now: Date.now() });
  }

  private post(message: ToPage): void {
    if (this.visible) void this.view?.webview.postMessage(message);
  }
}
