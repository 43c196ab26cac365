/** One window's watching: config and settings in, scrapes on command and on the timer, snapshots and states out. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Snapshot, Status } from '../../api';
import type { HttpGet } from '../../http/httpGet';
import type { TokenStore } from '../../discovery/token';
import { playReplay, type ReplayPlayer } from '../../capture/replayPlayer';
import type { CaptureReplay } from '../../capture/captureReplay';
import { catalog } from '../../metrics/catalog/index';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import type { EngineCounters } from '../../metrics/recordCounters';
import type { BackfillRange } from '../../history/backfillHistory';
import { HistoryStore, type HistoryStoreOptions } from '../../history/historyStore';
import type { HistoryStorage } from '../../history/historyStorage';
import { Collector } from '../../collector/collector';
import type { CollectorInput } from '../../collector/round';
import type { MetricsResponse } from '../../collector/snapshotSource';
import { statusOf } from '../../collector/status';
import { createSchedule, type Schedule } from '../../collector/schedule';
import { type Clock } from '../../shared/clock';
import type { ChartData, ChartSubject, ChartIncrement, ChartQuery } from '../../shared/chartData';
import { redactSecrets } from '../../http/redact';
import type { Configs } from '../config/configs';
import { readCollectorInput } from './collectorInput';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { readSettings } from './settings';

const timerKey = 'skyrl.timer';
const chosenRunKey = 'skyrl.run';
/** Unwatched, nobody reads faster; and a Ray that is still there is noticed within it. */
const backgroundMs = 60_000;

/** One run that is watched: the live one, or one from a recording. */
interface WatchedRun {
  get: HttpGet;
  clock: Clock;
  collector: Collector;
  recorder: HistoryStore;
}

/** `stopped` and `anyway` are a person's word for this workspace. */
type TimerChoice = 'auto' | 'stopped' | 'anyway';

/** A run that a person chose. Ray counts jobs anew in each session. */
interface ChosenRun {
  session: string | undefined;
  job: string;
}

export class RunWatcher implements vscode.Disposable {
  private readonly scraped = new vscode.EventEmitter<Snapshot>();
  private readonly statusChanged = new vscode.EventEmitter<Status>();
  private readonly added = new vscode.EventEmitter<ChartIncrement>();
  private readonly answered = new vscode.EventEmitter<{
    snapshot: Snapshot;
    answers: readonly MetricsResponse[];
    counted: EngineCounters | undefined;
  }>();
  private readonly refreshed = new vscode.EventEmitter<void>();
  private readonly replaced = new vscode.EventEmitter<void>();
  private readonly switched = new vscode.EventEmitter<void>();
  private readonly liveRun: WatchedRun;
  private replayedRun: (WatchedRun & { replay: CaptureReplay; playing: ReplayPlayer }) | undefined;
  private readonly schedule: Schedule;
  private readonly subscriptions: vscode.Disposable[];
  private viewVisible = false;

