/** Keeps the history of the run that is watched, in memory and in files. */
import { randomBytes } from 'node:crypto';
import type { Snapshot } from '../api';
import type { Clock } from '../collector/schedule';
import type { ChartIncrement } from '../shared/chartData';
import { Bridge } from './carryForward';
import { parseName, runFile, type HistoryStorage } from './files';
import { History } from './history';
import { Journal, prune } from './journal';
import { loadHistory } from './loadHistory';

const WRITE_MS = 60_000;
const PRUNE_MS = 15 * 60_000;
/** How long the file system has for one write, or for reading all. */
const DEADLINE_MS = 30_000;
/** What VS Code waits for, and a little less. */
const END_DEADLINE_MS = 3_000;
/** Whoever has the past gets less time than reading in all has. */
const PAST_DEADLINE_MS = 20_000;
/** A shorter time without rows is no gap to fill. */
const PAST_LEAST_MS = 30_000;
/** How long a first scrape waits to hear what its engines were called before. */
const NAMES_MS = 2_000;
/** Snapshots that may come while the files are read; with more, what was read is let go. */
const MAX_HELD = 60;

export interface RecorderOptions {
  /** Absent: in memory only. */
  storage: HistoryStorage | undefined;
  clock: Clock;
  hours: () => number;
  /** Snapshots of the time before the first of a run, in the order of time, where somebody else has kept them. */
  past?: (span: PastSpan) => Promise<readonly Snapshot[]>;
  /** What is shown has been replaced: a run's files were read, or the history was cleared. */
  onReplaced: () => void;
  log: { info: (words: string) => void; warn: (words: string) => void };
}

export interface PastSpan {
  /** Unix ms: after this time, and before the snapshot's. */
  from: number;
  first: Snapshot;
  signal: AbortSignal;
}

export class Recorder {
  history: History;
  private run: string | undefined;
  private journal: Journal | undefined;
  /** While files are read: what came meanwhile. */
  private held: Snapshot[] | undefined;
  private bridge: Bridge | undefined;
  /** A run that was read for its engines' names, before its first snapshot. */
  private prepared: { run: string; history: Promise<History> } | undefined;
  private opened = false;
  private readonly ended = new AbortController();
  private cancelTimer: (() => void) | undefined;
  private lastPrune = -Infinity;
  private failing = false;
  private last: Promise<void> | undefined;
  /** One piece of work on the files after the other. */
  private work: Promise<void> = Promise.resolve();

  constructor(private readonly options: RecorderOptions) {
    this.history = this.newHistory();
  }

  /** Notes a snapshot of a run; empty: nobody knows of which. A run met first, or again after a reload, is read from its files; of another nothing is mixed in. */
  add(snapshot: Snapshot, run: string): ChartIncrement {
    const file = run === '' ? this.run : runFile(run);
    if (file !== undefined && file !== this.run) this.begin(file);
    if (this.held && this.held.push(snapshot) > MAX_HELD) this.held = undefined;
    const increment = this.history.add(this.bridge?.over(snapshot) ?? snapshot);
    this.schedule();
    return increment;
  }

  /** What the engines of a run were called when it was written, by id; reads it where it is met first. None where that takes long. Never rejects. */
  async namesBefore(run: string): Promise<ReadonlyMap<string, string>> {
    const file = run === '' ? this.run : runFile(run);
    if (file === undefined || file === this.run) return namesIn(this.history);
    const history = this.load(file);
    this.prepared = { run: file, history };
    return within(this.options.clock, NAMES_MS, history).then(namesIn, () => new Map());
  }

  /** Reads the newest run of the files, where none is watched yet: somebody wants to see it. */
  open(): void {
    const { storage } = this.options;
    if (this.opened || this.run !== undefined || !storage) return;
    this.opened = true;
    void this.queue('read', async () => {
      const files = (await storage.list()).flatMap(({ name }) => parseName(name) ?? []).filter(({ aside }) => !aside);
      const newest = files.sort((a, b) => b.from - a.from)[0];
      if (newest && this.run === undefined) await this.read(newest.run, () => this.run === undefined);
    });
  }

  /** Forgets everything, in memory and in files, of every run. Rejects where files cannot be removed. */
  async clear(): Promise<void> {
    this.held = undefined;
    this.history = this.newHistory();
    if (this.run !== undefined) this.journal = this.newJournal(this.run);
    this.options.onReplaced();
    const { storage } = this.options;
    if (!storage) return;
    await this.work;
    for (const { name } of await storage.list()) if (parseName(name)) await storage.remove(name);
  }

