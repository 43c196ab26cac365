/** Where history files are stored. */
import { appendFile, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A flat folder of files. Every method may reject. */
export interface HistoryStorage {
  /** Empty if the folder does not exist. */
  list(): Promise<{ name: string; bytes: number }[]>;
  read(name: string): Promise<Uint8Array>;
  /** Creates the file if it does not exist. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Does nothing if the file does not exist. */
  remove(name: string): Promise<void>;
}

/** Storage in a folder of this machine, which is created with the first file. Only its user can read the files. */
export function folderStorage(folder: string): HistoryStorage {
  return {
    async list() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      // Another window may remove a file meanwhile.
      const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
      return names.flatMap((name, index) => (stats[index]?.isFile() ? [{ name, bytes: stats[index].size }] : []));
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