  readonly onDidScrape = this.scraped.event;
  readonly onDidChangeStatus = this.statusChanged.event;
  /** Before `onDidScrape`: a snapshot with the answers that it was made of. */
  readonly onDidCollect = this.answered.event;
  /** A recording took the place of the live run, or the live run came back. */
  readonly onDidSwitchRun = this.switched.event;
  readonly onDidAddPoints = this.added.event;
  /** The history is another: a run’s files were read, or it was cleared. */
  readonly onDidReplaceHistory = this.replaced.event;
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
    private readonly prometheus: Pick<PrometheusConnection, 'source' | 'knownIntervalMs' | 'backfill'>,
    private readonly catalogIndex: CatalogIndex,
  ) {
    this.liveRun = this.createWatchedRun(
      get,
      clock,
      storage,
      () => this.input(),
      (span) => this.backfill(span),
    );
    this.schedule = createSchedule({
      clock,
      task: () => this.liveRun.collector.tick(),
      nextIntervalMs: () => this.pace(),
      onError: (error) => this.log.error(`the timer’s scrape: ${String(error)}`),
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
        if (focused) this.collector.forgetFailures();
        this.schedule.update();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.retryFailures()),
      configs.onDidChange(() => this.retryFailures()),
    ];
    this.refresh();
  }

  private get watchedRun(): WatchedRun {
    return this.replayedRun ?? this.liveRun;
  }

  get collector(): Collector {
    return this.watchedRun.collector;
  }

  /** Unix ms; of the recording while one is replayed. */
  now(): number {
    return this.watchedRun.clock.now();
  }

  /** How the run that is shown is asked. */
  get get(): HttpGet {
    return this.watchedRun.get;
  }

  /** The recording that is replayed. */
  get replay(): CaptureReplay | undefined {
    return this.replayedRun?.replay;
  }

  get snapshot(): Snapshot | undefined {
    return this.collector.snapshot;
  }

  get ignoreHold(): boolean {
    return this.timerChoice === 'anyway';
  }

  get timer(): 'running' | 'stopped' | 'on command' {
    if (this.timerChoice === 'stopped') return 'stopped';
    return readSettings().intervalMs === 0 ? 'on command' : 'running';
  }

  /** Whether this workspace concerns us: without a config, and without settings of its own, there is no timer and no request. */
  get isSkyrlWorkspace(): boolean {
    return this.configs.search === 'one' || this.configs.search === 'several' || readSettings().hasWorkspaceTargets;
  }

  /** Whether there is anything to show: also where a scrape on command found a run without a config. */
  get hasContent(): boolean {
    return this.isSkyrlWorkspace || (this.snapshot?.targets.length ?? 0) > 0;
  }

  /** By the config in use; undefined where nobody says. */
  get expectedEngines(): number | undefined {
    return this.configs.activeConfig?.config ? this.configs.activeConfig.intent.expectedEngines : undefined;
  }

  /** What a chart asks for, with the buckets of these histograms over the same time. */
  queryChart(query: ChartQuery, histograms: readonly string[]): ChartData {
    const { recorder } = this.watchedRun;
    recorder.openNewestRun();
    return {
      ...recorder.history.query(query),
      distributions: recorder.history.distributionHistory.query(histograms, query.from, query.to),
    };
  }

  /** Every engine that a chart can be asked for: those that are there first. */
  get chartSubjects(): ChartSubject[] {
    return this.watchedRun.recorder.history.subjects;
  }

  /** Everything that is kept of the measures between these times, of all engines together and of each. */
  queryMeasures(from: number, to: number): ChartData {
    const span = { measures: catalog.map(({ id }) => id), from, to };
    const [all, each] = [
      this.queryChart({ ...span, engines: 'aggregate' }, []),
      this.queryChart({ ...span, engines: 'each' }, []),
    ];
    return { ...all, series: [...all.series, ...each.series].filter(({ at }) => at.length > 0) };
  }

  /** Replays a recording in the place of the live run, whose timer rests meanwhile. */
  startReplay(replay: CaptureReplay): void {
    this.disposeReplay();
    const input = (): CollectorInput => {
      const { source: _, ...live } = this.input();
      return { ...live, discovery: replay.discovery, requestsAllowed: true, ignoreHold: true, offersSource: false };
    };
    const watch = this.createWatchedRun(replay.get, replay.clock, undefined, input, undefined);
    // The first scrape comes when the replay is in its place.
    const scrape = async (): Promise<void> => {
      await Promise.resolve();
      await watch.collector.tick();
    };
    this.replayedRun = {
      ...watch,
      replay,
      playing: playReplay(replay, scrape, (error) => this.log.error(`replay: ${String(error)}`)),
    };
    this.tellSwitch();
  }

  /** Back to the live run. */
  stopReplay(): void {
    if (!this.replayedRun) return;
    this.disposeReplay();
    this.tellSwitch();
  }

  /** In a replay: the next step, at once. */
  scrape(trigger: 'command' | 'api'): Promise<Snapshot> {
    this.replayedRun?.playing.skip();
    return this.collector.scrape(trigger);
  }

  /** Starts or stops the timer in this workspace; `anyway`: also on a Ray that hands a gauge to one reader. */
  async setTimer(choice: TimerChoice): Promise<void> {
    await this.memento.update(timerKey, choice);
    this.retryFailures();
  }

  /** Looks at this run of the cluster, until its session ends; undefined: at the one that evidence names. */
  async chooseRun(job: string | undefined): Promise<void> {
    const session = this.collector.round?.discovery.ray.session;
    await this.memento.update(chosenRunKey, job === undefined ? undefined : ({ session, job } satisfies ChosenRun));
    this.retryFailures();
  }

  /** A view came or went. */
  setVisible(visible: boolean): void {
    if (visible === this.viewVisible) return;
    this.viewVisible = visible;
    this.schedule.update();
  }

  /** Config, settings or trust changed: what failed before may work now. */
  retryFailures(): void {
    this.collector.forgetFailures();
    this.schedule.update();
    this.refresh();
  }

  /** States anew; also called as time passes, since numbers grow old by themselves. */
  refresh(): void {
    const status = statusOf({
      folderOpen: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      isTrusted: vscode.workspace.isTrusted,
      search: this.configs.search,
      metricsPath: this.configs.activeConfig?.intent.metricsPath ?? 'ray',
      statsOn: this.configs.activeConfig?.intent.statsOn ?? true,
      round: this.collector.round,
      snapshot: this.snapshot,
      timer: this.timer,
      ignoreHold: this.ignoreHold,
      now: this.now(),
      replay: this.replay && {
        folder: path.basename(this.replay.folder),
        step: this.replay.stepIndex + 1,
        steps: this.replay.stepCount,
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
    return this.liveRun.recorder.clear();
  }

  /** Writes what is left of the history; resolves when that is done. */
  closeHistory(): Promise<void> {
    return this.liveRun.recorder.dispose();
  }

  dispose(): void {
    void this.closeHistory();
    this.schedule.dispose();
    this.disposeReplay();
    this.liveRun.collector.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private createWatchedRun(
    get: HttpGet,
    clock: Clock,
    storage: HistoryStorage | undefined,
    input: () => CollectorInput,
    past: HistoryStoreOptions['backfill'],
  ): WatchedRun {
    const recorder = new HistoryStore({
      storage,
      clock,
      ...(past && { backfill: past }),
      log: this.log,
      hours: () => readSettings().historyHours,
      onReplaced: () => this.replaced.fire(),
    });
    const monitor = new Collector({
      get,
      clock,
      catalogIndex: this.catalogIndex,
      input,
      loadEngineNames: (run) => recorder.loadEngineNames(run),
      onChange: () => {
        if (this.collector === monitor) this.refresh();
      },
      onSnapshot: (snapshot, answers, counted) => {
        const increment = recorder.add(snapshot, monitor.runId);
        if (this.collector !== monitor) return;
        this.answered.fire({ snapshot, answers, counted });
        this.added.fire(increment);
        this.logSnapshot(snapshot);
        this.refresh();
        this.scraped.fire(snapshot);
      },
    });
    return { get, clock, collector: monitor, recorder };
  }

  /** What Prometheus has of the live run's time before its first snapshot. */
  private async backfill({ from, first, signal }: BackfillRange): Promise<Snapshot[]> {
    const { round, raySession: session } = this.liveRun.collector;
    if (!round) return [];
    return this.prometheus.backfill({
      discovery: round.discovery,
      session,
      from,
      to: first.at,
      engines: first.engines,
      signal,
    });
  }

  private disposeReplay(): void {
    const { replayedRun } = this;
    this.replayedRun = undefined;
    replayedRun?.playing.stop();
    replayedRun?.collector.dispose();
    void replayedRun?.recorder.dispose();
  }

  private tellSwitch(): void {
    this.switched.fire();
    this.replaced.fire();
    this.schedule.update();
    this.refresh();
  }

  private get timerChoice(): TimerChoice {
    return this.memento.get<TimerChoice>(timerKey) ?? 'auto';
  }

  private get chosenJob(): string | undefined {
    const chosen = this.memento.get<ChosenRun>(chosenRunKey);
    const session = this.collector.round?.discovery.ray.session;
    return chosen && (session === undefined || chosen.session === session) ? chosen.job : undefined;
  }

  private pace(): number | undefined {
    const { intervalMs } = readSettings();
    if (
      this.replayedRun ||
      intervalMs === 0 ||
      this.timerChoice === 'stopped' ||
      !vscode.workspace.isTrusted ||
      !this.isSkyrlWorkspace
    )
      return undefined;
    const watched = this.viewVisible || vscode.window.state.focused;
    return this.collector.backoffIntervalMs(watched ? intervalMs : Math.max(intervalMs, backgroundMs));
  }

  private input(): CollectorInput {
    const { configs, tokens, expectedEngines, chosenJob, ignoreHold } = this;
    return readCollectorInput({
      configs,
      tokens,
      prometheus: this.prometheus.source,
      expectedEngines,
      chosenJob,
      ignoreHold,
      backgroundMs,
    });
  }

  private logStatus({ state, message }: Status): void {
    this.log.info(redactSecrets(`${state}: ${message}`));
  }

  private logSnapshot({ trigger, targets, engines }: Snapshot): void {
    const failed = targets.filter((target) => target.state === 'failed');
    this.log.debug(
      `scraped (${trigger}): ${targets.length} targets, ${failed.length} failed, ${engines.length} engines`,
    );
    for (const { url, error } of failed) this.log.debug(redactSecrets(`${url}: ${error}`));
  }
}
