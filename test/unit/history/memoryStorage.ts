/** History files in memory, and windows that write and read them. */
import type { HistoryStorage } from '../../../src/history/historyStorage';
import { History } from '../../../src/history/history';
import { Journal } from '../../../src/history/journal';
import { loadHistory } from '../../../src/history/loadHistory';
import { kv, snapshot, start } from './support';

/** Files in memory. */
export interface MemoryStorage extends HistoryStorage {
  files: Map<string, Uint8Array>;
  /** While it is set, appends reject with it. */
  fault: string | undefined;
}

/** Creates an empty storage. */
export function memoryStorage(): MemoryStorage {
  const files = new Map<string, Uint8Array>();
  const get = (name: string): Uint8Array => {
    const file = files.get(name);
    if (!file) throw new Error(`no ${name}`);
    return file;
  };
  return {
    files,
    fault: undefined,
    list: () => Promise.resolve([...files].map(([name, { length }]) => ({ name, bytes: length }))),
    read: async (name) => get(name),
    async append(name, bytes) {
      if (this.fault !== undefined) throw new Error(this.fault);
      files.set(name, Buffer.concat([files.get(name) ?? Buffer.alloc(0), bytes]));
    },
    async rename(from, to) {
      files.set(to, get(from));
      files.delete(from);
    },
    async remove(name) {
      files.delete(name);
    },
  };
}

/** A window that watches a run. */
export interface HistoryWriter {
  history: History;
  journal: Journal;
  /** Scrapes every `stepMs` (ten seconds) and writes each minute. */
  scrapeBetween(from: number, to: number, value?: (at: number) => number | undefined, stepMs?: number): Promise<void>;
}

/** Opens a window that writes a run's history to these files. */
export function openWriter(
  storage: HistoryStorage,
  writer: string,
  history = new History(),
  run = 'run',
): HistoryWriter {
  const journal = new Journal({ storage, run, writer });
  return {
    history,
    journal,
    async scrapeBetween(from, to, value = (at) => (at - start) / 10_000, stepMs = 10_000) {
      let written = from;
      for (let at = from; at <= to; at += stepMs) {
        const now = value(at);
        const spread =
          now === undefined
            ? {}
            : {
                kv: {
                  value: now,
                  to: at,
                  lowest: { engine: 'a', value: now / 2 },
                  highest: { engine: 'a', value: now },
                },
              };
        history.add(snapshot(at, spread, { a: now === undefined ? {} : kv(at, now) }));
        if (at - written < 60_000) continue;
        written = at;
        await journal.take(history, at);
        await journal.write(at);
      }
    },
  };
}

/** The history that a window reads when it opens the run at `now`. */
export async function reloadHistory(
  storage: HistoryStorage,
  now: number,
  run = 'run',
  warnings: string[] = [],
): Promise<History> {
  const history = new History();
  await loadHistory(history, run, {
    storage,
    now,
    warn: (message) => warnings.push(message),
    signal: new AbortController().signal,
  });
  return history;
}
