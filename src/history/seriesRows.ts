/** From a snapshot's measure to the rows by which its series grows. */
import type { Measure } from '../api';

/** The timer asks at least once a minute; points further apart than this were not measured in between. */
export const maxPointDistanceMs = 150_000;
/** A measure from further ahead of its own snapshot is no measure. */
const maxClockAheadMs = 300_000;

/** One row: a point, or a gap where `value` is NaN. `low` and `high` are NaN where there is no spread. */
export interface SeriesRow {
  at: number;
  value: number;
  low: number;
  high: number;
}

/** How a series ended before this snapshot. */
export interface Ending {
  /** Its last row's time; -Infinity where it has none. */
  at: number;
  /** `to` of the last measure that was noted. */
  to: number;
  inGap: boolean;
}

/** A number that is not finite was not measured, nor was one of a time that has not been yet. */
export function isMeasured(measure: Measure | undefined, now: number): measure is Measure {
  return (
    measure !== undefined && Number.isFinite(measure.value) && measure.to >= 0 && measure.to <= now + maxClockAheadMs
  );
}

function pointOf({ to, value, lowest, highest }: Measure): SeriesRow {
  const known = lowest && highest && Number.isFinite(lowest.value) && Number.isFinite(highest.value);
  return { at: to, value, low: known ? lowest.value : NaN, high: known ? highest.value : NaN };
}

/** None, a gap, a point, or a gap and a point. `now` is the snapshot's time. */
export function rowsFor(last: Ending, measure: Measure | undefined, now: number): SeriesRow[] {
  const gap: SeriesRow = { at: last.at + 1, value: NaN, low: NaN, high: NaN };
  if (!isMeasured(measure, now)) return last.inGap ? [] : [gap];
  if (measure.to === last.to) return [];
  const unmeasured = measure.to - last.to > maxPointDistanceMs && (measure.from ?? measure.to) > last.to;
  return unmeasured && !last.inGap ? [gap, pointOf(measure)] : [pointOf(measure)];
}
