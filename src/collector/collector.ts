/** The collector: snapshots of one run, on command and on the timer. */
import type { Snapshot, Trigger } from '../api';
import type { HttpGet } from '../http/httpGet';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { EngineCounters } from '../metrics/recordCounters';
import type { Clock } from '../shared/clock';
import { loadOnce } from '../shared/loadOnce';
import { backoffDelayMs } from './backoff';
import { readTargetBody, type ReadBody } from './readTargetBody';
import { foundNoRun, toHeldRound, toRound, type CollectorInput, type Round } from './round';
import { runIdOf } from './runIdentity';
import type { PipelineOptions, ScrapePipeline } from './scrapePipeline';
import { ScrapeQueue } from './scrapeQueue';
import type { MetricsResponse } from './snapshotSource';
import { waitForInput } from './waitForInput';

/** What a collector needs, and what it calls. */
export interface CollectorOptions {
  get: HttpGet;
  clock: Clock;
  /** Called with the first scrape. */
  catalogIndex: () => CatalogIndex;
  /** Called at the beginning of every scrape. */
  input: () => CollectorInput;
  /** Resolves once the config that `input` depends on is known; a scrape waits for it, at most 10 s. Never rejects. */
  inputReady?: () => Promise<void>;
  /**
   * Called with each snapshot, the targets' answers, and, if there are none, the counters that a generation record adds
   * up.
   */
  onSnapshot: (
    snapshot: Snapshot,
    answers: readonly MetricsResponse[],
    engineCounters: EngineCounters | undefined,
  ) => void;
  /** Called when something changed that the status depends on. */
  onChange: () => void;
  onClockStep?: PipelineOptions['onClockStep'];
  loadEngineNames?: PipelineOptions['loadEngineNames'];
  trackWork?: PipelineOptions['trackWork'];
}

/** Scrapes one run and publishes its snapshots. */
export class Collector {
  private readonly cancellation = new AbortController();
  private readonly queue: ScrapeQueue;
  /** Undefined before the first scrape, which loads it: a window without a run needs none of it. */
  private pipeline: ScrapePipeline | undefined;
  private readonly loadPipeline = loadOnce(async () => {
    const { ScrapePipeline } = await import('./scrapePipeline');
    const { get, clock, catalogIndex, onClockStep, loadEngineNames, trackWork } = this.options;
    const { signal } = this.cancellation;
    return new ScrapePipeline({
      get,
      clock,
      catalogIndex: catalogIndex(),
      signal,
      onClockStep,
      loadEngineNames,
      trackWork,
    });
  });
  /** How many scrapes in a row found no run. */
  private emptyScrapes = 0;

  /** The newest snapshot; undefined before the first scrape. */
  snapshot: Snapshot | undefined;
  /** What the newest scrape found beside its snapshot; undefined before the first scrape. */
  round: Round | undefined;

  constructor(private readonly options: CollectorOptions) {
    this.queue = new ScrapeQueue((trigger) => this.startScrape(trigger), this.cancellation.signal, options.onChange);
  }

  /** Whether a scrape runs. */
  get busy(): boolean {
    return this.queue.isRunning;
  }

  /** Tells this run from others: the Ray session, else the URLs of the servers. Empty while it is unknown. */
  get runId(): string {
    return runIdOf(this.round?.discovery, this.pipeline?.session);
  }

  /** The Ray session of this run; undefined if it has none, or none is known. */
  get raySession(): string | undefined {
    return this.runId.startsWith('session_') ? this.runId : undefined;
  }

  /** Scrapes now, or right after the scrape that runs. Rejects only after disposal. */
  scrape(trigger: 'command' | 'api'): Promise<Snapshot> {
    return this.queue.request(trigger);
  }

  /** The timer's scrape: none while another one runs, and none of targets that the timer must not scrape. */
  tick(): Promise<void> {
    return this.queue.tick();
  }

