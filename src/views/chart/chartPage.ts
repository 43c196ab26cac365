import * as vscode from 'vscode';
import type { ChartData, ChartSubject, ChartIncrement } from '../../shared/chartData';
import {
  isToHost,
  type DrawnReport,
  type SaveMessage,
  type TimeRange,
  type ToHost,
  type ToPage,
} from '../../shared/protocol';
import { engineLimit, pointLimit, type ViewOptions } from '../../shared/viewOptions';
import type { OptionsChange, ChartOptionsStore } from './chartOptionsStore';
import type { ChartFeed } from './chartFeed';

/** After so many scrapes the page gets everything anew, so that minutes take the place of old points. */
const resendAfterScrapes = 600;
const pictureTimeoutMs = 15_000;
const drawnTimeoutMs = 10_000;

/** The webview of a view or of a panel. */
export interface ChartWebview {
  readonly webview: vscode.Webview;
  readonly visible: boolean;
}

type Log = Pick<vscode.LogOutputChannel, 'warn'>;

/**
 * One page of the chart. It can go at any moment: it gets everything when it is ready or shown, points in between, nothing while hidden.
 */
export class ChartPage implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private readonly drawn = new vscode.EventEmitter<DrawnReport>();
  private readonly pictures = new vscode.EventEmitter<{ request: number; png: string }>();
  private readonly exportRequested = new vscode.EventEmitter<SaveMessage['what']>();
  /** The engines and parts whose series the page has, by id, so that an increment brings no others. */
  private sentSubjects = new Map<string, ChartSubject>();
  private range: TimeRange | undefined;
  private sentChoices = '';
  private appendsSinceSnapshot = 0;
  private requests = 0;
  /** What the page said it has drawn last. */
  lastReport: DrawnReport | undefined;
  /** Fires when a person wants a file or the queries. */
  readonly onDidRequestExport = this.exportRequested.event;

  constructor(
    private readonly surface: ChartWebview,
    private readonly feed: ChartFeed,
    private readonly optionsStore: ChartOptionsStore,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      this.drawn,
      this.pictures,
      this.exportRequested,
      surface.webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      feed.onDidAdd((increment) => this.append(increment)),
      feed.onDidReplace(() => this.sendAll()),
      feed.onDidChangeStatus((status) => this.post({ type: 'status', message: status.message })),
    ];
  }

  get options(): ViewOptions {
    return this.optionsStore.options;
  }

  /** The stretch of time that is shown: what the page drew last, else the window up to now. */
  get timeRange(): TimeRange {
    const to = this.feed.now();
    return this.lastReport ?? { from: to - this.options.minutes * 60_000, to };
  }

  /** Chooses for the person who ran a command. */
  async change(change: OptionsChange): Promise<void> {
    const options = await this.optionsStore.change(change);
    this.range = undefined;
    this.post({ type: 'options', options });
    this.sendData();
  }

  /** Sends everything: the page is ready, or was shown again. */
  sendAll(): void {
    this.post({ type: 'options', options: this.options });
    this.post({ type: 'status', message: this.feed.status.message });
    this.sendChoices(true);
    this.sendData();
  }

  /** Resolves with what the page draws next; `undefined` where it draws nothing for long. */
  nextReport(): Promise<DrawnReport | undefined> {
    return nextEvent(this.drawn.event, () => true, drawnTimeoutMs);
  }

  /** A PNG of what is shown. Rejects where nobody can see the chart: a hidden page draws nothing. */
  async capturePicture(): Promise<Uint8Array> {
    if (!this.surface.visible) throw new Error('The chart is hidden: show it first.');
    const request = ++this.requests;
    const answer = nextEvent(this.pictures.event, (picture) => picture.request === request, pictureTimeoutMs);
    this.post({ type: 'capture', request });
    const png = (await answer)?.png;
    if (!png) throw new Error('The chart drew no picture.');
    return Buffer.from(png, 'base64');
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private receive(message: unknown): void {
    if (!isToHost(message)) {
      this.log.warn('chart: ignored a message from the page that is not of the protocol');
      return;
    }
    void this.handleMessage(message);
  }

  private async handleMessage(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.range = undefined;
        return this.sendAll();
      case 'setOptions':
        await this.optionsStore.change(message.options);
        return this.sendData();
      case 'zoom':
        this.range = message.range;
        return this.sendData();
      case 'drawn':
        this.lastReport = message.report;
        return this.drawn.fire(message.report);
      case 'take':
        return this.exportRequested.fire(message.what);
      case 'ignored':
        return this.log.warn('chart: the page ignored a message that is not of the protocol');
      case 'picture':
        return this.pictures.fire(message);
    }
  }

  /** What can be chosen; a metric or an engine may appear late. */
  private sendChoices(always: boolean): void {
    const choices = this.feed.choices(always);
    const key = JSON.stringify([choices.rows.map(({ available }) => available), choices.engines]);
    if (always || key !== this.sentChoices) this.post({ type: 'choices', ...choices });
    this.sentChoices = key;
  }

  private sendData(): void {
    if (!this.surface.visible) return;
    const { measures, distributions, engines, minutes } = this.options;
    const now = this.feed.now();
    const { from, to } = this.range ?? { from: now - minutes * 60_000, to: Infinity };
    // Beyond the edges, so that lines lead in and out.
    const margin = Math.min(120_000, minutes * 6_000);
    const query = { measures, from: from - margin, to: to + margin, maxPoints: pointLimit };
    const data: ChartData = this.feed.query({ ...query, engines: 'aggregate' }, distributions);
    const single =
      engines === 'aggregate' ? [] : this.feed.query({ ...query, engines: this.selectSubjects(engines) }, []).series;
    this.sentSubjects = new Map(single.flatMap(({ engine }) => (engine ? [[engine.id, engine]] : [])));
    this.appendsSinceSnapshot = 0;
    this.post({ type: 'snapshot', data: { ...data, series: [...data.series, ...single] }, now });
  }

  private selectSubjects(engines: ViewOptions['engines']): readonly string[] {
    const known = this.feed.choices(false).engines.filter(({ id }) => !Array.isArray(engines) || engines.includes(id));
    // Nodes and GPUs have metrics of their own: they take no engine's place.
    return [undefined, true]
      .flatMap((part) => known.filter((one) => one.nonEngine === part).slice(0, engineLimit))
      .map(({ id }) => id);
  }

  private append(increment: ChartIncrement): void {
    if (!this.surface.visible) return;
    if (++this.appendsSinceSnapshot > resendAfterScrapes && !this.range) return this.sendData();
    const { measures, distributions, engines } = this.options;
    const hasRoom = ({ nonEngine }: ChartSubject): boolean =>
      [...this.sentSubjects.values()].filter((one) => one.nonEngine === nonEngine).length < engineLimit;
    const isWanted = (engine: ChartSubject): boolean =>
      this.sentSubjects.has(engine.id) ||
      (engines !== 'aggregate' && hasRoom(engine) && (engines === 'each' || engines.includes(engine.id)));
    const series = increment.series.filter(({ measure, engine }) => {
      if (!measures.includes(measure) || (engine && !isWanted(engine))) return false;
      if (engine) this.sentSubjects.set(engine.id, engine);
      return true;
    });
    const histograms = increment.distributions?.filter(({ histogram }) => distributions.includes(histogram));
    this.post({
      type: 'append',
      data: { ...increment, series, ...(histograms && { distributions: histograms }) },
      now: this.feed.now(),
    });
    this.sendChoices(false);
  }

  private post(message: ToPage): void {
    if (this.surface.visible) void this.surface.webview.postMessage(message);
  }
}

/** The first event that `fits`; `undefined` after `ms`, or when the source is gone. */
function nextEvent<T>(event: vscode.Event<T>, fits: (value: T) => boolean, ms: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const finish = (value: T | undefined): void => {
      clearTimeout(timer);
      listening.dispose();
      resolve(value);
    };
    const timer = setTimeout(() => finish(undefined), ms);
    const listening = event((value) => {
      if (fits(value)) finish(value);
    });
  });
}
