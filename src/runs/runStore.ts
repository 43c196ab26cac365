/** Keeps runs in files: a small head for the list, and the data. Bounded in number and bytes. */
import {
  compress,
  isRunId,
  parseHead,
  parseRunDocument,
  RunFileError,
  serializeHead,
  serializeRun,
  type RunDocument,
  type StoredRun,
} from './runDocument';
import { byHistory, joinRuns, withPersonsChoices } from './joinRuns';
import { isSameRun, saveIntervalMs } from './runSighting';
import { halfSuffix, type ListedFile, type RunStorage } from './runStorage';

/** Most runs that are kept, and most bytes of their files. */
export const runLimits = { runs: 500, bytes: 256 * 2 ** 20 } as const;
/** Most runs that can be pinned, so that new ones have room. */
export const maxPinned = 400;

const headSuffix = '.run.json';
const dataSuffix = '.data.json.gz';
const stateFile = 'state.json';

/** A file that is not a run that this version can read; it is left as it is. */
export interface RunProblem {
  file: string;
  /** Why, as the end of a sentence. Untrusted text. */
  reason: string;
}

/** The runs that were removed to make room. */
export interface Removals {
  count: number;
  /** Name of the one that was removed last. Untrusted text. */
  name: string;
}

/** What a run store needs. */
export interface RunStoreOptions {
  storage: RunStorage;
  limits?: { runs: number; bytes: number };
  /** Called with a message when a file cannot be written or removed. */
  warn: (message: string) => void;
}

/** The files of a run as this window knows them. */
export interface KnownFiles {
  /** The `to` of the run when its files were read or written here. */
  to: number;
  /** Another VS Code window writes them, too. */
  isShared: boolean;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const byNewest = (a: StoredRun, b: StoredRun): number => b.from - a.from || (a.id < b.id ? 1 : -1);
/** An imported run is as new as its import, else it would be the first to go. */
const ageOf = ({ to, keptAt }: StoredRun): number => Math.max(to, keptAt);

/** The runs that are kept, and their files. */
export class RunStore {
  private readonly byId = new Map<string, StoredRun>();
  /** By id: bytes of both files, and the version of the head that was read. */
  private readonly bytes = new Map<string, number>();
  private readonly versions = new Map<string, string>();
  /** Ids of all files, also of those that cannot be read. */
  private ids: ReadonlySet<string> = new Set();
  /** Ids of runs that could not be joined or removed: it is told once. */
  private readonly failed = new Set<string>();
  private loadedRevision: number | undefined;
  /** In the order of their names. */
  problems: readonly RunProblem[] = [];
  /** Undefined if none was removed. */
  removals: Removals | undefined;
  /** A run that a person deleted while it was in progress: it is not kept again until another one was watched. */
  dismissed: StoredRun | undefined;
  /** As the files have it: another window may have watched another run since then. */
  private dismissedOnDisk: StoredRun | undefined;

  constructor(private readonly options: RunStoreOptions) {}

  /** Newest first. */
  get runs(): StoredRun[] {
    return [...this.byId.values()].sort(byNewest);
  }

  get(id: string): StoredRun | undefined {
    return this.byId.get(id);
  }

  /** Whether there are files of this run, also if they cannot be read. */
  hasFiles(id: string): boolean {
    return this.ids.has(id);
  }

  /**
   * Reads the heads of all runs, or of those that other windows added or changed. What two windows kept of one run is
   * joined, and what a person deleted in one of them does not come back from the other. False if nothing was written
   * since the last time. Rejects if the folder cannot be listed.
   */
  async load(): Promise<boolean> {
    const revision = await this.options.storage.revision();
    if (revision !== undefined && revision === this.loadedRevision) return false;
    const files = new Map((await this.options.storage.list()).map((file) => [file.name, file]));
    this.loadedRevision = revision;
    const problems: RunProblem[] = [];
    const ids = new Set<string>();
    for (const name of files.keys()) {
      const id = idOf(name);
      if (id !== undefined) ids.add(id);
      else if (name !== stateFile && !name.endsWith(halfSuffix)) problems.push({ file: name, reason: 'it is no run' });
    }
    this.ids = ids;
    for (const id of this.byId.keys()) if (!ids.has(id)) this.forget(id);
    for (const id of ids) {
      const problem = await this.loadHead(id, files);
      if (problem) problems.push(problem);
    }
    this.problems = problems.sort((a, b) => (a.file < b.file ? -1 : 1));
    if (files.has(stateFile)) await this.loadState();
    await this.removeDismissed();
    await this.joinCopies();
    return true;
  }

