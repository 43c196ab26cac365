/** Reads the journal entries of a run from its files. */
import { mergeBands, type ChartBand } from '../shared/chartData';
import { decodeEntry, splitEntries } from './codec';
import { parseFileName, unreadableSuffix, type FileKind } from './historyFile';
import type { HistoryStorage } from './historyStorage';
import {
  parseHeader,
  type BucketsHeader,
  type EntryHeader,
  type MinuteHeader,
  type PointsHeader,
  type WorkHeader,
} from './journalHeader';

/** Data that is farther ahead of now was written with a wrong clock. */
export const maxClockAheadMs = 300_000;

/** What reading files needs. */
export interface LoadOptions {
  storage: HistoryStorage;
  /** Unix ms. */
  now: number;
  /** Called with a message about a file that cannot be read as a whole. */
  warn: (message: string) => void;
  signal: AbortSignal;
}

/** An entry, and the window that wrote it. */
export interface StoredEntry<Header> {
  header: Header;
  body: ArrayBuffer;
  writer: string;
}

/** All entries of a run. */
interface StoredEntries {
  points: StoredEntry<PointsHeader>[];
  minutes: StoredEntry<MinuteHeader>[];
  /** By kind of the file: every row, or the last rows of minutes. */
  buckets: Record<FileKind, StoredEntry<BucketsHeader>[]>;
  bands: ChartBand[];
  work: StoredEntry<WorkHeader>[];
  /** When the newest entry was written, at most now, Unix ms; -Infinity if there is none. */
  lastAt: number;
}

/**
 * Entries by time of writing. Those of one window keep their own order, because its clock may have gone back.
 */
export function sortEntries<Header extends { at: number; sequence: number }>(
  entries: readonly StoredEntry<Header>[],
): StoredEntry<Header>[] {
  const newestByWriter = new Map<string, number>();
  return [...entries]
    .sort((a, b) => a.header.sequence - b.header.sequence)
    .map((entry) => {
      const at = Math.max(entry.header.at, newestByWriter.get(entry.writer) ?? -Infinity);
      newestByWriter.set(entry.writer, at);
      return { entry, at };
    })
    .sort((a, b) => a.at - b.at)
    .map(({ entry }) => entry);
}

const readingOrder: Record<FileKind, number> = { points: 0, minutes: 1 };

/**
 * Reads all files of a run (as `runFileKey` returns it). Rejects if the folder cannot be listed, or when the signal
 * aborts.
 */
export async function readStoredEntries(run: string, options: LoadOptions): Promise<StoredEntries> {
  const { storage, now, signal } = options;
  const entries: StoredEntries = {
    points: [],
    minutes: [],
    buckets: { points: [], minutes: [] },
    bands: [],
    work: [],
    lastAt: -Infinity,
  };
  const files = (await storage.list())
    .flatMap(({ name }) => {
      const file = parseFileName(name);
      return file?.run === run && !file.isUnreadable && file.from <= now + maxClockAheadMs ? [{ name, ...file }] : [];
    })
    .sort((a, b) => readingOrder[a.kind] - readingOrder[b.kind] || a.from - b.from);
  for (const { name, kind, writer } of files) {
    for (const { header, body } of await readFileEntries(name, options)) {
      entries.lastAt = Math.max(entries.lastAt, Math.min(header.at, now));
      if (header.kind === 'points') entries.points.push({ header, body, writer });
      else if (header.kind === 'minute') entries.minutes.push({ header, body, writer });
      else if (header.kind === 'buckets') entries.buckets[kind].push({ header, body, writer });
      else if (header.kind === 'work') entries.work.push({ header, body, writer });
      else {
        const past = header.bands.filter(({ from }) => from <= now);
        entries.bands = mergeBands(entries.bands, past);
      }
    }
    signal.throwIfAborted();
  }
  return entries;
}

/**
 * The intact entries of a file. A faulty file is reported, and one of another format or version is renamed. Rejects
 * only when the signal aborts.
 */
async function readFileEntries(
  name: string,
  { storage, warn, signal }: LoadOptions,
): Promise<{ header: EntryHeader; body: ArrayBuffer }[]> {
  try {
    const { payloads, fault } = splitEntries(await storage.read(name));
    if (fault === 'foreign') {
      warn(`history: ${name} is not a file of this version; it is renamed.`);
      await storage.rename(name, `${name}${unreadableSuffix}`);
    }
    if (fault === 'corrupt') warn(`history: ${name} is damaged; its intact entries are read.`);
    const entries = [];
    for (const payload of payloads) {
      signal.throwIfAborted();
      const { header, body } = await decodeEntry(payload);
      const parsed = parseHeader(header);
      if (parsed) entries.push({ header: parsed, body });
    }
    return entries;
  } catch (error) {
    signal.throwIfAborted();
    warn(`history: ${name} could not be read: ${String(error)}`);
    return [];
  }
}
