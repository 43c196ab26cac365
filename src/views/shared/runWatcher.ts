/** One window's watching: config and settings in, scrapes on command and on the timer, snapshots and states out. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Snapshot, Status } from '../../api';
import type { HttpGet } from '../../http/httpGet';
import type { TokenStore } from '../../discovery/token';
import { play, type Playing } from '../../capture/replayPlayer';
import type { ScrapeReplay } from '../../capture/captureReplay';
import { catalog } from '../../metrics/catalog/index';
import type { CountedEngines } from '../../metrics/recordCounters';
import { Recorder, type PastSpan, type RecorderOptions } from '../../history/historyStore';
import type { HistoryStorage } from '../../history/files';
import { Monitor, type MonitorInput } from '../../collector/collector';
import type { Answer } from '../../collector/snapshotSource';
import { statusOf } from '../../collector/status';
import { createSchedule, type Clock, type Schedule } from '../../collector/schedule';
import type { ChartData, ChartEngine, ChartIncrement, ChartQuery } from '../../shared/chartData';
import { withoutSecrets } from '../../discovery/errorAdvice';
import type { Configs } from '../config/configs';
import { monitorInput } from './collectorInput';
import type { Prometheus } from '../connection/prometheusConnection';
import { readSettings } from './settings';

const timerKey = 'skyrl.timer';
const runKey = 'skyrl.run';
/** Unwatched, nobody reads faster; and a Ray that is still there is noticed within it. */
const backgroundMs = 60_000;

/** One run that is watched: the live one, or one from a recording. */
interface Watch {
  get: HttpGet;
  clock: Clock;
  monitor: Monitor;
  recorder: Recorder;
}

/** `stopped` and `anyway` are a person's word for this workspace. */
type TimerChoice = 'auto' | 'stopped' | 'anyway';

/** A run that a person chose. Ray counts jobs anew in each session. */
interface ChosenRun {
  session: string | undefined;
  job: string;
}

export class Session implements vscode.Disposable {
  private readonly scraped = new vscode.EventEmitter<Snapshot>();
  private readonly statusChanged = new vscode.EventEmitter<Status>();
  private readonly added = new vscode.EventEmitter<ChartIncrement>();
  private readonly answered = new vscode.EventEmitter<{
    snapshot: Snapshot;
    answers: readonly Answer[];
    counted: CountedEngines | undefined;
  }>();
  private readonly refreshed = new vscode.EventEmitter<void>();
  private readonly replaced = new vscode.EventEmitter<void>();
  private readonly switched = new vscode.EventEmitter<void>();
  private readonly live: Watch;
  private replayed: (Watch & { replay: ScrapeReplay; playing: Playing }) | undefined;
  private readonly schedule: Schedule;
  private readonly subscriptions: vscode.Disposable[];
  private viewVisible = false;

  readonly onDidScrape = this.scraped.event;
  readonly onDidChangeStatus = this.statusChanged.event;
  /** Before `onDidScrape`: a snapshot with the answers that it was made of. */
  readonly onDidAnswer = this.answered.event;
  /** A recording took the place of the live run, or the live run came back. */
  readonly onDidSwitch = this.switched.event;
  readonly onDidAdd = this.added.event;
  /** The history is another: a run’s files were read, or it was cleared. */
  readonly onDidReplace = this.replaced.event;
  /** Anything a view shows may have changed, ages included. */
  readonly onDidRefresh = this.refreshed.event;
  status: Status = { state: 'searching', message: '' };