  /** Everything of a run. Rejects with a RunFileError if its file cannot be read. */
  async read(id: string): Promise<RunDocument> {
    const document = await this.readData(id);
    return { ...document, run: this.byId.get(id) ?? document.run };
  }

  /**
   * Writes a run and returns it as it was written: of one that is on disk (`known`), name and pin are as another window
   * may have changed them, and what another window has written of it is joined, as far as `cut` leaves it. Undefined if
   * it was deleted there. Rejects if it cannot be written.
   */
  async save(
    document: RunDocument,
    known: KnownFiles | undefined,
    cut: (document: RunDocument) => RunDocument = (all) => all,
  ): Promise<{ document: RunDocument; known: KnownFiles } | undefined> {
    const { id } = document.run;
    const onDisk = known && (await this.headOnDisk(id).catch(() => document.run));
    if (known && !onDisk) {
      this.forget(id);
      return undefined;
    }
    const isShared = known !== undefined && (known.isShared || onDisk?.to !== known.to);
    // What cannot be read is replaced.
    const other = isShared ? await this.read(id).catch(() => undefined) : undefined;
    const joined = cut(other ? joinRuns(document, other) : document);
    const run = onDisk ? withPersonsChoices(joined.run, onDisk) : joined.run;
    const written = { ...joined, run };
    await this.writeRun(written);
    await this.makeRoom(id);
    return { document: written, known: { to: run.to, isShared } };
  }

  /** Changes the head of a run. Rejects if no run has this id, or it cannot be written. */
  async change(id: string, change: (run: StoredRun) => StoredRun): Promise<StoredRun> {
    const run = this.byId.get(id);
    if (!run) throw new Error(`No run ${id} is kept.`);
    const changed = change(run);
    await this.writeHead(changed, undefined);
    return changed;
  }

  /** Deletes a run. Rejects if its files cannot be removed. */
  async remove(id: string): Promise<void> {
    await this.options.storage.remove(id + dataSuffix);
    await this.options.storage.remove(id + headSuffix);
    this.forget(id);
  }

  /** Makes one run of two copies, which gets the id of the one with more history. Does nothing if one cannot be read. */
  async join(one: string, other: string): Promise<void> {
    const runs = [one, other].flatMap((id) => (this.failed.has(id) ? [] : (this.byId.get(id) ?? [])));
    const [kept, left] = runs.length === 2 ? byHistory(...(runs as [StoredRun, StoredRun])) : [];
    if (!kept || !left) return;
    const documents: RunDocument[] = [];
    for (const { id } of [kept, left]) {
      const document = await this.read(id).catch((error: unknown) =>
        this.warnOnce(id, 'cannot be joined with another copy of it', error),
      );
      if (!document) return;
      documents.push(document);
    }
    const [first, second] = documents;
    if (!first || !second) return;
    try {
      await this.writeRun(joinRuns(first, second));
      await this.remove(left.id);
    } catch (error) {
      this.warnOnce(kept.id, 'cannot be joined with another copy of it', error);
    }
  }

  /** Removes what another window kept of the run that a person deleted while it was in progress. */
  private async removeDismissed(): Promise<void> {
    const dismissed = this.dismissedOnDisk;
    if (!dismissed) return;
    for (const run of this.runs)
      if (run.origin === 'watched' && (run.id === dismissed.id || isSameRun(run, dismissed)))
        await this.remove(run.id).catch((error: unknown) => this.warnOnce(run.id, 'cannot be removed', error));
  }

  /** Joins runs that are copies of one: two windows began to keep it before either saw what the other wrote. */
  private async joinCopies(): Promise<void> {
    const runs = this.runs.sort((a, b) => a.from - b.from);
    for (const [index, run] of runs.entries())
      for (const other of runs.slice(index + 1)) {
        if (other.from > run.to + saveIntervalMs) break;
        if (isSameRun(run, other)) await this.join(run.id, other.id);
      }
  }

  private warnOnce(id: string, what: string, error: unknown): void {
    if (!this.failed.has(id)) this.options.warn(`runs: ${id} ${what}: ${messageOf(error)}`);
    this.failed.add(id);
  }

  /** Deletes a file that is no run. Rejects if it cannot be removed. */
  async removeProblem(file: string): Promise<void> {
    if (!this.problems.some((problem) => problem.file === file)) throw new Error(`No file ${file} is here.`);
    await this.options.storage.remove(file);
    this.problems = this.problems.filter((problem) => problem.file !== file);
  }

