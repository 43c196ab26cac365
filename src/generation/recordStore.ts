/** Records as files in one folder: kept, bounded, and found again after a window closed in the middle of one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseRecord, serializeRecord, type GenerationRecord } from './generationRecord';

/** The newest stay. A record has a few kB. */
export const maxRecords = 200;
/** Of a draft, with the process that writes it: only a dead one's is cut off. */
const draftPattern = /^draft-(\d+)-([\w-]+)\.json$/;
/** A draft is written at each scrape; one that is older than this has nobody, whoever has its number now. */
const draftLifeMs = 10 * 60_000;
const recordPattern = /^[\w-]{1,64}\.json$/;

export interface RecordStoreOptions {
  folder: string;
  /** This process. */
  pid: number;
  isAlive: (pid: number) => boolean;
  /** Unix ms. */
  now: () => number;
  warn: (words: string) => void;
}

const newestFirst = (a: GenerationRecord, b: GenerationRecord): number => (a.id < b.id ? 1 : -1);

export class RecordStore {
  private known: GenerationRecord[] = [];
  /** Ids of records that could not be written, with the reason. */
  readonly saveErrors = new Map<string, string>();

  constructor(private readonly options: RecordStoreOptions) {}

  /** Newest first. */
  get records(): readonly GenerationRecord[] {
    return this.known;
  }

  get(id: string): GenerationRecord | undefined {
    return this.known.find((record) => record.id === id);
  }

  /** Reads what is there; drafts of windows that closed become records, marked as cut off. Never rejects. */
  async load(): Promise<void> {
    const names = await this.list();
    for (const name of names) await this.adopt(name);
    const kept = await Promise.all(
      names.filter((name) => recordPattern.test(name) && !draftPattern.test(name)).map((name) => this.read(name)),
    );
    const found = kept.filter((record) => record !== undefined);
    this.known = [...this.known, ...found.filter(({ id }) => !this.get(id))].sort(newestFirst);
    await this.bound();
  }

  /** Keeps a record, also where it cannot be written: then `unsaved` says why. Never rejects. */
  async add(record: GenerationRecord): Promise<void> {
    this.known = [record, ...this.known.filter(({ id }) => id !== record.id)].sort(newestFirst);
    try {
      await this.write(`${record.id}.json`, record);
      this.saveErrors.delete(record.id);
      await this.dropDraft(record.id);
      await this.bound();
    } catch (error) {
      this.saveErrors.set(record.id, reason(error));
      this.options.warn(`record ${record.id} could not be written: ${reason(error)}`);
    }
  }

  /** Writes what there is of the record that runs, so that nothing is lost with the window. Never rejects. */
  async keepDraft(record: GenerationRecord): Promise<void> {
    try {
      await this.write(this.draftName(record.id), record);
    } catch (error) {
      this.options.warn(`the draft of record ${record.id} could not be written: ${reason(error)}`);
    }
  }

  /** The window closes and waits for nobody. */
  addSync(record: GenerationRecord): void {
    try {
      mkdirSync(this.options.folder, { recursive: true });
      writeFileSync(path.join(this.options.folder, `${record.id}.json`), serializeRecord(record));
    } catch (error) {
      this.options.warn(`record ${record.id} could not be written: ${reason(error)}`);
    }
  }

  /** Forgets a record. Rejects where its file cannot be removed. */
  async remove(id: string): Promise<void> {
    if (!this.get(id)) return;
    await rm(path.join(this.options.folder, `${id}.json`), { force: true });
    this.known = this.known.filter((record) => record.id !== id);
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
      this.options.warn(`${name} is left alone: ${reason(error)}`);
      return undefined;
    }
  }

  private async adopt(name: string): Promise<void> {
    const pid = draftPattern.exec(name)?.[1];
    if (pid === undefined || !(await this.isOrphan(name, Number(pid)))) return;
    const draft = await this.read(name);
    const whole = draft && (await this.list()).includes(`${draft.id}.json`);
    if (draft && !whole) await this.add(draft);
    if (draft && this.saveErrors.has(draft.id)) return;
    await rm(path.join(this.options.folder, name), { force: true }).catch((error: unknown) =>
      this.options.warn(`${name}: ${reason(error)}`),
    );
  }

  /** At the start this process has no draft: one of its number is an earlier one's. */
  private async isOrphan(name: string, pid: number): Promise<boolean> {
    const { folder, isAlive, now } = this.options;
    if (pid === this.options.pid || !isAlive(pid)) return true;
    const { mtimeMs } = await stat(path.join(folder, name)).catch(() => ({ mtimeMs: now() }));
    return now() - mtimeMs > draftLifeMs;
  }

  private draftName(id: string): string {
    return `draft-${this.options.pid}-${id}.json`;
  }

  private async dropDraft(id: string): Promise<void> {
    await rm(path.join(this.options.folder, this.draftName(id)), { force: true });
  }

  /** A reader never sees half a file, and a full disk costs no record that is there. */
  private async write(name: string, record: GenerationRecord): Promise<void> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true });
    const half = path.join(folder, `${name}.half`);
    try {
      await writeFile(half, serializeRecord(record));
      await rename(half, path.join(folder, name));
    } catch (error) {
      await rm(half, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  private async bound(): Promise<void> {
    for (const { id } of this.known.slice(maxRecords)) {
      await this.remove(id).catch((error: unknown) =>
        this.options.warn(`record ${id} could not be removed: ${reason(error)}`),
      );
    }
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
