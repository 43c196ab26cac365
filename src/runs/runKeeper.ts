/** The runs that are kept and the one that is watched, for everything that lists, reads or changes them. */
import type { Clock } from '../shared/clock';
import { isPortableId } from '../shared/fileName';
import type { KeptRun, RunData, RunLibrary } from './run';
import { parseRunDocument, serializeRun, toRunName, type RunDocument, type StoredRun } from './runDocument';
import { newRunId, RunRecorder } from './runRecorder';
import type { RunSighting } from './runSighting';
import { maxPinned, type Removals, type RunProblem, type RunStore } from './runStore';

/** VS Code waits about 5 s for a closing window. */
const finalSaveMs = 3_000;
/** Scrapes that may wait while files are read. */
const maxPending = 100;

/** What a run keeper needs. */
export interface RunKeeperOptions {
  store: RunStore;
  clock: Clock;
  /** Makes the random part of an id. */
  randomText: () => string;
  log: { warn: (message: string) => void };
  /** Called when anything that a list of runs shows may have changed. */
  onChange: () => void;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Works on the files of runs, one thing after the other. */
export class RunKeeper implements RunLibrary {
  private readonly recorder: RunRecorder;
  private queue: Promise<unknown> = Promise.resolve();
  private pending = 0;
  private isReadFailing = false;
  private isClosed = false;

  constructor(private readonly options: RunKeeperOptions) {
    const { store, clock, randomText, log } = options;
    this.recorder = new RunRecorder({ store, clock, randomText, warn: log.warn });
  }

  /** Newest first, as far as they have been read. */
  get runs(): KeptRun[] {
    const { store } = this.options;
    const { run } = this.recorder;
    // The one that is watched may not be on disk yet, and there it is never up to date.
    const others = store.runs.filter(({ id }) => id !== run?.id);
    return [...(run ? [run] : []), ...others].sort((a, b) => b.from - a.from).map((each) => this.toKept(each));
  }

  /** The run that is watched; undefined if none is. */
  get watchedRun(): KeptRun | undefined {
    const { run } = this.recorder;
    return run && this.toKept(run);
  }

  /** Files that are no runs that this version can read. */
  get problems(): readonly RunProblem[] {
    return this.options.store.problems;
  }

  /** What was removed to make room; undefined if nothing was. */
  get removals(): Removals | undefined {
    return this.options.store.removals;
  }

  /** Reads the files of runs. Never rejects: if they cannot be read, there are no runs of before. */
  start(): Promise<void> {
    return this.enqueue(() => this.load());
  }

  /** Adds a scrape of the live run. Never throws. */
  add(sighting: RunSighting): void {
    if (this.isClosed || this.pending >= maxPending) return;
    this.pending += 1;
    void this.enqueue(async () => {
      this.pending -= 1;
      await this.load();
      await this.recorder.add(sighting);
      this.options.onChange();
    }).catch((error: unknown) => this.options.log.warn(`runs: ${messageOf(error)}`));
  }

  listRuns(): Promise<readonly KeptRun[]> {
    return this.enqueue(async () => {
      await this.load();
      return this.runs;
    });
  }

  loadRun(id: string): Promise<RunData | undefined> {
    return this.enqueue(async () => {
      await this.load();
      if (!this.runs.some((run) => run.id === id)) return undefined;
      const document = await this.read(id);
      return { ...document, run: this.toKept(document.run) };
    });
  }

  /** Gives a run another name. Rejects, with words for people, if that is empty or no run has this id. */
  rename(id: string, text: string): Promise<KeptRun> {
    const name = toRunName(text);
    return this.change(id, (run) => {
      if (name === '') throw new Error('A run needs a name.');
      return { ...run, name, named: true };
    });
  }

  /** Pins a run, so that it is not removed to make room, or takes the pin away. Rejects as `rename`. */
  setPinned(id: string, isPinned: boolean): Promise<KeptRun> {
    return this.change(id, ({ pinned, ...run }) => {
      const others = this.options.store.runs.filter((each) => each.pinned && each.id !== id).length;
      if (isPinned && !pinned && others >= maxPinned)
        throw new Error(`${maxPinned} runs are pinned, which is the most. Unpin or delete one first.`);
      return { ...run, ...(isPinned && { pinned: true }) };
    });
  }

