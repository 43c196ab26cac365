/** Keeps the history of the watched run in memory and in files. */
import { randomBytes } from 'node:crypto';
import type { Snapshot } from '../api';
import type { ChartIncrement } from '../shared/chartData';
import type { Clock } from '../shared/clock';
import { backfillHistory, type Backfill } from './backfillHistory';
import { CarryForward } from './carryForward';
import { History, type HistoryShortage } from './history';
import { parseFileName, runFileKey } from './historyFile';
import type { HistoryStorage } from './historyStorage';
import { Journal } from './journal';
import { loadHistory } from './loadHistory';
import { maxFileMib, pruneFiles } from './pruneFiles';
import { withDeadline, WorkQueue, type HistoryLog } from './workQueue';
import type { WorkReading } from './workReading';

const writeIntervalMs = 60_000;
const pruneIntervalMs = 15 * 60_000;
/** VS Code waits about 5 s for a closing window. */
const finalWriteDeadlineMs = 3_000;
/** How long a first scrape waits for the names that its engines had before. */
const namesDeadlineMs = 2_000;
/** Most snapshots that may arrive while files are read. With more, what was read is discarded. */
const maxPendingSnapshots = 60;

/** What is said of a history that does not fit into memory. */
const shortageMessages: Partial<Record<HistoryShortage, string>> = {
  rounded: 'history: it does not fit into memory at full precision; the oldest numbers of single engines are rounded.',
  dropped: 'history: it does not fit into memory; the oldest hours of single engines are dropped.',
};

/** What a history store needs. */
export interface HistoryStoreOptions {
  /** Undefined: in memory only. */
  storage: HistoryStorage | undefined;
  clock: Clock;
  /** How long minutes are kept. */
  hours: () => number;
  /** Most bytes of the history in memory; 128 MiB if it is absent. */
  budgetBytes?: number;
  /** Returns what another source has of the time before a run's first snapshot. */
  backfill?: Backfill;
  /** Called when `history` is replaced: a run's files were read, or the history was cleared. */
  onReplaced: () => void;
  log: HistoryLog;
}

/** The history of the watched run, and its files. */
export class HistoryStore {
  history: History;
  /** Of the watched run; undefined until one is known. */
  private runKey: string | undefined;
  private journal: Journal | undefined;
  /** What arrived while files are read; undefined if no files are being read. */
  private pending: { snapshots: Snapshot[]; readings: WorkReading[] } | undefined;
  /** The engines' work of a run that is watched with its first snapshot. */
  private earlyReading: { run: string; reading: WorkReading } | undefined;
  private carryForward: CarryForward | undefined;
  /** A run whose engine names were read before its first snapshot. */
  private preloaded: { run: string; history: Promise<History> } | undefined;
  private hasOpenedNewest = false;
  private reportedShortage: HistoryShortage = 'none';
  private readonly cancellation = new AbortController();
  private readonly queue: WorkQueue;
  private cancelTimer: (() => void) | undefined;
  private lastPruneAt = -Infinity;
  private finalWrite: Promise<void> | undefined;

  /** What the files of the run had when they were read, before this window added anything. */
  private namesInFiles: { run: string; names: Promise<ReadonlyMap<string, string>> } | undefined;

  constructor(private readonly options: HistoryStoreOptions) {
    const { clock, log } = options;
    this.queue = new WorkQueue({ clock, log, signal: this.cancellation.signal });
    this.history = this.newHistory();
  }

  /**
   * Adds a snapshot and returns what is new. `run` is empty if it is not known; it is then the watched one. A run that
   * is new, or seen again, is read from its files, and no data of another run is mixed in.
   */
  add(snapshot: Snapshot, run: string): ChartIncrement {
    const key = this.keyOf(run);
    if (key !== undefined && key !== this.runKey) this.watchRun(key);
    if (this.pending && this.pending.snapshots.push(snapshot) > maxPendingSnapshots) this.pending = undefined;
    const increment = this.history.add(this.carryForward?.applyTo(snapshot) ?? snapshot);
    this.reportShortage();
    this.scheduleWrite();
    return increment;
  }

  /**
   * Adds what a scrape says of the engines' work, before the scrape's snapshot; `run` as for `add`. False if `history`
   * is that of another run: then the reading is added with the first snapshot.
   */
  addWork(reading: WorkReading, run: string): boolean {
    const key = this.keyOf(run);
    if (key !== undefined && key !== this.runKey) {
      this.earlyReading = { run: key, reading };
      return false;
    }
    this.addReading(reading);
    return true;
  }

  /**
   * Engine names by id as a run's files have them; undefined if reading takes more than two seconds, so that they are to
   * be asked for again. Never rejects.
   */
  async loadEngineNames(run: string): Promise<ReadonlyMap<string, string> | undefined> {
    const key = this.keyOf(run);
    if (key !== undefined && key === this.namesInFiles?.run) return this.whenRead(this.namesInFiles.names);
    if (key === undefined || key === this.runKey) return engineNames(this.history);
    const history = this.load(key);
    this.preloaded = { run: key, history };
    const names = history.then(engineNames, () => noNames);
    this.namesInFiles = { run: key, names };
    return this.whenRead(names);
  }

  private async whenRead(
    names: Promise<ReadonlyMap<string, string>>,
  ): Promise<ReadonlyMap<string, string> | undefined> {
    try {
      return await withDeadline(this.options.clock, namesDeadlineMs, names);
    } catch {
      return undefined;
    }
  }