  /** Writes what is left; resolves when that is done, or when VS Code would not wait longer. */
  dispose(): Promise<void> {
    this.cancelTimer?.();
    this.last ??= this.queue('write', () => this.write(true), END_DEADLINE_MS);
    this.ended.abort(new Error('the window closes'));
    return this.last;
  }

  private begin(run: string): void {
    const before = this.journal && { journal: this.journal, history: this.history };
    this.run = run;
    this.history = this.newHistory();
    this.bridge = undefined;
    this.journal = this.newJournal(run);
    const { clock, storage, past } = this.options;
    if (!storage && !past) return;
    this.held = [];
    if (before)
      void this.queue('write', async () => {
        await before.journal.take(before.history, clock.now(), true);
        await before.journal.write(clock.now());
      });
    void this.queue('read', () => this.read(run, () => this.run === run && this.held !== undefined)).then(() => {
      if (this.run === run) this.held = undefined;
    });
  }

  /** Reads a run, adds what came meanwhile, and shows it where it is still wanted. */
  private async read(run: string, wanted: () => boolean): Promise<void> {
    const { prepared } = this;
    this.prepared = undefined;
    const history = await (prepared?.run === run ? prepared.history : this.load(run));
    const [first] = this.held ?? [];
    const last = wanted() && first ? await this.fill(history, first) : undefined;
    if (!wanted()) return;
    this.bridge = last && new Bridge(last);
    for (const snapshot of this.held ?? []) history.add(this.bridge?.over(snapshot) ?? snapshot);
    this.history = history;
    this.options.onReplaced();
  }

  private async load(run: string): Promise<History> {
    const { storage, clock, log } = this.options;
    const history = this.newHistory();
    if (storage)
      await loadHistory(history, run, { storage, now: clock.now(), warn: log.warn, signal: this.ended.signal });
    return history;
  }

  /** What somebody else has kept between what the files have and the first snapshot; its last moment. Never rejects: without it the past stays a gap. */
  private async fill(history: History, first: Snapshot): Promise<Snapshot | undefined> {
    const { past, clock, hours, log } = this.options;
    const from = Math.max(history.last, first.at - hours() * 3_600_000);
    if (!past || first.at - from < PAST_LEAST_MS) return undefined;
    const limit = new AbortController();
    const cancel = clock.after(PAST_DEADLINE_MS, () =>
      limit.abort(new Error(`nothing within ${PAST_DEADLINE_MS / 1000} s`)),
    );
    try {
      const snapshots = await past({ from, first, signal: AbortSignal.any([limit.signal, this.ended.signal]) });
      for (const snapshot of snapshots) if (snapshot.at > from && snapshot.at < first.at) history.fill(snapshot);
      return snapshots.at(-1);
    } catch (error) {
      if (!this.ended.signal.aborted) log.warn(`history: the past could not be had from Prometheus: ${String(error)}`);
      return undefined;
    } finally {
      cancel();
    }
  }

  private schedule(): void {
    if (this.cancelTimer || !this.journal || this.ended.signal.aborted) return;
    this.cancelTimer = this.options.clock.after(WRITE_MS, () => {
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
    if (atEnd || Math.abs(now - this.lastPrune) < PRUNE_MS) return;
    this.lastPrune = now;
    await prune(storage, now, hours());
  }

  /** Does one thing after what is being done, within the deadline. Never rejects: what fails is said once, until it succeeds again. */
  private queue(what: 'read' | 'write', work: () => Promise<void>, deadlineMs = DEADLINE_MS): Promise<void> {
    const { clock, log } = this.options;
    const done = this.work
      .then(() => within(clock, deadlineMs, work()))
      .then(
        () => {
          if (what === 'write' && this.failing) log.info('history: its files can be written again.');
          if (what === 'write') this.failing = false;
        },
        (error: unknown) => {
          if (this.ended.signal.aborted || (what === 'write' && this.failing)) return;
          if (what === 'write') this.failing = true;
          log.warn(
            `history: its files could not be ${what === 'read' ? 'read' : 'written; it is kept in memory, and tried again each minute'}: ${String(error)}`,
          );
        },
      );
    this.work = done;
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

const namesIn = ({ known }: History): ReadonlyMap<string, string> =>
  new Map(known.flatMap(({ id, name, part }) => (part ? [] : [[id, name] as const])));

/** The promise, or a rejection after so many ms of the clock. */
function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Error(`nothing within ${ms / 1000} s`)));
    promise.then(resolve, reject).finally(cancel);
  });
}
