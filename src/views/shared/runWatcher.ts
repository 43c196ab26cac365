/**
 * Watches the run of this workspace, or a recording in its place: scrapes on command and on the timer, and tells the
 * views.
 */
import * as vscode from 'vscode';
import type { Snapshot, Status } from '../../api';
import type { CaptureReplay } from '../../capture/captureReplay';
import type { Collector } from '../../collector/collector';
import { createSchedule, type Schedule } from '../../collector/schedule';
import { redactSecrets } from '../../http/redact';
import type { TokenStore } from '../../discovery/token';
import type { HistoryStorage } from '../../history/historyStorage';
import type { HttpGet } from '../../http/httpGet';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import { OtherDemand } from '../../metrics/otherDemand';
import type { RunRollouts } from '../../rollouts/rolloutTracker';
import type { ChartIncrement } from '../../shared/chartData';
import type { Clock } from '../../shared/clock';
import type { Configs } from '../config/configs';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { LiveRun, raySession } from './liveRun';
import { ReplayedRun, replayInput } from './replayedRun';
import { readRunStatus } from './runStatus';
import { ScrapeTimer, type TimerChoice, type TimerState } from './scrapeTimer';
import { WatchedRun, type CollectedSnapshot, type WatchedRunOptions } from './watchedRun';

/** How often ages are shown anew while no scrape comes. */
const refreshIntervalMs = 5_000;

/** What runs are watched with. */
export interface RunWatcherOptions {
  catalogIndex: () => CatalogIndex;
  /** Sends the live run's requests. */
  get: HttpGet;
  clock: Clock;
  configs: Pick<Configs, 'search' | 'activeConfig' | 'whenKnown' | 'onDidChange'>;
  tokens: TokenStore;
  prometheus: Pick<PrometheusConnection, 'source' | 'knownIntervalMs' | 'backfill'>;
  memento: vscode.Memento;
  /** Undefined: the history is in memory only. */
  storage: HistoryStorage | undefined;
  log: vscode.LogOutputChannel;
}

/** The one object through which features see the run: its state, its events, and what a person can do with it. */
export class RunWatcher implements vscode.Disposable {
  private readonly scraped = new vscode.EventEmitter<Snapshot>();
  private readonly statusChanged = new vscode.EventEmitter<Status>();
  private readonly pointsAdded = new vscode.EventEmitter<ChartIncrement>();
  private readonly collected = new vscode.EventEmitter<CollectedSnapshot>();
  private readonly refreshed = new vscode.EventEmitter<void>();
  private readonly historyReplaced = new vscode.EventEmitter<void>();
  private readonly runSwitched = new vscode.EventEmitter<void>();
  private readonly clockStepped = new vscode.EventEmitter<number>();
  private readonly subscriptions: vscode.Disposable[];
  private readonly liveRun: LiveRun;
  private readonly scrapeTimer: ScrapeTimer;
  private readonly refreshSchedule: Schedule;
  private replayedRun: ReplayedRun | undefined;

  readonly onDidScrape = this.scraped.event;
  readonly onDidChangeStatus = this.statusChanged.event;
  /** Fires before `onDidScrape`. */
  readonly onDidCollect = this.collected.event;
  /** Fires when a recording replaces the live run, and when the live run comes back. */
  readonly onDidSwitchRun = this.runSwitched.event;
  /** Fires with the ms by which the machine's clock was set; times of before have to be moved by it. */
  readonly onDidStepClock = this.clockStepped.event;
  readonly onDidAddPoints = this.pointsAdded.event;
  /** Fires when the whole history is another: a run's files were read, or it was cleared. */
  readonly onDidReplaceHistory = this.historyReplaced.event;
  /** Fires when anything that a view shows may have changed, ages included. */
  readonly onDidRefresh = this.refreshed.event;
  /** Who wants measures of families that the catalog does not know. */
  readonly otherDemand = new OtherDemand();
  status: Status = { state: 'searching', message: '' };

