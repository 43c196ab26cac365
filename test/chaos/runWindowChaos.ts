/** A chaos run in real time: a window of another process watches the cluster, and sends each snapshot to be judged. */
import type { AddressInfo } from 'node:net';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Snapshot } from '../../src/api';
import { randomOf } from '../unit/support/random';
import { alignSnapshot } from './alignSnapshot';
import type { ChaosCluster } from './chaosCluster';
import { writtenAfterMs } from './engineNames';
import { faults } from './faults';
import { faultyStorage } from './faultyStorage';
import { scheduleFaults } from './faultSchedule';
import type { WrongNumber } from './numberJudge';
import type { ChaosResult, ChaosViolation } from './runChaos';
import { RunningFaults } from './runningFaults';
import { SnapshotJudge, type TargetAnswer } from './snapshotJudge';

/** What a window sends (test/fixtures/snapshot-reporter). */
interface WindowReport {
  /** Of the window; a reload makes another one. */
  window: string;
  snapshot?: Snapshot;
  /** An error in the extension host that nothing caught. */
  rejection?: string;
}

/** What a run is made of. */
export interface WindowChaosOptions {
  chaos: ChaosCluster;
  seed: number;
  ms: number;
  /** Stretches the pauses between faults, and how long they last. */
  pace: number;
  reload: () => Promise<void>;
  log?: (message: string) => void;
}

/** What a run amounts to. */
export interface WindowChaosResult extends Pick<
  ChaosResult,
  'snapshots' | 'calmSnapshots' | 'compared' | 'windows' | 'faults'
> {
  violations: Omit<ChaosViolation, 'seed'>[];
  /** What is wrong with the same snapshots if all numbers of engines are a quarter higher: the judge has to see it. */
  noticed: number;
}

/**
 * Those that need no simulated clock, disk, resolver or network. Bodies that are cut beforehand are left out: what the
 * node had at the request may be newer.
 */
const possible = Object.keys(faults).filter(
  (name) => !/^(clock|machine|disk|storage|name|token)|^target (slow|half written)|^window killed/.test(name),
);
/** What one fault changes is asked for by a scrape that begins so much later, in ms. */
const settledAfterMs = 2_000;
const tickMs = 50;
const fileEveryMs = 5_000;

/** A server to which windows report, from its start until it is closed. */
export interface ReportServer {
  readonly url: string;
  onReport: (report: WindowReport) => void;
  close(): Promise<void>;
}

