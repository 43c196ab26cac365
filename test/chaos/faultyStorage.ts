/** A folder for the history whose disk can be full, read-only, or damaged. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryStorage } from '../../src/history/historyStorage';
import { folderStorage } from '../../src/history/historyStorage';

/** What is wrong with the disk. `full`: half of what is written fits. */
export type DiskFault = 'full' | 'read-only';

const failure = (code: string): Error => Object.assign(new Error(`${code}: the disk of the simulation`), { code });

/** The storage, and what is done to it. */
export interface FaultyStorage extends HistoryStorage {
  fault: DiskFault | undefined;
  /** Operations that have not ended yet. */
  readonly open: number;
  /** Damages each file somewhere: a byte is changed, or the rest is cut off. `random`: from 0 to below 1. */
  damage(random: () => number): void;
}

/** Storage in a folder. */
export function faultyStorage(folder: string): FaultyStorage {
  const inner = folderStorage(folder);
  let open = 0;
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    open += 1;
    try {
      return await work();
    } finally {
      open -= 1;
    }
  };
  const change = (work: () => Promise<void>): Promise<void> =>
    counted(() => (storage.fault === 'read-only' ? Promise.reject(failure('EROFS')) : work()));
  const storage: FaultyStorage = {
    fault: undefined,
    get open() {
      return open;
    },
    list: () => counted(() => inner.list()),
    read: (name) => counted(() => inner.read(name)),
    append: (name, bytes) =>
      change(async () => {
        if (storage.fault !== 'full') return inner.append(name, bytes);
        await inner.append(name, bytes.subarray(0, bytes.length >> 1));
        throw failure('ENOSPC');
      }),
    rename: (from, to) => change(() => inner.rename(from, to)),
    remove: (name) => change(() => inner.remove(name)),
    damage(random) {
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        const bytes = readFileSync(path);
        const at = Math.floor(random() * bytes.length);
        if (random() < 0.5) writeFileSync(path, bytes.subarray(0, at));
        else {
          bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(random() * 255));
          writeFileSync(path, bytes);
        }
      }
    },
  };
  return storage;
}
