/** From a run's files back into a history. */
import { mergeBands, type ChartBand } from '../shared/chartData';
import { TimeSlice } from '../shared/timeSlice';
import { decodeEntry, splitEntries } from './codec';
import { parseFileName, type FileKind, type HistoryStorage } from './files';
import type { History } from './history';
import { combineNumbers, minuteMs, minuteOf } from './minuteTier';
import type { SubjectHistory } from './subjectHistory';
import { subjectOfHeader, parseHeader, type BucketsHeader, type MinuteHeader, type PointsHeader } from './journalEntry';

/** What was noted for later than this ahead of now, a wrong clock has noted. */
const maxClockAheadMs = 300_000;

export interface LoadOptions {
  storage: HistoryStorage;
  /** Unix ms. */
  now: number;
  warn: (words: string) => void;
  signal: AbortSignal;
}

/** A record, and the window that wrote it. */
interface StoredEntry<Header> {
  header: Header;
  body: ArrayBuffer;
  writer: string;
}

/** By the time of writing, but those of one window in its own order: its clock may have gone back. */
function sortEntries<Header extends { at: number; sequence: number }>(
  records: readonly StoredEntry<Header>[],
): StoredEntry<Header>[] {
  const newest = new Map<string, number>();
  return [...records]
    .sort((a, b) => a.header.sequence - b.header.sequence)
    .map((record) => {
      const at = Math.max(record.header.at, newest.get(record.writer) ?? -Infinity);
      newest.set(record.writer, at);
      return { record, at };
    })
    .sort((a, b) => a.at - b.at)
    .map(({ record }) => record);
}

type SeriesSlot = { owner: SubjectHistory; slot: number; rows: number };

/** The series of a record in their order; undefined where there is no room for one. */
function* seriesOfEntry(
  history: History,
  { measures, owners }: PointsHeader | MinuteHeader,
): Generator<SeriesSlot | { rows: number; owner: undefined; ofEngine: boolean }> {
  for (const header of owners) {
    const engine = subjectOfHeader(header);
    const owner = history.subjectHistoryOf(engine);
    owner.isListed = false;
    for (const [measure, rows] of header[2]) {
      const slot = history.allocateSlot(owner, measures[measure] ?? '');
      yield slot === undefined ? { rows, owner: undefined, ofEngine: engine !== undefined } : { rows, owner, slot };
    }
  }
}

/**
 * Points in the order in which they were written. Where two windows wrote at the same time, each stretch of a series is of the one whose record ended
 * first: what the other has of it is left out, so that nothing is there twice.
 */
async function applyPoints(
  history: History,
  records: readonly StoredEntry<PointsHeader>[],
  { now, signal }: LoadOptions,
): Promise<void> {
  const reached = new Map<SubjectHistory, { writer: string; at: number }[]>();
  const slice = new TimeSlice();
  for (const { header, body, writer } of sortEntries(records)) {
    signal.throwIfAborted();
    const numbers = new Float64Array(body, 0, Math.floor(body.byteLength / 8));
    let at = 0;
    for (const series of seriesOfEntry(history, header)) {
      if (slice.isOver) await slice.next();
      const { rows, owner } = series;
      const isAggregate = owner ? owner.subject === undefined : !series.ofEngine;
      const spread = (row: number, column: number): number =>
        isAggregate ? (numbers[at + rows * column + row] ?? NaN) : NaN;
      for (let row = 0; owner && row < rows; row++) {
        const time = numbers[at + row] ?? NaN;
        const own = reached.get(owner) ?? [];
        const last = own[series.slot];
        if (!(time <= now + maxClockAheadMs) || (last && last.writer !== writer && time <= last.at)) continue;
        owner.put(series.slot, {
          at: time,
          value: numbers[at + rows + row] ?? NaN,
          low: spread(row, 2),
          high: spread(row, 3),
        });
        own[series.slot] = { writer, at: time };
        reached.set(owner, own);
      }
      at += rows * (isAggregate ? 4 : 2);
    }
  }
}

/** Minutes: the last that a window wrote of each; of two windows the lowest of both and the highest of both, and the mean of the one that wrote last. */
async function applyMinutes(
  history: History,
  records: readonly StoredEntry<MinuteHeader>[],
  { now, signal }: LoadOptions,
): Promise<void> {
  const writers = new Map<SubjectHistory, Map<number, string>>();
  const slice = new TimeSlice();
  for (const { header, body, writer } of sortEntries(records)) {
    signal.throwIfAborted();
    const { minute, back } = header;
    if (minute * minuteMs > now + maxClockAheadMs) continue;
    history.changes.minutes.delete(minute);
    if (back !== undefined)
      for (const owner of history.subjectHistories)
        for (const slot of owner.slots.values()) owner.minutes.truncate(slot, back + 1);
    const numbers = new Float32Array(body, 0, Math.floor(body.byteLength / 4));
    const written: [Map<number, string>, SubjectHistory][] = [];
    let at = 0;
    for (const series of seriesOfEntry(history, header)) {
      if (slice.isOver) await slice.next();
      if (series.owner) {
        const { owner, slot } = series;
        let [mean, low, high] = [numbers[at] ?? NaN, numbers[at + 1] ?? NaN, numbers[at + 2] ?? NaN];
        const own = writers.get(owner) ?? new Map<number, string>();
        const other = own.get(minute);
        if (other !== undefined && other !== writer)
          owner.minutes.visit(slot, minute, minute + 1, (_minute, ...before) => {
            const [beforeMean, beforeLow, beforeHigh, gap] = before;
            if (gap) return;
            if (Number.isNaN(mean)) [mean, low, high] = [beforeMean, beforeLow, beforeHigh];
            else [low, high] = [combineNumbers(beforeLow, low, Math.min), combineNumbers(beforeHigh, high, Math.max)];
          });
        written.push([own, owner]);
        owner.minutes.set(slot, owner.slotCapacity, minute, mean, low, high);
      }
      at += 3;
    }
    for (const [own, owner] of written) writers.set(owner, own.set(minute, writer));
  }
}