  /** Remembers which run a person deleted while it was in progress, or forgets it. Rejects if it cannot be written. */
  async dismiss(run: StoredRun | undefined): Promise<void> {
    this.dismissed = run;
    await this.saveState();
  }

  private async loadHead(id: string, files: ReadonlyMap<string, ListedFile>): Promise<RunProblem | undefined> {
    const [head, data] = [id + headSuffix, id + dataSuffix];
    const [headFile, dataFile] = [files.get(head), files.get(data)];
    const version = headFile?.version ?? '';
    if (this.byId.has(id) && dataFile && this.versions.get(id) === version) return undefined;
    try {
      if (!dataFile) throw new RunFileError('the file with its data is missing');
      // The data has the head, too, as it was when it was written.
      const run = (await this.headOnDisk(id).catch(() => undefined)) ?? (await this.readData(id)).run;
      if (run.id !== id) throw new RunFileError('it is the file of another run');
      this.byId.set(id, run);
      this.bytes.set(id, dataFile.bytes + (headFile?.bytes ?? 0));
      this.versions.set(id, version);
      return undefined;
    } catch (error) {
      this.forget(id);
      return { file: headFile ? head : data, reason: messageOf(error) };
    }
  }

  /** The head of a run as it is on disk; undefined if it is not there. Rejects with a RunFileError if it is damaged. */
  private async headOnDisk(id: string): Promise<StoredRun | undefined> {
    const bytes = await this.options.storage.read(id + headSuffix);
    return bytes && (await parseHead(bytes));
  }

  private async readData(id: string): Promise<RunDocument> {
    const bytes = await this.options.storage.read(id + dataSuffix);
    if (!bytes) throw new RunFileError('its file is missing');
    return parseRunDocument(bytes);
  }

  private async writeRun(document: RunDocument): Promise<void> {
    const { id } = document.run;
    const data = await compress(await serializeRun(document));
    await this.options.storage.write(id + dataSuffix, data);
    await this.writeHead(document.run, data.length);
    this.ids = new Set([...this.ids, id]);
  }

  private async writeHead(run: StoredRun, dataBytes: number | undefined): Promise<void> {
    const head = serializeHead(run);
    await this.options.storage.write(run.id + headSuffix, head);
    this.byId.set(run.id, run);
    if (dataBytes !== undefined) this.bytes.set(run.id, dataBytes + head.length);
  }

  /** Removes the oldest runs that are not pinned, but never the one with this id, until the rest fits. */
  private async makeRoom(keptId: string): Promise<void> {
    const limits = this.options.limits ?? runLimits;
    const total = (): number => [...this.bytes.values()].reduce((sum, each) => sum + each, 0);
    const removable = [...this.byId.values()]
      .filter(({ id, pinned }) => id !== keptId && !pinned)
      .sort((a, b) => ageOf(a) - ageOf(b));
    let hasRemoved = false;
    for (const run of removable) {
      if (this.byId.size <= limits.runs && total() <= limits.bytes) break;
      await this.remove(run.id);
      this.removals = { count: (this.removals?.count ?? 0) + 1, name: run.name };
      hasRemoved = true;
    }
    if (hasRemoved) await this.saveState();
  }

  private async loadState(): Promise<void> {
    try {
      const text = new TextDecoder().decode(await this.options.storage.read(stateFile));
      const { removals, dismissed } = JSON.parse(text) as { removals?: Removals; dismissed?: StoredRun };
      if (removals && Number.isInteger(removals.count)) this.removals = { ...removals, name: String(removals.name) };
      this.dismissedOnDisk = dismissed && (await parseHead(serializeHead(dismissed)));
      // What was seen of it since then is known here alone.
      if (dismissed && dismissed.id !== this.dismissed?.id) this.dismissed = this.dismissedOnDisk;
    } catch (error) {
      this.options.warn(`runs: ${stateFile} is left out: ${messageOf(error)}`);
    }
  }

  private async saveState(): Promise<void> {
    const { removals, dismissed } = this;
    await this.options.storage.write(stateFile, Buffer.from(`${JSON.stringify({ removals, dismissed })}\n`));
  }

  private forget(id: string): void {
    this.byId.delete(id);
    this.bytes.delete(id);
    this.versions.delete(id);
  }
}

/** The id of the run that a file belongs to; undefined if its name is not that of a run's file. */
function idOf(name: string): string | undefined {
  const suffix = [headSuffix, dataSuffix].find((each) => name.endsWith(each));
  const id = suffix === undefined ? '' : name.slice(0, -suffix.length);
  return isRunId(id) ? id : undefined;
}
