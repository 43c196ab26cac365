/** Keeps the history of the run that is watched, in memory and in files. */
import { randomBytes } from 'node:crypto';
import type { Snapshot } from '../api';
import type { Clock } from '../shared/clock';
import type { ChartIncrement } from '../shared/chartData';
import { CarryForward } from './carryForward';
import { parseFileName, runFileKey, type HistoryStorage } from './files';
import { History } from './history';
import { Journal, pruneFiles } from './journal';
import { loadHistory } from './loadHistory';

const writeIntervalMs = 60_000;
const pruneIntervalMs = 15 * 60_000;
/** How long the file system has for one write, or for reading all. */
const workDeadlineMs = 30_000;
/** What VS Code waits for, and a little less. */
const finalWriteDeadlineMs = 3_000;
/** Whoever has the past gets less time than reading in all has. */
const backfillDeadlineMs = 20_000;
/** A shorter time without rows is no gap to fill. */
const minBackfillMs = 30_000;
/** How long a first scrape waits to hear what its engines were called before. */
const namesDeadlineMs = 2_000;
/** Snapshots that may come while the files are read; with more, what was read is let go. */
const maxPendingSnapshots = 60;

export interface HistoryStoreOptions {
  /** Absent: in memory only. */
  storage: HistoryStorage | undefined;
  clock: Clock;
  hours: () => number;
  /** Snapshots of the time before the first of a run, in the order of time, where somebody else has kept them. */
  backfill?: (span: BackfillRange) => Promise<readonly Snapshot[]>;
  /** What is shown has been replaced: a run's files were read, or the history was cleared. */
  onReplaced: () => void;
  log: { info: (words: string) => void; warn: (words: string) => void };
}

export interface BackfillRange {
  /** Unix ms: after this time, and before the snapshot's. */
  from: number;
  first: Snapshot;
  signal: AbortSignal;
}

export class HistoryStore {
  history: History;
  private runKey: string | undefined;
  private journal: Journal | undefined;
  /** While files are read: what came meanwhile. */
  private pendingSnapshots: Snapshot[] | undefined;
  private carryForward: CarryForward | undefined;
  /** A run that was read for its engines' names, before its first snapshot. */
  private preloaded: { run: string; history: Promise<History> } | undefined;
  private opened = false;
  private readonly cancellation = new AbortController();
  private cancelTimer: (() => void) | undefined;
  private lastPrune = -Infinity;
  private failing = false;
  private finalWrite: Promise<void> | undefined;
  /** One piece of work on the files after the other. */
  private queueTail: Promise<void> = Promise.resolve();

  constructor(private readonly options: HistoryStoreOptions) {
    this.history = this.newHistory();
  }

  /** Notes a snapshot of a run; empty: nobody knows of which. A run met first, or again after a reload, is read from its files; of another nothing is mixed in. */
  add(snapshot: Snapshot, run: string): ChartIncrement {
    const file = run === '' ? this.runKey : runFileKey(run);
    if (file !== undefined && file !== this.runKey) this.begin(file);
    if (this.pendingSnapshots && this.pendingSnapshots.push(snapshot) > maxPendingSnapshots)
      this.pendingSnapshots = undefined;
    const increment = this.history.add(this.carryForward?.applyTo(snapshot) ?? snapshot);
    this.schedule();
    return increment;
  }

  /** What the engines of a run were called when it was written, by id; reads it where it is met first. None where that takes long. Never rejects. */
  async loadEngineNames(run: string): Promise<ReadonlyMap<string, string>> {
    const file = run === '' ? this.runKey : runFileKey(run);
    if (file === undefined || file === this.runKey) return namesIn(this.history);
    const history = this.load(file);
    this.preloaded = { run: file, history };
    return withDeadline(this.options.clock, namesDeadlineMs, history).then(namesIn, () => new Map());
  }

  /** Reads the newest run of the files, where none is watched yet: somebody wants to see it. */
  openNewestRun(): void {
    const { storage } = this.options;
    if (this.opened || this.runKey !== undefined || !storage) return;
    this.opened = true;
    void this.queue('read', async () => {
      const files = (await storage.list())
        .flatMap(({ name }) => parseFileName(name) ?? [])
        .filter(({ aside }) => !aside);
      const newest = files.sort((a, b) => b.from - a.from)[0];
      if (newest && this.runKey === undefined) await this.read(newest.run, () => this.runKey === undefined);
    });
  }

  /** Forgets everything, in memory and in files, of every run. Rejects where files cannot be removed. */
  async clear(): Promise<void> {
    this.pendingSnapshots = undefined;
    this.history = this.newHistory();
    if (this.runKey !== undefined) this.journal = this.newJournal(this.runKey);
    this.options.onReplaced();
    const { storage } = this.options;
    if (!storage) return;
    await this.queueTail;
    for (const { name } of await storage.list()) if (parseFileName(name)) await storage.remove(name);
  }

  /** Writes what is left; resolves when that is done, or when VS Code would not wait longer. */
  dispose(): Promise<void> {
    this.cancelTimer?.();
    this.finalWrite ??= this.queue('write', () => this.write(true), finalWriteDeadlineMs);
    this.cancellation.abort(new Error('the window closes'));
    return this.finalWrite;
  }

