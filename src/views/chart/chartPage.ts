/**
 * One page of a chart. VS Code may discard it at any moment: it gets everything when it is ready or shown, points in
 * between, and nothing while hidden.
 */
import * as vscode from 'vscode';
import type { ChartData, ChartIncrement, ChartSeries } from '../../shared/chartData';
import {
  isToHost,
  type DrawnReport,
  type SaveMessage,
  type TimeRange,
  type ToHost,
  type ToPage,
} from '../../shared/protocol';
import { packSeries } from '../../shared/seriesColumns';
import { pointLimit, type ViewOptions } from '../../shared/viewOptions';
import type { ChartFeed } from './chartFeed';
import type { ChartOptionsStore, OptionsChange } from './chartOptionsStore';
import { nextEvent } from './nextEvent';
import { SentSubjects, subjectQuery } from './sentSubjects';

/** After so many scrapes the page gets everything anew, so that one row a minute replaces old points. */
const resendAfterScrapes = 600;
const pictureTimeoutMs = 15_000;
/** A new page may take seconds to load while VS Code starts. */
const drawnTimeoutMs = 30_000;

/** The webview of a view or of a panel. */
export interface ChartWebview {
  readonly webview: vscode.Webview;
  readonly visible: boolean;
}

/** A page in one webview, with its data and its options. */
export interface ChartPageOptions {
  surface: ChartWebview;
  feed: ChartFeed;
  optionsStore: ChartOptionsStore;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** Series as they are sent: those of the many rows of a heat map as columns. */
const seriesFields = (series: ChartSeries[], form: ViewOptions['form']): Pick<ChartData, 'series' | 'columns'> =>
  form === 'heatmap' ? { series: series.filter(({ engine }) => !engine), columns: packSeries(series) } : { series };

/** Talks to one page in the messages of the protocol. */
export class ChartPage implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];
  private readonly drawn = new vscode.EventEmitter<{ report: DrawnReport; snapshot: number }>();
  private readonly pictures = new vscode.EventEmitter<{ request: number; png: string }>();
  private readonly exportRequested = new vscode.EventEmitter<SaveMessage['what']>();
  private readonly engineSelected = new vscode.EventEmitter<string>();
  private readonly sentSubjects = new SentSubjects();
  private zoomRange: TimeRange | undefined;
  /** A range that the host wants to be shown and that the page has not confirmed. */
  private requestedRange: TimeRange | undefined;
  private sentChoices = '';
  private appendsSinceSnapshot = 0;
  private pictureRequests = 0;
  /** How many snapshots were sent to this page; each carries its number. */
  sentSnapshots = 0;
  /** What the page drew last. */
  lastReport: DrawnReport | undefined;
  /** Fires with the ID of an engine that a person selects. */
  readonly onDidSelectEngine = this.engineSelected.event;
  /** Fires when a person at the page asks for a file, or for the queries. */
  readonly onDidRequestExport = this.exportRequested.event;

  constructor(private readonly pageOptions: ChartPageOptions) {
    const { surface, feed } = pageOptions;
    this.subscriptions = [
      this.drawn,
      this.pictures,
      this.exportRequested,
      this.engineSelected,
      surface.webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      feed.onDidAdd((increment) => this.append(increment)),
      feed.onDidReplace(() => this.sendAll()),
      feed.onDidChangeStatus(() => this.sendStatus()),
    ];
  }

  get options(): ViewOptions {
    return this.pageOptions.optionsStore.options;
  }

  /** What the page drew last, else the chosen time range up to now. */
  get timeRange(): TimeRange {
    const to = this.feed.now();
    return this.lastReport ?? { from: to - this.options.minutes * 60_000, to };
  }

  /** Changes the options for a command, and sends what the page now shows. */
  async change(change: OptionsChange): Promise<void> {
    const options = await this.pageOptions.optionsStore.change(change);
    this.zoomRange = undefined;
    this.post({ type: 'options', options });
    this.sendData();
  }

  /** Zooms in on a time range, as soon as the page is ready. */
  showRange(range: TimeRange): void {
    this.requestedRange = range;
    this.post({ type: 'range', range });
  }

  /** Sends everything: the page is ready, or visible again. */
  sendAll(): void {
    this.post({ type: 'options', options: this.options });
    this.sendStatus();
    this.sendChoices(true);
    this.sendData();
  }

  /**
   * Resolves to what the page draws of a snapshot that is sent after this one; to undefined if it draws none for 30 s.
   * What it draws before, such as an empty page while it loads, does not count.
   */
  async reportAfter(snapshot: number): Promise<DrawnReport | undefined> {
    return (await nextEvent(this.drawn.event, (drawn) => drawn.snapshot > snapshot, drawnTimeoutMs))?.report;
  }

  /** A PNG of what the page shows. Rejects while the page is hidden, since a hidden page draws nothing. */
  async capturePicture(): Promise<Uint8Array> {
    if (!this.isVisible) throw new Error('The chart is hidden. Show it first.');
    const request = ++this.pictureRequests;
    const picture = nextEvent(this.pictures.event, (each) => each.request === request, pictureTimeoutMs);
    this.post({ type: 'capture', request });
    const png = (await picture)?.png;
    if (!png) throw new Error('The chart sent no picture.');
    return Buffer.from(png, 'base64');
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private get feed(): ChartFeed {
    return this.pageOptions.feed;
  }

  private get isVisible(): boolean {
    return this.pageOptions.surface.visible;
  }

  private receive(message: unknown): void {
    if (isToHost(message)) void this.handleMessage(message);
    else this.pageOptions.log.warn('chart: ignored a message from the page that does not fit the protocol');
  }

  private async handleMessage(message: ToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.zoomRange = undefined;
        this.sendAll();
        if (this.requestedRange) this.post({ type: 'range', range: this.requestedRange });
        return;
      case 'setOptions':
        await this.pageOptions.optionsStore.change(message.options);
        return this.sendData();
      case 'zoom':
        this.requestedRange = undefined;
        this.zoomRange = message.range;
        return this.sendData();
      case 'drawn':
        this.lastReport = message.report;
        return this.drawn.fire({ report: message.report, snapshot: message.snapshot ?? 0 });
      case 'take':
        return this.exportRequested.fire(message.what);
      case 'selectEngine':
        return this.engineSelected.fire(message.engine);
      case 'ignored':
        return this.pageOptions.log.warn('chart: the page ignored a message that does not fit the protocol');
      case 'picture':
        return this.pictures.fire(message);
    }
  }

  /** Sends what a person can choose, if it has changed: a metric or an engine may appear late. */
  private sendChoices(always: boolean): void {
    const choices = this.feed.choices(always);
    const key = JSON.stringify([choices.rows.map(({ available }) => available), choices.engines]);
    if (always || key !== this.sentChoices) this.post({ type: 'choices', ...choices });
    this.sentChoices = key;
  }

  private sendStatus(): void {
    const { status, notice = '' } = this.feed;
    this.post({ type: 'status', message: status.message, notice });
  }

  private sendData(): void {
    if (!this.isVisible) return;
    const { measures, distributions, minutes, form } = this.options;
    const now = this.feed.now();
    const { from, to } = this.zoomRange ?? { from: now - minutes * 60_000, to: Infinity };
    // Beyond the edges, so that lines lead in and out.
    const marginMs = Math.min(120_000, minutes * 6_000);
    const query = { measures, from: from - marginMs, to: to + marginMs, maxPoints: pointLimit };
    const data = this.feed.query({ ...query, engines: 'aggregate' }, distributions);
    const ofSubjects = subjectQuery(this.options, () => this.feed.choices(false).engines);
    const subjectSeries = ofSubjects ? this.feed.query({ ...query, ...ofSubjects }, []).series : [];
    this.sentSubjects.reset(subjectSeries);
    this.appendsSinceSnapshot = 0;
    const fields = seriesFields([...data.series, ...subjectSeries], form);
    this.post({ type: 'snapshot', data: { ...data, ...fields }, now, id: ++this.sentSnapshots });
  }

  private append(increment: ChartIncrement): void {
    if (!this.isVisible) return;
    if (++this.appendsSinceSnapshot > resendAfterScrapes && !this.zoomRange) return this.sendData();
    const { options } = this;
    const series = this.sentSubjects.filter(increment, options);
    const distributions = increment.distributions?.filter(({ histogram }) => options.distributions.includes(histogram));
    this.post({
      type: 'append',
      data: { ...increment, ...seriesFields(series, options.form), ...(distributions && { distributions }) },
      now: this.feed.now(),
    });
    this.sendChoices(false);
  }

  private post(message: ToPage): void {
    if (this.isVisible) void this.pageOptions.surface.webview.postMessage(message);
  }
}
