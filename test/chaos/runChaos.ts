/** A chaos run: the core watches a simulated cluster, faults come and go, and every snapshot is judged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Snapshot } from '../../src/api';
import type { CollectorInput } from '../../src/collector/round';
import { demonstrationScenario } from '../demonstration/live/demonstrationScenario';
import type { Scenario } from '../demonstration/live/scenario';
import { randomOf } from '../unit/support/random';
import { startChaosCluster, type ChaosCluster } from './chaosCluster';
import { chaosInput } from './chaosInput';
import type { ChaosTarget } from './faults';
import { scheduleFaults } from './faultSchedule';
import { faultyStorage } from './faultyStorage';
import { HistoryJudge } from './historyJudge';
import type { WrongNumber } from './numberJudge';
import { RunningFaults } from './runningFaults';
import { settleScrape, turn } from './settleScrape';
import { SnapshotJudge } from './snapshotJudge';
import type { ProcessClock } from './virtualClock';
import { createCore, type WatchedCore } from './watchedCore';

/** What a run is made of. */
export interface ChaosOptions {
  seed: number;
  /** Of the simulation. */
  minutes: number;
  /** Only these faults; all by default. */
  names?: readonly string[];
  scenario?: Scenario;
  /** Changes each snapshot before it is judged, to see that the judges see it. */
  alter?: (snapshot: Snapshot) => Snapshot;
  /** Called about once in ten minutes of the simulation. */
  onProgress?: (minutes: number, result: ChaosResult) => void;
  log?: (message: string) => void;
}

/** Something that was shown and not true. */
export interface ChaosViolation extends WrongNumber {
  seed: number;
  /** Faults that lasted or had ended a moment ago. */
  faults: readonly string[];
  /** Seconds since the beginning of the run. */
  second: number;
}

/** What a run amounts to. */
export interface ChaosResult {
  violations: ChaosViolation[];
  snapshots: number;
  /** Snapshots of calm times, in which everything had to be right. */
  calmSnapshots: number;
  /** Measures of engines that were compared, and points of the history. */
  compared: number;
  comparedPoints: number;
  windows: number;
  /** How often each fault occurred. */
  faults: Map<string, number>;
  /** Bytes of the heap after a collection, by minute; empty if there is no `--expose-gc`. */
  heap: { minute: number; bytes: number }[];
}

