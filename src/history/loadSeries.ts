/** Restores points and minutes of a history from stored entries. */
import { TimeSlice } from '../shared/timeSlice';
import type { History } from './history';
import { subjectOfHeader, type MinuteHeader, type PointsHeader } from './journalHeader';
import { combineNumbers, minuteMs } from './minuteTier';
import { maxClockAheadMs, sortEntries, type LoadOptions, type StoredEntry } from './storedEntries';
import type { SubjectHistory } from './subjectHistory';

/** A series of an entry, and where it is restored to. */
interface EntrySeries {
  rows: number;
  isAggregate: boolean;
  /** Undefined if the history has no room for the series. */
  target: { history: SubjectHistory; slot: number } | undefined;
}

/** The series of an entry, in the order of its body. */
function* seriesOfEntry(
  history: History,
  { measures, owners, nodes = [] }: PointsHeader | MinuteHeader,
): Generator<EntrySeries> {
  for (const [index, header] of owners.entries()) {
    const subject = subjectOfHeader(header, nodes[index]);
    const subjectHistory = history.subjectHistoryOf(subject);
    subjectHistory.isListed = false;
    for (const [measure, rows] of header[2]) {
      const slot = history.allocateSlot(subjectHistory, measures[measure] ?? '');
      const target = slot === undefined ? undefined : { history: subjectHistory, slot };
      yield { rows, isAggregate: subject === undefined, target };
    }
  }
}

/** The series of an entry of points, with the number of their columns and where they begin in the body. */
function* placeSeries(
  history: History,
  header: PointsHeader,
): Generator<EntrySeries & { columns: number; offset: number }> {
  let offset = 0;
  for (const series of seriesOfEntry(history, header)) {
    const columns = series.isAggregate ? 4 : 2;
    yield { ...series, columns, offset };
    offset += series.rows * columns;
  }
}

/**
 * Restores points in the order in which they were written. If two windows wrote points of a series at the same time,
 * those of the entry that was written first count, so that no time is there twice.
 */
export async function loadPoints(
  history: History,
  entries: readonly StoredEntry<PointsHeader>[],
  { now, signal }: LoadOptions,
): Promise<void> {
  /** By slot: the last restored point, and which window wrote it. */
  const lastPoints = new Map<SubjectHistory, { writer: string; at: number }[]>();
  const slice = new TimeSlice();
  for (const { header, body, writer } of sortEntries(entries)) {
    signal.throwIfAborted();
    history.roundOldest();
    const numbers = new Float64Array(body, 0, Math.floor(body.byteLength / 8));
    const all = [...placeSeries(history, header)];
    const mostRows = all.reduce((most, { rows }) => Math.max(most, rows), 0);
    // Row by row, as they were measured: chunks of points are full when one of their series is.
    for (let row = 0; row < mostRows; row++)
      for (const { rows, columns, offset, target } of all) {
        if (row >= rows || !target) continue;
        if (slice.isOver) await slice.next();
        const cell = (column: number): number =>
          column < columns ? (numbers[offset + rows * column + row] ?? NaN) : NaN;
        const at = cell(0);
        const bySlot = lastPoints.get(target.history) ?? [];
        const last = bySlot[target.slot];
        const isOverlap = last !== undefined && last.writer !== writer && at <= last.at;
        if (!(at <= now + maxClockAheadMs) || isOverlap) continue;
        target.history.put(target.slot, { at, value: cell(1), low: cell(2), high: cell(3) });
        bySlot[target.slot] = { writer, at };
        lastPoints.set(target.history, bySlot);
      }
  }
}

interface MinuteNumbers {
  mean: number;
  low: number;
  high: number;
}

/**
 * Restores minutes. Of one window the last entry of a minute counts; of two windows the lowest and highest of both, and
 * the mean of the one that wrote last.
 */
export async function loadMinutes(
  history: History,
  entries: readonly StoredEntry<MinuteHeader>[],
  { now, signal }: LoadOptions,
): Promise<void> {
  /** By minute: the window that wrote it. */
  const writers = new Map<SubjectHistory, Map<number, string>>();
  const slice = new TimeSlice();
  for (const { header, body, writer } of sortEntries(entries)) {
    signal.throwIfAborted();
    history.roundOldest();
    const { minute, back } = header;
    if (minute * minuteMs > now + maxClockAheadMs) continue;
    history.changes.minutes.delete(minute);
    if (back !== undefined) truncateMinutes(history, back);
    const numbers = new Float32Array(body, 0, Math.floor(body.byteLength / 4));
    const restored = new Set<SubjectHistory>();
    let offset = 0;
    for (const { target } of seriesOfEntry(history, header)) {
      if (slice.isOver) await slice.next();
      const mean = numbers[offset] ?? NaN;
      const low = numbers[offset + 1] ?? NaN;
      const high = numbers[offset + 2] ?? NaN;
      offset += 3;
      if (!target) continue;
      const { history: subjectHistory, slot } = target;
      const before = writers.get(subjectHistory)?.get(minute);
      const isOfBoth = before !== undefined && before !== writer;
      const result = isOfBoth
        ? combineWithMinute({ mean, low, high }, subjectHistory, slot, minute)
        : { mean, low, high };
      subjectHistory.minutes.set(slot, subjectHistory.slotCapacity, minute, result.mean, result.low, result.high);
      restored.add(subjectHistory);
    }
    for (const each of restored)
      writers.set(each, (writers.get(each) ?? new Map<number, string>()).set(minute, writer));
  }
}

/** Removes the minutes after `minute`, which were written before the clock went back. */
function truncateMinutes(history: History, minute: number): void {
  for (const { slots, minutes } of history.subjectHistories)
    for (const slot of slots.values()) minutes.truncate(slot, minute + 1);
}

/** The numbers of a minute combined with those that the history has already. */
function combineWithMinute(
  numbers: MinuteNumbers,
  { minutes }: SubjectHistory,
  slot: number,
  minute: number,
): MinuteNumbers {
  let result = numbers;
  minutes.visit(slot, minute, minute + 1, (_minute, mean, low, high, isGap) => {
    if (isGap) return;
    result = Number.isNaN(numbers.mean)
      ? { mean, low, high }
      : {
          mean: numbers.mean,
          low: combineNumbers(low, numbers.low, Math.min),
          high: combineNumbers(high, numbers.high, Math.max),
        };
  });
  return result;
}