/** Starts it on a free port. Reports are lost while no run receives them. */
export async function startReportServer(): Promise<ReportServer> {
  const receive = async (request: IncomingMessage): Promise<void> =>
    reports.onReport(JSON.parse(await text(request)) as WindowReport);
  const server = createServer((request, response) => {
    void receive(request).finally(() => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reports: ReportServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    onReport: () => undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return reports;
}

/** Lets the simulation follow the clock, and the faults come and go, until the time is over. */
export async function runWindowChaos(options: WindowChaosOptions, reports: ReportServer): Promise<WindowChaosResult> {
  const run = new WindowChaosRun(options);
  reports.onReport = (report) => run.receive(report);
  try {
    return await run.run();
  } finally {
    reports.onReport = () => undefined;
  }
}

/** All numbers of engines a quarter higher. */
function raiseNumbers(snapshot: Snapshot): Snapshot {
  const raise = (measures: Snapshot['measures']): Snapshot['measures'] =>
    Object.fromEntries(Object.entries(measures).map(([id, each]) => [id, { ...each, value: each.value * 1.25 }]));
  const engines = snapshot.engines.map((engine) => ({ ...engine, measures: raise(engine.measures) }));
  return { ...snapshot, engines };
}

class WindowChaosRun {
  private readonly judge: SnapshotJudge;
  private readonly controlJudge: SnapshotJudge;
  private readonly faults: RunningFaults;
  private readonly startedAt = Date.now();
  private changedAt = 0;
  private snapshotAt = 0;
  private window: string | undefined;
  private windowBeganAt = -Infinity;
  private lostFrom = 0;
  /** By URL of a node, when it last answered. */
  private readonly answeredAt = new Map<string, number>();
  private readonly result: WindowChaosResult = {
    violations: [],
    snapshots: 0,
    calmSnapshots: 0,
    compared: 0,
    windows: 0,
    faults: new Map(),
    noticed: 0,
  };

  constructor(private readonly options: WindowChaosOptions) {
    const { chaos, seed, ms, pace, reload, log } = options;
    const random = randomOf(seed);
    // A window on a busy machine sees an answer up to a third of a second late, of a span of some seconds.
    const exactness = { rateTolerance: 0.1, longestScrapeMs: 5_000 };
    this.judge = new SnapshotJudge(chaos, exactness);
    this.controlJudge = new SnapshotJudge(chaos, exactness);
    this.faults = new RunningFaults({
      schedule: scheduleFaults(random, ms, possible, pace),
      target: {
        chaos,
        // No fault of the disk is possible, so that nothing is stored here.
        storage: faultyStorage(chaos.cluster.rayTmpDir.path),
        random,
        latency: new Map(),
        timesOut: false,
        reopen: reload,
      },
      ms: () => this.ms,
      counts: this.result.faults,
      onChange: () => this.noteChange(),
      log,
    });
  }

  private get ms(): number {
    return Date.now() - this.startedAt;
  }

  private add(wrong: WrongNumber): void {
    const second = Math.round(this.ms / 1000);
    this.result.violations.push({ ...wrong, faults: this.faults.description, second });
  }

  async run(): Promise<WindowChaosResult> {
    const { chaos, ms } = this.options;
    let writtenAt = -Infinity;
    while (this.ms < ms) {
      chaos.time.advance(Math.max(0, Date.now() - chaos.time.now()));
      if (this.ms - writtenAt >= fileEveryMs) {
        writtenAt = this.ms;
        chaos.writeFile();
        await this.faults.beforeScrape();
      }
      await this.faults.apply();
      await wait(tickMs);
    }
    await this.faults.end();
    return { ...this.result, compared: this.judge.compared };
  }

  private noteChange(): void {
    this.changedAt = Date.now();
    for (const judge of [this.judge, this.controlJudge]) judge.noteFault();
  }

  /**
   * A window that lives for less than a minute or so writes nothing, and no window of a browser writes at its end.
   */
  private beginWindow(): void {
    const { awake } = this.options.chaos.time;
    if (awake - this.windowBeganAt > writtenAfterMs) this.lostFrom = awake;
    this.windowBeganAt = awake;
    for (const judge of [this.judge, this.controlJudge]) judge.beginWindow(this.lostFrom);
    this.answeredAt.clear();
  }

  /** How much longer the window took the time between two answers of a node for, relative. Remembers the answers. */
  private spanErrorOf({ window }: Snapshot, answers: readonly TargetAnswer[]): number {
    let spanError = 0;
    for (const { url, at } of answers) {
      const before = this.answeredAt.get(url);
      if (at === undefined) continue;
      if (before !== undefined && window)
        spanError = Math.max(spanError, Math.abs((at - before) / (window.to - window.from) - 1));
      this.answeredAt.set(url, at);
    }
    return spanError;
  }

  receive({ window, snapshot, rejection }: WindowReport): void {
    if (window !== this.window) {
      this.window = window;
      this.result.windows += 1;
      this.beginWindow();
    }
    if (rejection !== undefined) this.add({ what: 'an unhandled rejection', shown: rejection, truth: 'none' });
    if (!snapshot) return;
    this.result.snapshots += 1;
    const aligned = alignSnapshot(snapshot, this.options.chaos);
    const report = {
      beganAt: Math.max(this.snapshotAt, this.changedAt + settledAfterMs),
      at: snapshot.at,
      spanError: this.spanErrorOf(snapshot, aligned.answers),
      ...this.faults.names,
    };
    for (const wrong of this.judge.judge(aligned.snapshot, aligned.answers, report)) this.add(wrong);
    const altered = raiseNumbers(aligned.snapshot);
    this.result.noticed += [...this.controlJudge.judge(altered, aligned.answers, report)].length;
    if (this.judge.isCalm) this.result.calmSnapshots += 1;
    this.snapshotAt = snapshot.at;
    this.faults.noteSnapshot();
  }
}
