/** Where the files of kept runs are: a folder of this machine, or memory. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of a folder. */
export interface ListedFile {
  name: string;
  bytes: number;
  /** Another text than before if the file was written. */
  version: string;
}

/** A flat folder of files. Every method may reject. */
export interface RunStorage {
  /** Empty if the folder does not exist. */
  list(): Promise<ListedFile[]>;
  /** Another value than before if a file may have been written or removed; undefined: not known. */
  revision(): Promise<number | undefined>;
  /** Undefined if there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Replaces the file as a whole: no reader sees half of it. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Does nothing if the file does not exist. */
  remove(name: string): Promise<void>;
}

/** Suffix of a file that is being written. */
export const halfSuffix = '.half';

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

/** Files in a folder, which is created with the first one. Only its user can read them. */
export function folderRunStorage(folder: string): RunStorage {
  return {
    async list() {
      const names = (await readdir(folder).catch(undefinedIfMissing)) ?? [];
      // Another window may remove a file meanwhile.
      const stats = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
      return names.flatMap((name, index) => {
        const file = stats[index];
        if (!file?.isFile()) return [];
        // A file that replaces another one within the clock's resolution has another number.
        return [{ name, bytes: file.size, version: `${file.mtimeMs} ${file.ino}` }];
      });
    },
    // A file is replaced by renaming another one, which changes the folder.
    revision: async () => (await stat(folder).catch(undefinedIfMissing))?.mtimeMs,
    read: (name) => readFile(join(folder, name)).catch(undefinedIfMissing),
    async write(name, bytes) {
      await mkdir(folder, { recursive: true });
      const halfFile = join(folder, `${name}.${process.pid}${halfSuffix}`);
      try {
        await writeFile(halfFile, bytes, { mode: 0o600 });
        await rename(halfFile, join(folder, name));
      } catch (error) {
        await rm(halfFile, { force: true }).catch(() => undefined);
        throw error;
      }
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

/** Files in memory, for a VS Code window without a folder for them. */
export function memoryRunStorage(): RunStorage {
  const files = new Map<string, { bytes: Uint8Array; version: string }>();
  let writes = 0;
  return {
    list: async () => [...files].map(([name, { bytes, version }]) => ({ name, bytes: bytes.length, version })),
    revision: async () => undefined,
    read: async (name) => files.get(name)?.bytes,
    write: async (name, bytes) => void files.set(name, { bytes, version: String(++writes) }),
    remove: async (name) => void files.delete(name),
  };
}
