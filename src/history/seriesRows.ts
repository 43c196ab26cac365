/** The rows that a measure of a snapshot adds to its series. */
import type { Measure } from '../api';

/**
 * Farthest that two points may be apart, in ms, to count as measured without a gap: the timer scrapes at least once a
 * minute.
 */
export const maxPointDistanceMs = 150_000;
/** A measure that is farther ahead of the snapshot that has it is not trusted. */
const maxClockAheadMs = 300_000;

/** A point, or a gap if `value` is NaN. `low` and `high` are NaN if there is no spread. */
export interface SeriesRow {
  /** Unix ms. */
  at: number;
  value: number;
  low: number;
  high: number;
}

/** The end of a series before a snapshot. */
export interface SeriesEnd {
  /** Time of its last row; -Infinity if it has none. */
  at: number;
  /** `to` of its last measure. */
  to: number;
  /** Whether its last row is a gap. */
  inGap: boolean;
}

/** Whether a number can be kept: the columns of minutes have single precision, in which large numbers are infinite. */
const isStorable = (value: number): boolean => Number.isFinite(Math.fround(value));

/** Whether a measure can be kept: it is finite, and not of the future. `now` is the snapshot's time. */
export function isMeasured(measure: Measure | undefined, now: number): measure is Measure {
  return measure !== undefined && isStorable(measure.value) && measure.to >= 0 && measure.to <= now + maxClockAheadMs;
}

function toPoint({ to, value, lowest, highest }: Measure): SeriesRow {
  const hasSpread = lowest && highest && isStorable(lowest.value) && isStorable(highest.value);
  return { at: to, value, low: hasSpread ? lowest.value : NaN, high: hasSpread ? highest.value : NaN };
}

/**
 * Calls `addRow` with the rows to add: none, a gap, a point, or a gap and a point. `now` is the snapshot's time.
 */
export function addRowsFor(
  end: SeriesEnd,
  measure: Measure | undefined,
  now: number,
  addRow: (row: SeriesRow) => void,
): void {
  const isNow = isMeasured(measure, now);
  if (isNow && measure.to === end.to) return;
  const isFarFromLast = isNow && measure.to - end.to > maxPointDistanceMs && (measure.from ?? measure.to) > end.to;
  if (!end.inGap && (!isNow || isFarFromLast)) addRow({ at: end.at + 1, value: NaN, low: NaN, high: NaN });
  if (isNow) addRow(toPoint(measure));
}