  constructor(private readonly options: RunWatcherOptions) {
    const { get, clock, configs, tokens, prometheus, memento, storage, log } = options;
    this.liveRun = new LiveRun({
      get,
      clock,
      configs,
      tokens,
      prometheus,
      memento,
      storage,
      ignoreHold: () => this.ignoreHold,
      otherDemand: this.otherDemand,
      ...this.commonOptions,
    });
    this.scrapeTimer = new ScrapeTimer({
      clock,
      memento,
      scrape: () => this.liveRun.run.collector.tick(),
      isAllowed: () => !this.replayedRun && vscode.workspace.isTrusted && this.liveRun.isConfigured,
      backoffIntervalMs: (intervalMs) => this.collector.backoffIntervalMs(intervalMs),
      onError: (error) => log.error(`the timer’s scrape: ${String(error)}`),
    });
    this.refreshSchedule = createSchedule({
      clock,
      task: async () => this.refresh(),
      nextIntervalMs: () => refreshIntervalMs,
      onError: (error) => log.error(`refreshing the views: ${String(error)}`),
    });
    this.subscriptions = [
      this.scraped,
      this.statusChanged,
      this.pointsAdded,
      this.collected,
      this.historyReplaced,
      this.runSwitched,
      this.clockStepped,
      this.refreshed,
      this.scrapeTimer,
      this.refreshSchedule,
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.collector.forgetFailures();
        this.scrapeTimer.update();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.retryFailures()),
      configs.onDidChange(() => this.retryFailures()),
    ];
    this.refresh();
    this.refreshSchedule.update();
  }

  /** The run that is shown: the live one, or the one that is replayed. */
  get shownRun(): WatchedRun {
    return this.replayedRun?.run ?? this.liveRun.run;
  }

  /** The collector of the run that is shown. */
  get collector(): Collector {
    return this.shownRun.collector;
  }

  /** Unix ms; the recording's time during a replay. */
  now(): number {
    return this.shownRun.clock.now();
  }

  /** Sends requests to the run that is shown. */
  get get(): HttpGet {
    return this.shownRun.get;
  }

  /** The recording that is replayed. */
  get replay(): CaptureReplay | undefined {
    return this.replayedRun?.replay;
  }

  get snapshot(): Snapshot | undefined {
    return this.collector.snapshot;
  }

  /** The rollouts and steps of the run that is shown, oldest first. */
  get rollouts(): RunRollouts {
    return this.shownRun.rollouts;
  }

  get ignoreHold(): boolean {
    return this.scrapeTimer.ignoreHold;
  }

  get timer(): TimerState {
    return this.scrapeTimer.state;
  }

  /**
   * Whether there is anything to show: a config, targets in the workspace's settings, or what a scrape on command found
   * without them.
   */
  get hasContent(): boolean {
    return this.liveRun.isConfigured || (this.snapshot?.targets.length ?? 0) > 0;
  }

  /** By the config in use, or by the recording that ships with the extension; undefined if unknown. */
  get expectedEngines(): number | undefined {
    return this.replay?.example?.expectedEngines ?? this.liveRun.expectedEngines;
  }

  /** Replays a recording in place of the live run, whose timer rests meanwhile. */
  startReplay(replay: CaptureReplay): void {
    this.endReplay();
    const run: WatchedRun = new WatchedRun({
      get: replay.get,
      clock: replay.clock,
      storage: undefined,
      input: () => replayInput(this.liveRun.input(raySession(run)), replay),
      ...this.commonOptions,
    });
    this.replayedRun = new ReplayedRun(replay, run, (error) => this.options.log.error(`replay: ${String(error)}`));
    this.announceSwitch();
  }

  /** Goes back to the live run. */
  stopReplay(): void {
    if (!this.replayedRun) return;
    this.endReplay();
    this.announceSwitch();
  }

  /** Scrapes now, or right after the scrape that runs; during a replay, its next step. Rejects only after disposal. */
  scrape(trigger: 'command' | 'api'): Promise<Snapshot> {
    this.replayedRun?.skipToNextStep();
    return this.collector.scrape(trigger);
  }

  /** Adds to the newest snapshot what of other families has become wanted since. */
  updateOther(): Promise<void> {
    return this.collector.updateOther();
  }

  /** Starts or stops the timer in this workspace. */
  async setTimer(choice: TimerChoice): Promise<void> {
    await this.scrapeTimer.choose(choice);
    this.retryFailures();
  }

  /** Shows the run of this Ray job until its session ends; undefined: the run that the collector chooses. */
  async chooseRun(job: string | undefined): Promise<void> {
    // The recording that ships with the extension has one run, and leaves no trace.
    if (this.replay?.example) return;
    await this.liveRun.chooseJob(job, raySession(this.shownRun));
    this.retryFailures();
  }

  /** Whether any SkyRL view is visible: then the timer runs at its full rate. */
  setVisible(visible: boolean): void {
    this.scrapeTimer.setVisible(visible);
  }

  /** Asks targets again that failed: config, settings, tokens or trust have changed. */
  retryFailures(): void {
    this.collector.forgetFailures();
    this.scrapeTimer.update();
    this.refresh();
  }

  /** Computes the status anew and tells the views. */
  refresh(): void {
    const { configs, prometheus, log } = this.options;
    const status = readRunStatus({
      configs,
      run: this.shownRun,
      timer: this.scrapeTimer,
      replay: this.replay,
      prometheusIntervalMs: prometheus.knownIntervalMs,
    });
    const hasChanged = status.state !== this.status.state || status.message !== this.status.message;
    this.status = status;
    if (hasChanged) log.info(redactSecrets(`${status.state}: ${status.message}`));
    this.refreshed.fire();
    if (hasChanged) this.statusChanged.fire(status);
  }

  /** Deletes the history of every run of this workspace, in memory and on disk. */
  clearHistory(): Promise<void> {
    return this.liveRun.run.history.clear();
  }

  /** Writes the rest of the history; resolves when that is done. */
  closeHistory(): Promise<void> {
    return this.liveRun.run.history.dispose();
  }

  dispose(): void {
    this.endReplay();
    void this.liveRun.run.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** What every run is watched with; only the one that is shown is heard. */
  private get commonOptions(): Pick<
    WatchedRunOptions,
    'catalogIndex' | 'log' | 'onChange' | 'onSnapshot' | 'onClockStep' | 'onHistoryReplaced'
  > {
    return {
      catalogIndex: this.options.catalogIndex,
      log: this.options.log,
      onChange: (run) => {
        if (run === this.shownRun) this.refresh();
      },
      onSnapshot: (run, collected, increment) => {
        if (run === this.shownRun) this.announceSnapshot(collected, increment);
      },
      onClockStep: (run, ms) => {
        if (run === this.shownRun) this.clockStepped.fire(ms);
      },
      onHistoryReplaced: () => this.historyReplaced.fire(),
    };
  }

  private endReplay(): void {
    const { replayedRun } = this;
    this.replayedRun = undefined;
    void replayedRun?.dispose();
  }

  private announceSwitch(): void {
    this.runSwitched.fire();
    this.historyReplaced.fire();
    this.scrapeTimer.update();
    this.refresh();
  }

  private announceSnapshot(collected: CollectedSnapshot, increment: ChartIncrement): void {
    const { snapshot } = collected;
    this.collected.fire(collected);
    this.pointsAdded.fire(increment);
    this.logSnapshot(snapshot);
    this.refresh();
    this.scraped.fire(snapshot);
  }

  private logSnapshot({ trigger, targets, engines }: Snapshot): void {
    const { log } = this.options;
    const failed = targets.filter(({ state }) => state === 'failed');
    log.debug(`scraped (${trigger}): ${targets.length} targets, ${failed.length} failed, ${engines.length} engines`);
    for (const { url, error } of failed) log.debug(redactSecrets(`${url}: ${error}`));
  }
}