  /**
   * A target's newest body. Asks the target if its last answer failed, or if another source replaces the targets.
   * Rejects if that fails, and for a URL that is not a target of this run.
   */
  async readBody(url: string): Promise<ReadBody> {
    await this.queue.settled();
    const target = this.round?.discovery.targets.find((each) => each.url === url);
    if (!target) throw new Error(`${url} is not a target of this run.`);
    const last = this.pipeline?.usesTargets ? this.pipeline.targetSource.lastBody(url) : undefined;
    if (last) return { ...last, asked: false };
    const { get, clock, input } = this.options;
    const { requestsAllowed, timeoutMs } = input();
    if (!requestsAllowed) throw new Error('Nothing may be asked.');
    return readTargetBody(target, { get, timeoutMs, signal: this.cancellation.signal, clock });
  }

  /** The next scrape asks everything again that failed before: circumstances may have changed. */
  forgetFailures(): void {
    this.pipeline?.forgetServerFailures();
    this.forgetSourceFailures();
  }

  /**
   * Computes the measures of other families that are wanted now and were not when the newest snapshot was made; during a
   * scrape, right after it. Never rejects.
   */
  async updateOther(): Promise<void> {
    await this.queue.settled();
    const { wantsOther } = this.options.input();
    if (!this.snapshot || !wantsOther || !this.pipeline?.usesTargets || this.cancellation.signal.aborted) return;
    this.snapshot = this.pipeline.targetSource.withOther(this.snapshot, wantsOther);
    this.options.onChange();
  }

  /** The time between two scrapes of the timer, in ms: longer while no run is found. */
  backoffIntervalMs(intervalMs: number): number {
    return backoffDelayMs(this.emptyScrapes, intervalMs);
  }

  /** Ends the scrape that runs; later requests reject. */
  dispose(): void {
    this.cancellation.abort(new Error('SkyRL Metrics has been stopped.'));
  }

  private forgetSourceFailures(): void {
    this.pipeline?.targetSource.forgetFailures();
    this.options.input().source?.forgetFailures();
    this.emptyScrapes = 0;
  }

  private async startScrape(trigger: Trigger): Promise<Snapshot | undefined> {
    const { input, inputReady, clock } = this.options;
    this.pipeline ??= await this.loadPipeline();
    this.cancellation.signal.throwIfAborted();
    const isInputReady = !inputReady || (await waitForInput(inputReady(), clock, this.cancellation.signal));
    if (trigger === 'command') this.forgetFailures();
    else if (trigger === 'api') this.forgetSourceFailures();
    return this.scrapeOnce(this.pipeline, trigger, input(), isInputReady);
  }

  private async scrapeOnce(
    pipeline: ScrapePipeline,
    trigger: Trigger,
    input: CollectorInput,
    isInputReady: boolean,
  ): Promise<Snapshot | undefined> {
    const scrape = pipeline.begin(trigger, input);
    const { requests } = scrape;
    const discovery = await pipeline.discover(scrape, this.round?.discovery);
    const hold = pipeline.holdReason(scrape, discovery);
    if (trigger === 'timer' && hold && !input.ignoreHold) {
      this.emptyScrapes = 0;
      this.round = toHeldRound(this.round, { discovery, requests, hold });
      return undefined;
    }
    const collected = await pipeline.collect(scrape, discovery);
    const decision = pipeline.decideRun(scrape, collected);
    const evaluated = await pipeline.evaluate(scrape, collected, decision);
    const { evidence } = collected;
    const { snapshot, report, engineCounters, context } = evaluated;
    this.emptyScrapes = foundNoRun(report, discovery) ? this.emptyScrapes + 1 : 0;
    this.round = toRound({
      evidence,
      decision,
      context,
      report,
      requests,
      isInputReady,
      // The scrape may have found out Ray's version.
      hold: pipeline.holdReason(scrape, evidence.discovery),
    });
    this.snapshot = snapshot;
    this.options.onSnapshot(snapshot, evidence.answers, engineCounters);
    return snapshot;
  }
}
