/** Stores generation records as files in one folder, and recovers records of VS Code windows that closed meanwhile. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRecord, serializeRecord, type GenerationRecord } from './generationRecord';

/** The newest are kept. A record has a few kB. */
export const maxRecords = 200;
/** File name of a draft, with the process that writes it: only a draft whose process has ended is recovered. */
const draftPattern = /^draft-(\d+)-([\w-]+)\.json$/;
/** A draft is written at each scrape. If it is older, its process has ended, even if another one has its number now. */
const draftMaxAgeMs = 10 * 60_000;
const recordPattern = /^[\w-]{1,64}\.json$/;

interface RecordStoreOptions {
  folder: string;
  /** Number of this process. */
  pid: number;
  isAlive: (pid: number) => boolean;
  /** Unix ms. */
  now: () => number;
  /** Called with a message when a file cannot be read, written or removed. */
  warn: (message: string) => void;
}

const byNewest = (a: GenerationRecord, b: GenerationRecord): number => (a.id < b.id ? 1 : -1);

/** The records in memory and on disk. */
export class RecordStore {
  private loaded: GenerationRecord[] = [];
  /** Why records could not be written, by their ids. */
  readonly saveErrors = new Map<string, string>();

  constructor(private readonly options: RecordStoreOptions) {}

  /** Newest first. */
  get records(): readonly GenerationRecord[] {
    return this.loaded;
  }

  get(id: string): GenerationRecord | undefined {
    return this.loaded.find((record) => record.id === id);
  }

  /** Reads the folder. Drafts of windows that closed become records that were cut off. Never rejects. */
  async load(): Promise<void> {
    const names = await this.list();
    for (const name of names) await this.recoverDraft(name);
    const read = await Promise.all(
      names.filter((name) => recordPattern.test(name) && !draftPattern.test(name)).map((name) => this.read(name)),
    );
    const found = read.filter((record) => record !== undefined && !this.get(record.id)) as GenerationRecord[];
    this.loaded = [...this.loaded, ...found].sort(byNewest);
    await this.removeOldest();
  }

  /** Adds a record. It is kept even if it cannot be written; `saveErrors` then says why. Never rejects. */
  async add(record: GenerationRecord): Promise<void> {
    this.loaded = [record, ...this.loaded.filter(({ id }) => id !== record.id)].sort(byNewest);
    try {
      await this.write(`${record.id}.json`, record);
      this.saveErrors.delete(record.id);
      await rm(path.join(this.options.folder, this.draftName(record.id)), { force: true });
      await this.removeOldest();
    } catch (error) {
      this.saveErrors.set(record.id, messageOf(error));
      this.options.warn(`record ${record.id} could not be written: ${messageOf(error)}`);
    }
  }

  /** Writes a running record as a draft, so that it survives the window. Never rejects. */
  async keepDraft(record: GenerationRecord): Promise<void> {
    try {
      await this.write(this.draftName(record.id), record);
    } catch (error) {
      this.options.warn(`the draft of record ${record.id} could not be written: ${messageOf(error)}`);
    }
  }

  /** Writes a record at once, because a closing window does not wait for promises. Never throws. */
  addSync(record: GenerationRecord): void {
    try {
      mkdirSync(this.options.folder, { recursive: true });
      writeFileSync(path.join(this.options.folder, `${record.id}.json`), serializeRecord(record));
    } catch (error) {
      this.options.warn(`record ${record.id} could not be written: ${messageOf(error)}`);
    }
  }

  /** Deletes a record. Rejects if its file cannot be removed. */
  async remove(id: string): Promise<void> {
    if (!this.get(id)) return;
    await rm(path.join(this.options.folder, `${id}.json`), { force: true });
    this.loaded = this.loaded.filter((record) => record.id !== id);
    this.saveErrors.delete(id);
  }

  private async list(): Promise<string[]> {
    try {
      return await readdir(this.options.folder);
    } catch {
      return [];
    }
  }

  private async read(name: string): Promise<GenerationRecord | undefined> {
    try {
      return parseRecord(await readFile(path.join(this.options.folder, name), 'utf8'));
    } catch (error) {
      this.options.warn(`${name} is left alone: ${messageOf(error)}`);
      return undefined;
    }
  }

  private async recoverDraft(name: string): Promise<void> {
    const pid = draftPattern.exec(name)?.[1];
    if (pid === undefined || !(await this.isOrphan(name, Number(pid)))) return;
    const draft = await this.read(name);
    const isFinished = draft && (await this.list()).includes(`${draft.id}.json`);
    if (draft && !isFinished) await this.add(draft);
    if (draft && this.saveErrors.has(draft.id)) return;
    await rm(path.join(this.options.folder, name), { force: true }).catch((error: unknown) =>
      this.options.warn(`${name}: ${messageOf(error)}`),
    );
  }

  /**
   * Whether the process of a draft has ended. This process has no draft yet: one with its number is of an earlier one.
   */
  private async isOrphan(name: string, pid: number): Promise<boolean> {
    const { folder, isAlive, now } = this.options;
    if (pid === this.options.pid || !isAlive(pid)) return true;
    const { mtimeMs } = await stat(path.join(folder, name)).catch(() => ({ mtimeMs: now() }));
    return now() - mtimeMs > draftMaxAgeMs;
  }

  private draftName(id: string): string {
    return `draft-${this.options.pid}-${id}.json`;
  }

  /**
   * Writes to a second file and renames it, so that no reader sees half a file and a full disk costs no older record.
   */
  private async write(name: string, record: GenerationRecord): Promise<void> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true });
    const halfFile = path.join(folder, `${name}.half`);
    try {
      await writeFile(halfFile, serializeRecord(record));
      await rename(halfFile, path.join(folder, name));
    } catch (error) {
      await rm(halfFile, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  private async removeOldest(): Promise<void> {
    for (const { id } of this.loaded.slice(maxRecords)) {
      await this.remove(id).catch((error: unknown) =>
        this.options.warn(`record ${id} could not be removed: ${messageOf(error)}`),
      );
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
