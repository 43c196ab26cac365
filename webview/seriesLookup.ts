/** Finds rows of a series by their time. */
import { firstIndexFrom, type ChartSeries } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';

/**
 * The rows to draw for a time range, as start and end index: with one row beyond either edge, so that lines lead there.
 */
export function shownRows({ at }: ChartSeries, { from, to }: TimeRange): [start: number, end: number] {
  return [Math.max(0, firstIndexFrom(at, from) - 1), Math.min(at.length, firstIndexFrom(at, to) + 1)];
}

/** Number of points in a time range, without gaps. */
export function countIn({ at, value }: ChartSeries, { from, to }: TimeRange): number {
  let count = 0;
  for (let index = firstIndexFrom(at, from), end = firstIndexFrom(at, to + 1); index < end; index++)
    if ((value[index] ?? null) !== null) count++;
  return count;
}

/** Whether a time range has a point. */
export function hasPoint({ at, value }: ChartSeries, { from, to }: TimeRange): boolean {
  for (let index = firstIndexFrom(at, from), end = firstIndexFrom(at, to + 1); index < end; index++)
    if (typeof value[index] === 'number') return true;
  return false;
}

/** The lowest and the highest point in a time range; undefined without any. */
export function extremesIn({ at, value }: ChartSeries, { from, to }: TimeRange): [number, number] | undefined {
  let [lowest, highest] = [Infinity, -Infinity];
  for (let index = firstIndexFrom(at, from), end = firstIndexFrom(at, to + 1); index < end; index++) {
    const one = value[index];
    if (typeof one !== 'number') continue;
    if (one < lowest) lowest = one;
    if (one > highest) highest = one;
  }
  return lowest <= highest ? [lowest, highest] : undefined;
}

/** Mean of the points in a time range, each counting as much; undefined without any. */
export function meanIn({ at, value }: ChartSeries, { from, to }: TimeRange): number | undefined {
  let [count, sum] = [0, 0];
  for (let index = firstIndexFrom(at, from), end = firstIndexFrom(at, to + 1); index < end; index++) {
    const one = value[index];
    if (typeof one !== 'number') continue;
    count += 1;
    sum += one;
  }
  return count === 0 ? undefined : sum / count;
}

/** A point beside a gap is read from this far: Ray's report interval. */
const maxDistanceMs = 10_000;

/** The first index from `start` in a direction that has a value. */
function valueIndex(series: ChartSeries, start: number, step: 1 | -1): number | undefined {
  for (let index = start; index >= 0 && index < series.at.length; index += step) {
    if (series.value[index] !== null) return index;
  }
  return undefined;
}

/** Index of the point that a cursor reads: the nearest one on a line; in a gap and beyond the ends only a close one. */
export function indexAt(series: ChartSeries, time: number): number | undefined {
  const next = firstIndexFrom(series.at, time);
  const left = valueIndex(series, next - 1, -1);
  const right = valueIndex(series, next, 1);
  const distance = (index: number | undefined): number =>
    index === undefined ? Infinity : Math.abs((series.at[index] ?? Infinity) - time);
  const nearest = distance(left) < distance(right) ? left : right;
  const isOnLine = left !== undefined && right === left + 1;
  return isOnLine || distance(nearest) <= maxDistanceMs ? nearest : undefined;
}

/** Index of the newest point; undefined if the series is empty or ends in a gap. */
export function newestIndex(series: ChartSeries): number | undefined {
  const last = series.at.length - 1;
  return last < 0 || series.value[last] === null ? undefined : last;
}
