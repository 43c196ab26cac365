/** The names of history files. */
import { createHash } from 'node:crypto';
import { isPortableId } from '../shared/fileName';

/** `points`: every point of a quarter of an hour; `minutes`: minutes and bands of an hour. */
export type FileKind = 'points' | 'minutes';

/** The time that a file covers, in ms. */
export const segmentMs: Record<FileKind, number> = { points: 15 * 60_000, minutes: 60 * 60_000 };

/** A file belongs to one segment of time, one run and one VS Code window. */
interface HistoryFile {
  /** As `runFileKey` returns it. */
  run: string;
  kind: FileKind;
  /** Beginning of its segment, Unix ms. */
  from: number;
  /** Identifies the window that writes it. */
  writer: string;
}

/** Name of a file. */
export const fileName = ({ run, kind, from, writer }: HistoryFile): string => `${run}.${kind}.${from}.${writer}.skyrl`;

/** Suffix of a file that could not be read and was renamed. */
export const unreadableSuffix = '.unreadable';

/**
 * Parses a file name; undefined if it is not one of the history's. `isUnreadable`: it was renamed because it could not
 * be read.
 */
export function parseFileName(name: string): (HistoryFile & { isUnreadable: boolean }) | undefined {
  const match = /^([\w-]{1,100})\.(points|minutes)\.(\d{1,15})\.(\w{1,40})\.skyrl(\.unreadable)?$/.exec(name);
  if (!match) return undefined;
  const [, run = '', kind, from, writer = '', suffix] = match;
  return { run, kind: kind as FileKind, from: Number(from), writer, isUnreadable: suffix !== undefined };
}

/** A run's identity as a part of file names: readable, and different for any two runs. */
export function runFileKey(run: string): string {
  const readable = run.replace(/[^\w-]/g, '-').slice(0, 60);
  return readable === run && run === run.toLowerCase() && isPortableId(run)
    ? readable
    : `${readable}-${createHash('sha256').update(run).digest('hex').slice(0, 12)}`;
}