const intervalMs = 10_000;
/** Real ms: long enough for a busy machine, and short where the time-out is what happens. */
const timeouts = { usual: 5_000, short: 120 };
/** Runs until the time is over. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { seed, scenario = demonstrationScenario } = options;
  const folder = mkdtempSync(join(tmpdir(), 'skyrl-chaos-'));
  const chaos = await startChaosCluster(seed, scenario);
  const run = new ChaosRun(chaos, folder, options);
  const onRejection = (error: unknown): void =>
    run.add({ what: 'an unhandled rejection', shown: String(error), truth: 'none' });
  process.on('unhandledRejection', onRejection);
  try {
    return await run.run();
  } finally {
    process.off('unhandledRejection', onRejection);
    await run.close();
    await chaos.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class ChaosRun {
  private readonly storage;
  private readonly target: ChaosTarget;
  private readonly faults: RunningFaults;
  private readonly judge: SnapshotJudge;
  private readonly historyJudge = new HistoryJudge();
  private readonly startedAt: number;
  private beganAt = 0;
  private clock!: ProcessClock;
  private core!: WatchedCore;
  readonly result: ChaosResult = {
    violations: [],
    snapshots: 0,
    calmSnapshots: 0,
    compared: 0,
    comparedPoints: 0,
    windows: 0,
    faults: new Map(),
    heap: [],
  };

  constructor(
    private readonly chaos: ChaosCluster,
    folder: string,
    private readonly options: ChaosOptions,
  ) {
    const random = randomOf(options.seed);
    this.storage = faultyStorage(folder);
    this.startedAt = chaos.time.awake;
    this.judge = new SnapshotJudge(chaos);
    this.target = {
      chaos,
      storage: this.storage,
      random,
      latency: new Map(),
      timesOut: false,
      reopen: (atOnce) => this.reopen(atOnce),
    };
    this.faults = new RunningFaults({
      schedule: scheduleFaults(random, options.minutes * 60_000, options.names && [...options.names]),
      target: this.target,
      ms: () => this.ms,
      counts: this.result.faults,
      onBegin: (name) => {
        if (/^(disk|storage)/.test(name)) this.judge.noteDiskFault(name === 'storage damaged');
      },
      onChange: () => this.judge.noteFault(),
      log: options.log,
    });
    this.open();
  }

  /** Since the beginning of the run; a sleep of the machine takes no time. */
  private get ms(): number {
    return this.chaos.time.awake - this.startedAt;
  }

  add(wrong: WrongNumber): void {
    const { seed } = this.options;
    this.result.violations.push({
      ...wrong,
      seed,
      faults: this.faults.description,
      second: Math.round(this.ms / 1000),
    });
  }

  async run(): Promise<ChaosResult> {
    const { minutes, onProgress } = this.options;
    const end = minutes * 60_000;
    let reportedAt = 0;
    while (this.ms < end) {
      await this.faults.apply();
      this.chaos.time.advance(Math.max(1, Math.min(this.faults.nextAt, end) - this.ms));
      await this.settle();
      if (this.ms - reportedAt < 10 * 60_000 && this.ms < end) continue;
      reportedAt = this.ms;
      this.noteHeap();
      this.judgeHistory();
      onProgress?.(Math.round(this.ms / 60_000), this.result);
    }
    this.result.compared = this.judge.compared;
    this.result.comparedPoints = this.historyJudge.compared;
    return this.result;
  }

  async close(): Promise<void> {
    await this.faults.end();
    await this.core.close();
    this.clock.end();
  }

  private open(): void {
    const { time } = this.chaos;
    this.clock = time.createClock();
    this.result.windows += 1;
    const { clock } = this;
    this.core = createCore({
      clock,
      storage: this.storage,
      intervalMs,
      input: () => this.input(),
      beforeRequest: (url) => this.delay(url),
      onSnapshot: (published, answers) => {
        const snapshot = this.options.alter?.(published) ?? published;
        this.result.snapshots += 1;
        const report = {
          beganAt: this.beganAt,
          at: time.now(),
          ...this.faults.names,
        };
        const judged = answers.map(({ target, at, error }) => ({ url: target.url, at, error: error?.message }));
        for (const wrong of this.judge.judge(snapshot, judged, report)) this.add(wrong);
        if (this.judge.isCalm) this.result.calmSnapshots += 1;
        this.historyJudge.note(snapshot, this.ms);
        this.faults.noteSnapshot();
      },
      onError: (error) => this.add({ what: 'the timer', shown: String(error), truth: 'no error' }),
      ...(this.options.log && { log: this.options.log }),
    });
    this.core.start();
  }

  private async reopen(atOnce: boolean): Promise<void> {
    this.judgeHistory();
    const closing = this.core.close(atOnce);
    if (!atOnce) await closing;
    this.clock.end();
    await closing;
    while (this.storage.open > 0) await turn();
    const isLost = atOnce || this.storage.fault !== undefined;
    this.judge.beginWindow(isLost ? this.chaos.time.awake : undefined);
    this.open();
  }

  private judgeHistory(): void {
    for (const wrong of this.historyJudge.judge(this.core.history.history)) this.add(wrong);
  }

  /** Called at the beginning of every scrape. */
  private input(): CollectorInput {
    this.beganAt = this.chaos.time.now();
    return chaosInput(this.chaos, { intervalMs, timeoutMs: this.target.timesOut ? timeouts.short : timeouts.usual });
  }

  /** A slow network: the request is on its way for a while. */
  private async delay(url: string): Promise<void> {
    const node = this.chaos.cluster.nodes.findIndex(({ port }) => String(port) === new URL(url).port);
    const ms = this.target.latency.get(node);
    if (ms !== undefined) await new Promise<void>((resolve) => this.clock.withoutDeadlines.after(ms, resolve));
  }

  /** Lets everything happen that is due now, and the scrape that runs end. */
  private async settle(): Promise<void> {
    const { chaos, storage } = this;
    chaos.writeFile();
    await this.faults.beforeScrape();
    await settleScrape(chaos.time, this.core, () => storage.open);
  }

  private noteHeap(): void {
    const { gc } = globalThis as { gc?: () => void };
    if (!gc) return;
    gc();
    this.result.heap.push({ minute: Math.round(this.ms / 60_000), bytes: process.memoryUsage().heapUsed });
  }
}