  /** Reads the newest run of the files if no run is watched yet, so that a person who looks sees something. */
  openNewestRun(): void {
    const { storage } = this.options;
    if (this.hasOpenedNewest || this.runKey !== undefined || !storage) return;
    this.hasOpenedNewest = true;
    const { history } = this;
    // The history may be cleared meanwhile.
    const isWanted = (): boolean => this.runKey === undefined && this.history === history;
    void this.queue.add('read', async () => {
      const files = (await storage.list())
        .flatMap(({ name }) => parseFileName(name) ?? [])
        .filter(({ isUnreadable }) => !isUnreadable);
      const newest = files.sort((a, b) => b.from - a.from)[0];
      if (newest && isWanted()) await this.readRun(newest.run, isWanted);
    });
  }

  /** Deletes everything of every run, in memory and in files. Rejects if files cannot be removed. */
  async clear(): Promise<void> {
    this.pending = undefined;
    this.carryForward = undefined;
    this.preloaded = undefined;
    this.namesInFiles = undefined;
    this.history = this.newHistory();
    if (this.runKey !== undefined) this.journal = this.newJournal(this.runKey);
    this.options.onReplaced();
    const { storage } = this.options;
    if (!storage) return;
    await this.queue.idle;
    for (const { name } of await storage.list()) if (parseFileName(name)) await storage.remove(name);
  }

  /** Writes the rest. Resolves when that is done, or when VS Code would not wait longer. */
  dispose(): Promise<void> {
    this.cancelTimer?.();
    this.finalWrite ??= this.queue.add('write', () => this.write(true), finalWriteDeadlineMs);
    this.cancellation.abort(new Error('the window closes'));
    return this.finalWrite;
  }

  private addReading(reading: WorkReading): void {
    this.pending?.readings.push(reading);
    this.history.addWork(reading);
  }

  /** Says once what does not fit into memory. */
  private reportShortage(): void {
    const { shortage } = this.history;
    if (shortage === this.reportedShortage) return;
    this.reportedShortage = shortage;
    const message = shortageMessages[shortage];
    if (message !== undefined) this.options.log.info(message);
  }

  private keyOf(run: string): string | undefined {
    return run === '' ? this.runKey : runFileKey(run);
  }

  /** Starts over with another run: writes the rest of the one before, and reads the new one's files. */
  private watchRun(run: string): void {
    const previous = this.journal && { journal: this.journal, history: this.history };
    if (this.namesInFiles?.run !== run) this.namesInFiles = undefined;
    this.runKey = run;
    this.history = this.newHistory();
    this.carryForward = undefined;
    this.journal = this.newJournal(run);
    const { clock, storage, backfill } = this.options;
    if (storage || backfill) this.pending = { snapshots: [], readings: [] };
    const { earlyReading } = this;
    this.earlyReading = undefined;
    if (earlyReading?.run === run) this.addReading(earlyReading.reading);
    if (!storage && !backfill) return;
    if (previous)
      void this.queue.add('write', async () => {
        await previous.journal.take(previous.history, clock.now(), true);
        await previous.journal.write(clock.now());
      });
    void this.queue
      .add('read', () => this.readRun(run, () => this.runKey === run && this.pending !== undefined))
      .then(() => {
        if (this.runKey === run) this.pending = undefined;
      });
  }

  /** Reads a run, adds the snapshots that arrived meanwhile, and shows it if `isWanted` still holds. */
  private async readRun(run: string, isWanted: () => boolean): Promise<void> {
    const { preloaded } = this;
    this.preloaded = undefined;
    const history = await (preloaded?.run === run ? preloaded.history : this.load(run));
    const [first] = this.pending?.snapshots ?? [];
    const lastOfPast = isWanted() && first ? await this.backfill(history, first) : undefined;
    if (!isWanted()) return;
    this.carryForward = lastOfPast && new CarryForward(lastOfPast);
    for (const reading of this.pending?.readings ?? []) history.addWork(reading);
    for (const snapshot of this.pending?.snapshots ?? []) history.add(this.carryForward?.applyTo(snapshot) ?? snapshot);
    this.history = history;
    this.options.onReplaced();
  }

  private async load(run: string): Promise<History> {
    const { storage, clock, log } = this.options;
    const history = this.newHistory();
    const { signal } = this.cancellation;
    if (storage) await loadHistory(history, run, { storage, now: clock.now(), warn: log.warn, signal });
    return history;
  }

  private async backfill(history: History, first: Snapshot): Promise<Snapshot | undefined> {
    const { backfill, clock, log, hours } = this.options;
    const { signal } = this.cancellation;
    return backfill && backfillHistory(history, first, { backfill, clock, log, hours: hours(), signal });
  }

  private scheduleWrite(): void {
    if (this.cancelTimer || !this.journal || this.cancellation.signal.aborted) return;
    this.cancelTimer = this.options.clock.after(writeIntervalMs, () => {
      void this.queue
        .add('write', () => this.write(false))
        .then(() => {
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
    if (atEnd || Math.abs(now - this.lastPruneAt) < pruneIntervalMs) return;
    this.lastPruneAt = now;
    const removed = await pruneFiles(storage, now, hours());
    if (removed > 0)
      this.options.log.info(`history: its files had more than ${maxFileMib} MiB; the oldest ${removed} were removed.`);
  }

  private newHistory(): History {
    const { hours, budgetBytes } = this.options;
    return new History({ hours, ...(budgetBytes !== undefined && { budgetBytes }) });
  }

  private newJournal(run: string): Journal | undefined {
    const { storage } = this.options;
    return storage && new Journal({ storage, run, writer: randomBytes(6).toString('hex') });
  }
}

const noNames: ReadonlyMap<string, string> = new Map();

const engineNames = ({ subjects }: History): ReadonlyMap<string, string> =>
  new Map(subjects.flatMap(({ id, name, nonEngine }) => (nonEngine ? [] : [[id, name] as const])));
