/** Where the history's files are, and what they are called. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A flat folder of files. Every call may reject. */
export interface HistoryStorage {
  /** Empty where there is no such folder yet. */
  list(): Promise<{ name: string; bytes: number }[]>;
  read(name: string): Promise<Uint8Array>;
  /** Begins the file where it is not there. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens where it is not there. */
  remove(name: string): Promise<void>;
}

/** A folder of this machine's file system, made when the first file is; only its user can read it. */
export function folderStorage(folder: string): HistoryStorage {
  return {
    async list() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      // Another window may remove a file meanwhile.
      const sizes = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
      return names.flatMap((name, index) => (sizes[index]?.isFile() ? [{ name, bytes: sizes[index].size }] : []));
    },
    read: (name) => readFile(join(folder, name)),
    async append(name, bytes) {
      await mkdir(folder, { recursive: true });
      await appendFile(join(folder, name), bytes, { mode: 0o600 });
    },
    rename: (from, to) => rename(join(folder, from), join(folder, to)),
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

/** `points`: every point of a quarter of an hour; `minutes`: minutes and marks of an hour. */
export type FileKind = 'points' | 'minutes';

export const segmentMs: Record<FileKind, number> = { points: 15 * 60_000, minutes: 60 * 60_000 };

/** A file begins at a segment and belongs to one run and one window. */
export interface HistoryFile {
  /** As `runFile` makes it. */
  run: string;
  kind: FileKind;
  /** Unix ms. */
  from: number;
  writer: string;
}

export const fileName = ({ run, kind, from, writer }: HistoryFile): string => `${run}.${kind}.${from}.${writer}.skyrl`;

/** What a name says; undefined for a file that is not the history's. `aside`: it could not be read. */
export function parseFileName(name: string): (HistoryFile & { aside: boolean }) | undefined {
  const match = /^([\w-]{1,100})\.(points|minutes)\.(\d{1,15})\.(\w{1,40})\.skyrl(\.unreadable)?$/.exec(name);
  if (!match) return undefined;
  const [, run = '', kind, from, writer = '', aside] = match;
  return { run, kind: kind as FileKind, from: Number(from), writer, aside: aside !== undefined };
}

/** A run's identity as part of a file name: readable, and never the same for two runs. */
export function runFileKey(run: string): string {
  const plain = run.replace(/[^\w-]/g, '-').slice(0, 60);
  return plain === run ? plain : `${plain}-${createHash('sha256').update(run).digest('hex').slice(0, 12)}`;
}