/** The rows of each histogram in turn. */
function* bucketRowsOf({ header, body }: StoredEntry<BucketsHeader>): Generator<{
  histogram: string;
  bounds: number[];
  from: number;
  to: number;
  counts: Float64Array;
}> {
  const numbers = new Float64Array(body, 0, Math.floor(body.byteLength / 8));
  let at = 0;
  for (const [histogram, bounds, rows] of header.histograms) {
    for (let row = 0; row < rows; row++) {
      const end = at + bounds.length + 3;
      if (end > numbers.length) return;
      yield {
        histogram,
        bounds,
        from: numbers[at] ?? NaN,
        to: numbers[at + 1] ?? NaN,
        counts: numbers.subarray(at + 2, end),
      };
      at = end;
    }
  }
}

/** Buckets of histograms: every row there is, and before the first of them the last of each minute. What a second window wrote of the same time is left out. */
async function applyBuckets(
  { distributionHistory }: History,
  every: readonly StoredEntry<BucketsHeader>[],
  minutes: readonly StoredEntry<BucketsHeader>[],
  { now, signal }: LoadOptions,
): Promise<void> {
  const firsts = new Map<string, number>();
  for (const record of every)
    for (const { histogram, to } of bucketRowsOf(record))
      firsts.set(histogram, Math.min(to, firsts.get(histogram) ?? Infinity));
  const writers = new Map<string, string>();
  const slice = new TimeSlice();
  for (const [records, isMinutes] of [
    [minutes, true],
    [every, false],
  ] as const) {
    for (const record of sortEntries(records)) {
      signal.throwIfAborted();
      for (const { histogram, bounds, ...row } of bucketRowsOf(record)) {
        if (slice.isOver) await slice.next();
        const isOthers =
          (writers.get(histogram) ?? record.writer) !== record.writer &&
          row.to <= distributionHistory.lastOf(histogram);
        if (
          !(row.to <= now + maxClockAheadMs) ||
          isOthers ||
          (isMinutes && row.to >= (firsts.get(histogram) ?? Infinity))
        )
          continue;
        distributionHistory.put(histogram, bounds, row);
        writers.set(histogram, record.writer);
      }
    }
  }
}

/** Reads a file's records; says what is wrong with it, and sets it aside where nothing of it can be read. Never rejects for a file's sake. */
async function readEntries(
  name: string,
  { storage, warn, signal }: LoadOptions,
): Promise<{ header: NonNullable<ReturnType<typeof parseHeader>>; body: ArrayBuffer }[]> {
  try {
    const { payloads, fault } = splitEntries(await storage.read(name));
    if (fault === 'foreign') {
      warn(`history: ${name} is none of this version’s files; it is set aside.`);
      await storage.rename(name, `${name}.unreadable`);
    }
    if (fault === 'corrupt') warn(`history: ${name} is damaged; what is whole of it is read.`);
    const records = [];
    for (const payload of payloads) {
      signal.throwIfAborted();
      const { header, body } = await decodeEntry(payload);
      const known = parseHeader(header);
      if (known) records.push({ header: known, body });
    }
    return records;
  } catch (error) {
    signal.throwIfAborted();
    warn(`history: ${name} could not be read: ${String(error)}`);
    return [];
  }
}

/** Takes what the files have of a run (as `runFile` names it) into an empty history. Rejects where the folder cannot be listed, or when the signal aborts. */
export async function loadHistory(history: History, run: string, loading: LoadOptions): Promise<void> {
  const { storage, now, signal } = loading;
  const points: StoredEntry<PointsHeader>[] = [];
  const minutes: StoredEntry<MinuteHeader>[] = [];
  const buckets: Record<FileKind, StoredEntry<BucketsHeader>[]> = { points: [], minutes: [] };
  let bands: ChartBand[] = [];
  let seenAt = -Infinity;
  const listed = (await storage.list()).flatMap(({ name }) => {
    const file = parseFileName(name);
    return file?.run === run && !file.aside && file.from <= now + maxClockAheadMs ? [{ name, ...file }] : [];
  });
  const order: Record<FileKind, number> = { points: 0, minutes: 1 };
  for (const { name, kind, writer } of listed.sort((a, b) => order[a.kind] - order[b.kind] || a.from - b.from)) {
    for (const { header, body } of await readEntries(name, loading)) {
      seenAt = Math.max(seenAt, Math.min(header.at, now));
      if (header.kind === 'points') points.push({ header, body, writer });
      else if (header.kind === 'minute') minutes.push({ header, body, writer });
      else if (header.kind === 'buckets') buckets[kind].push({ header, body, writer });
      else
        bands = mergeBands(
          bands,
          header.bands.filter(({ from }) => from <= now),
        );
    }
    signal.throwIfAborted();
  }
  await applyPoints(history, points, loading);
  await applyMinutes(history, minutes, loading);
  await applyBuckets(history, buckets.points, buckets.minutes, loading);
  // What is before the first point is told by minutes, and the minute of that point too: its beginning may have gone with an older file. A run that began
  // with that point has no minute before it.
  for (const { points: kept, minutes: told } of history.subjectHistories) {
    const { firstAt } = kept;
    if (told.hasBefore(firstAt === undefined ? Infinity : minuteOf(firstAt))) kept.completeFrom = firstAt ?? now;
  }
  history.bandHistory.restore(bands, seenAt);
  history.finishLoading(now);
}