  private begin(run: string): void {
    const before = this.journal && { journal: this.journal, history: this.history };
    this.runKey = run;
    this.history = this.newHistory();
    this.carryForward = undefined;
    this.journal = this.newJournal(run);
    const { clock, storage, backfill } = this.options;
    if (!storage && !backfill) return;
    this.pendingSnapshots = [];
    if (before)
      void this.queue('write', async () => {
        await before.journal.take(before.history, clock.now(), true);
        await before.journal.write(clock.now());
      });
    void this.queue('read', () =>
      this.read(run, () => this.runKey === run && this.pendingSnapshots !== undefined),
    ).then(() => {
      if (this.runKey === run) this.pendingSnapshots = undefined;
    });
  }

  /** Reads a run, adds what came meanwhile, and shows it where it is still wanted. */
  private async read(run: string, wanted: () => boolean): Promise<void> {
    const { preloaded } = this;
    this.preloaded = undefined;
    const history = await (preloaded?.run === run ? preloaded.history : this.load(run));
    const [first] = this.pendingSnapshots ?? [];
    const last = wanted() && first ? await this.backfill(history, first) : undefined;
    if (!wanted()) return;
    this.carryForward = last && new CarryForward(last);
    for (const snapshot of this.pendingSnapshots ?? []) history.add(this.carryForward?.applyTo(snapshot) ?? snapshot);
    this.history = history;
    this.options.onReplaced();
  }

  private async load(run: string): Promise<History> {
    const { storage, clock, log } = this.options;
    const history = this.newHistory();
    if (storage)
      await loadHistory(history, run, { storage, now: clock.now(), warn: log.warn, signal: this.cancellation.signal });
    return history;
  }

  /** What somebody else has kept between what the files have and the first snapshot; its last moment. Never rejects: without it the past stays a gap. */
  private async backfill(history: History, first: Snapshot): Promise<Snapshot | undefined> {
    const { backfill, clock, hours, log } = this.options;
    const from = Math.max(history.lastAt, first.at - hours() * 3_600_000);
    if (!backfill || first.at - from < minBackfillMs) return undefined;
    const limit = new AbortController();
    const cancel = clock.after(backfillDeadlineMs, () =>
      limit.abort(new Error(`nothing within ${backfillDeadlineMs / 1000} s`)),
    );
    try {
      const snapshots = await backfill({
        from,
        first,
        signal: AbortSignal.any([limit.signal, this.cancellation.signal]),
      });
      for (const snapshot of snapshots) if (snapshot.at > from && snapshot.at < first.at) history.backfill(snapshot);
      return snapshots.at(-1);
    } catch (error) {
      if (!this.cancellation.signal.aborted)
        log.warn(`history: the past could not be had from Prometheus: ${String(error)}`);
      return undefined;
    } finally {
      cancel();
    }
  }

  private schedule(): void {
    if (this.cancelTimer || !this.journal || this.cancellation.signal.aborted) return;
    this.cancelTimer = this.options.clock.after(writeIntervalMs, () => {
      void this.queue('write', () => this.write(false)).then(() => {
        this.cancelTimer = undefined;
      });
    });
  }

  private async write(atEnd: boolean): Promise<void> {
    const { journal, history } = this;
    const { clock, storage, hours } = this.options;
    if (!journal || !storage) return;
    const now = clock.now();
    await journal.take(history, now, atEnd);
    await journal.write(now);
    if (atEnd || Math.abs(now - this.lastPrune) < pruneIntervalMs) return;
    this.lastPrune = now;
    await pruneFiles(storage, now, hours());
  }

  /** Does one thing after what is being done, within the deadline. Never rejects: what fails is said once, until it succeeds again. */
  private queue(what: 'read' | 'write', work: () => Promise<void>, deadlineMs = workDeadlineMs): Promise<void> {
    const { clock, log } = this.options;
    const done = this.queueTail
      .then(() => withDeadline(clock, deadlineMs, work()))
      .then(
        () => {
          if (what === 'write' && this.failing) log.info('history: its files can be written again.');
          if (what === 'write') this.failing = false;
        },
        (error: unknown) => {
          if (this.cancellation.signal.aborted || (what === 'write' && this.failing)) return;
          if (what === 'write') this.failing = true;
          log.warn(
            `history: its files could not be ${what === 'read' ? 'read' : 'written; it is kept in memory, and tried again each minute'}: ${String(error)}`,
          );
        },
      );
    this.queueTail = done;
    return done;
  }

  private newHistory(): History {
    return new History({ hours: this.options.hours });
  }

  private newJournal(run: string): Journal | undefined {
    const { storage } = this.options;
    return storage && new Journal({ storage, run, writer: randomBytes(6).toString('hex') });
  }
}

const namesIn = ({ subjects }: History): ReadonlyMap<string, string> =>
  new Map(subjects.flatMap(({ id, name, nonEngine }) => (nonEngine ? [] : [[id, name] as const])));

/** The promise, or a rejection after so many ms of the clock. */
function withDeadline<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Error(`nothing within ${ms / 1000} s`)));
    promise.then(resolve, reject).finally(cancel);
  });
}