  constructor(
    get: HttpGet,
    clock: Clock,
    private readonly configs: Configs,
    private readonly tokens: TokenStore,
    private readonly memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
    storage: HistoryStorage | undefined,
    private readonly prometheus: Pick<Prometheus, 'source' | 'knownIntervalMs' | 'past'>,
  ) {
    this.live = this.watchOf(
      get,
      clock,
      storage,
      () => this.input(),
      (span) => this.past(span),
    );
    this.schedule = createSchedule({
      clock,
      run: () => this.live.monitor.tick(),
      pace: () => this.pace(),
      failed: (error) => this.log.error(`the timer’s scrape: ${String(error)}`),
    });
    this.subscriptions = [
      this.scraped,
      this.statusChanged,
      this.added,
      this.answered,
      this.replaced,
      this.switched,
      this.refreshed,
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.monitor.forgetFailures();
        this.schedule.update();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.reconsider()),
      configs.onDidChange(() => this.reconsider()),
    ];
    this.refresh();
  }

  private get watch(): Watch {
    return this.replayed ?? this.live;
  }

  get monitor(): Monitor {
    return this.watch.monitor;
  }

  /** Unix ms; of the recording while one is replayed. */
  now(): number {
    return this.watch.clock.now();
  }

  /** How the run that is shown is asked. */
  get get(): HttpGet {
    return this.watch.get;
  }

  /** The recording that is replayed. */
  get replay(): ScrapeReplay | undefined {
    return this.replayed?.replay;
  }

  get snapshot(): Snapshot | undefined {
    return this.monitor.snapshot;
  }

  get anyway(): boolean {
    return this.choice === 'anyway';
  }

  get timer(): 'running' | 'stopped' | 'on command' {
    if (this.choice === 'stopped') return 'stopped';
    return readSettings().intervalMs === 0 ? 'on command' : 'running';
  }

  /** Whether this workspace concerns us: without a config, and without settings of its own, there is no timer and no request. */
  get concerned(): boolean {
    return this.configs.search === 'one' || this.configs.search === 'several' || readSettings().saidHere;
  }

  /** Whether there is anything to show: also where a scrape on command found a run without a config. */
  get hasNews(): boolean {
    return this.concerned || (this.snapshot?.targets.length ?? 0) > 0;
  }

  /** By the config in use; undefined where nobody says. */
  get expected(): number | undefined {
    return this.configs.inUse?.config ? this.configs.inUse.intent.expectedEngines : undefined;
  }

  /** What a chart asks for, with the buckets of these histograms over the same time. */
  chartData(query: ChartQuery, histograms: readonly string[]): ChartData {
    const { recorder } = this.watch;
    recorder.open();
    return {
      ...recorder.history.query(query),
      distributions: recorder.history.distributions.query(histograms, query.from, query.to),
    };
  }

  /** Every engine that a chart can be asked for: those that are there first. */
  get chartEngines(): ChartEngine[] {
    return this.watch.recorder.history.known;
  }

  /** Everything that is kept of the measures between these times, of all engines together and of each. */
  measured(from: number, to: number): ChartData {
    const span = { measures: catalog.map(({ id }) => id), from, to };
    const [all, each] = [
      this.chartData({ ...span, engines: 'aggregate' }, []),
      this.chartData({ ...span, engines: 'each' }, []),
    ];
    return { ...all, series: [...all.series, ...each.series].filter(({ at }) => at.length > 0) };
  }

  /** Replays a recording in the place of the live run, whose timer rests meanwhile. */
  startReplay(replay: ScrapeReplay): void {
    this.endReplay();
    const input = (): MonitorInput => {
      const { source: _, ...live } = this.input();
      return { ...live, discovery: replay.discovery, allowed: true, anyway: true, offersSource: false };
    };
    const watch = this.watchOf(replay.get, replay.clock, undefined, input, undefined);
    // The first scrape comes when the replay is in its place.
    const scrape = async (): Promise<void> => {
      await Promise.resolve();
      await watch.monitor.tick();
    };
    this.replayed = {
      ...watch,
      replay,
      playing: play(replay, scrape, (error) => this.log.error(`replay: ${String(error)}`)),
    };
    this.tellSwitch();
  }

  /** Back to the live run. */
  stopReplay(): void {
    if (!this.replayed) return;
    this.endReplay();
    this.tellSwitch();
  }

  /** In a replay: the next step, at once. */
  scrape(trigger: 'command' | 'api'): Promise<Snapshot> {
    this.replayed?.playing.skip();
    return this.monitor.scrape(trigger);
  }

  /** Starts or stops the timer in this workspace; `anyway`: also on a Ray that hands a gauge to one reader. */
  async setTimer(choice: TimerChoice): Promise<void> {
    await this.memento.update(timerKey, choice);
    this.reconsider();
  }

  /** Looks at this run of the cluster, until its session ends; undefined: at the one that evidence names. */
  async chooseRun(job: string | undefined): Promise<void> {
    const session = this.monitor.round?.discovery.ray.session;
    await this.memento.update(runKey, job === undefined ? undefined : ({ session, job } satisfies ChosenRun));
    this.reconsider();
  }

  /** A view came or went. */
  setVisible(visible: boolean): void {
    if (visible === this.viewVisible) return;
    this.viewVisible = visible;
    this.schedule.update();
  }

  /** Config, settings or trust changed: what failed before may work now. */
  reconsider(): void {
    this.monitor.forgetFailures();
    this.schedule.update();
    this.refresh();
  }

  /** States anew; also called as time passes, since numbers grow old by themselves. */
  refresh(): void {
    const status = statusOf({
      folderOpen: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      trusted: vscode.workspace.isTrusted,
      search: this.configs.search,
      path: this.configs.inUse?.intent.metricsPath ?? 'ray',
      statsOn: this.configs.inUse?.intent.statsOn ?? true,
      round: this.monitor.round,
      snapshot: this.snapshot,
      timer: this.timer,
      anyway: this.anyway,
      now: this.now(),
      replay: this.replay && {
        folder: path.basename(this.replay.folder),
        step: this.replay.step + 1,
        steps: this.replay.steps,
      },
      staleAfterMs:
        Math.max(3 * readSettings().intervalMs, backgroundMs + 30_000) +
        (this.snapshot?.source ? 2 * (this.prometheus.knownIntervalMs ?? 0) : 0),
    });
    const changed = status.state !== this.status.state || status.message !== this.status.message;
    this.status = status;
    if (changed) this.logStatus(status);
    this.refreshed.fire();
    if (changed) this.statusChanged.fire(status);
  }

  /** Forgets every run of this workspace. */
  clearHistory(): Promise<void> {
    return this.live.recorder.clear();
  }

  /** Writes what is left of the history; resolves when that is done. */
  end(): Promise<void> {
    return this.live.recorder.dispose();
  }

  dispose(): void {
    void this.end();
    this.schedule.dispose();
    this.endReplay();
    this.live.monitor.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private watchOf(
    get: HttpGet,
    clock: Clock,
    storage: HistoryStorage | undefined,
    input: () => MonitorInput,
    past: RecorderOptions['past'],
  ): Watch {
    const recorder = new Recorder({
      storage,
      clock,
      ...(past && { past }),
      log: this.log,
      hours: () => readSettings().historyHours,
      onReplaced: () => this.replaced.fire(),
    });
    const monitor = new Monitor({
      get,
      clock,
      input,
      namesBefore: (run) => recorder.namesBefore(run),
      onChange: () => {
        if (this.monitor === monitor) this.refresh();
      },
      onSnapshot: (snapshot, answers, counted) => {
        const increment = recorder.add(snapshot, monitor.runId);
        if (this.monitor !== monitor) return;
        this.answered.fire({ snapshot, answers, counted });
        this.added.fire(increment);
        this.logSnapshot(snapshot);
        this.refresh();
        this.scraped.fire(snapshot);
      },
    });
    return { get, clock, monitor, recorder };
  }

  /** What Prometheus has of the live run's time before its first snapshot. */
  private async past({ from, first, signal }: PastSpan): Promise<Snapshot[]> {
    const { round, raySession: session } = this.live.monitor;
    if (!round) return [];
    return this.prometheus.past({
      discovery: round.discovery,
      session,
      from,
      to: first.at,
      engines: first.engines,
      signal,
    });
  }

  private endReplay(): void {
    const { replayed } = this;
    this.replayed = undefined;
    replayed?.playing.stop();
    replayed?.monitor.dispose();
    void replayed?.recorder.dispose();
  }

  private tellSwitch(): void {
    this.switched.fire();
    this.replaced.fire();
    this.schedule.update();
    this.refresh();
  }

  private get choice(): TimerChoice {
    return this.memento.get<TimerChoice>(timerKey) ?? 'auto';
  }

  private get chosenJob(): string | undefined {
    const chosen = this.memento.get<ChosenRun>(runKey);
    const session = this.monitor.round?.discovery.ray.session;
    return chosen && (session === undefined || chosen.session === session) ? chosen.job : undefined;
  }

  private pace(): number | undefined {
    const { intervalMs } = readSettings();
    if (
      this.replayed ||
      intervalMs === 0 ||
      this.choice === 'stopped' ||
      !vscode.workspace.isTrusted ||
      !this.concerned
    )
      return undefined;
    const watched = this.viewVisible || vscode.window.state.focused;
    return this.monitor.pace(watched ? intervalMs : Math.max(intervalMs, backgroundMs));
  }

  private input(): MonitorInput {
    const { configs, tokens, expected, chosenJob, anyway } = this;
    return monitorInput({
      configs,
      tokens,
      prometheus: this.prometheus.source,
      expected,
      chosenJob,
      anyway,
      backgroundMs,
    });
  }

  private logStatus({ state, message }: Status): void {
    this.log.info(withoutSecrets(`${state}: ${message}`));
  }

  private logSnapshot({ trigger, targets, engines }: Snapshot): void {
    const failed = targets.filter((target) => target.state === 'failed');
    this.log.debug(
      `scraped (${trigger}): ${targets.length} targets, ${failed.length} failed, ${engines.length} engines`,
    );
    for (const { url, error } of failed) this.log.debug(withoutSecrets(`${url}: ${error}`));
  }
}