  /** Deletes a run; one in progress is not kept again while it is watched. Rejects if no run has this id, or it cannot be removed. */
  remove(id: string): Promise<void> {
    return this.enqueue(async () => {
      await this.load();
      this.require(id);
      if (this.recorder.run?.id === id) await this.recorder.dismiss();
      await this.options.store.remove(id);
      this.options.onChange();
    });
  }

  /** Deletes a file that is no run. Rejects if it cannot be removed. */
  removeProblem(file: string): Promise<void> {
    return this.enqueue(async () => {
      await this.options.store.removeProblem(file);
      this.options.onChange();
    });
  }

  /** A run as a file. Rejects if no run has this id, or its own file cannot be read. */
  export(id: string): Promise<Buffer> {
    return this.enqueue(async () => {
      await this.load();
      this.require(id);
      return serializeRun(await this.read(id));
    });
  }

  /** Adds the run of a file. Rejects with a RunFileError if it is not one, or if it cannot be written. */
  import(bytes: Uint8Array): Promise<KeptRun> {
    return this.enqueue(async () => {
      await this.load();
      const { store, clock, randomText, onChange } = this.options;
      const document = await parseRunDocument(bytes);
      const { pinned: _, ...run } = document.run;
      // Files are named by ids, and some systems ignore capitals.
      const isTaken = !isPortableId(run.id) || this.runs.some(({ id }) => id.toLowerCase() === run.id.toLowerCase());
      const imported: StoredRun = {
        ...run,
        id: isTaken ? newRunId(clock.now(), randomText()) : run.id,
        origin: 'imported',
        named: true,
        keptAt: clock.now(),
        processes: [],
      };
      await store.save({ ...document, run: imported }, undefined);
      onChange();
      return this.toKept(imported);
    });
  }

  /** Writes the run that is watched. Resolves when that is done, or when VS Code would not wait longer. */
  close(): Promise<void> {
    this.isClosed = true;
    const saved = this.enqueue(async () => {
      await this.load();
      await this.recorder.save();
    });
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(finalSaveMs, resolve);
      void saved.finally(() => {
        cancel();
        resolve();
      });
    });
  }

  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Reads what this or another window wrote since the last time. Never rejects; the first of several failures is reported. */
  private async load(): Promise<void> {
    const { store, log, onChange } = this.options;
    try {
      const hasChanged = await store.load();
      this.isReadFailing = false;
      if (!hasChanged) return;
      await this.recorder.followFiles();
      onChange();
    } catch (error) {
      if (!this.isReadFailing) log.warn(`runs: their files cannot be read: ${messageOf(error)}`);
      this.isReadFailing = true;
    }
  }

  private require(id: string): void {
    if (!this.runs.some((run) => run.id === id)) throw new Error(`No run ${JSON.stringify(id)} is kept.`);
  }

  private async read(id: string): Promise<RunDocument> {
    const { recorder } = this;
    return (recorder.run?.id === id && (await recorder.readDocument())) || this.options.store.read(id);
  }

  private change(id: string, change: (run: StoredRun) => StoredRun): Promise<KeptRun> {
    return this.enqueue(async () => {
      await this.load();
      this.require(id);
      const { store, onChange } = this.options;
      // A run that could not be written yet gets its name and pin with its first file.
      const isOnDisk = store.get(id) !== undefined;
      const changed = isOnDisk ? await store.change(id, change) : undefined;
      if (this.recorder.run?.id === id) this.recorder.change(change);
      onChange();
      return this.toKept(changed ?? (this.recorder.run as StoredRun));
    });
  }

  /** The run without the fields that only its files need. */
  private toKept({ processes: _, workedAt: __, keptAt: ___, named: ____, ...run }: StoredRun): KeptRun {
    const isOpen = run.id === this.recorder.run?.id && this.recorder.isOpen;
    return { ...run, ...(isOpen && { isOpen }) };
  }
}
