import { firstIndexFrom, type ChartSeries } from '../src/shared/chartData';

/** The rows to draw for a time, as start and end: with one row beyond either edge, so that lines lead in and out. */
export function shownRows({ at }: ChartSeries, { from, to }: { from: number; to: number }): [number, number] {
  return [Math.max(0, firstIndexFrom(at, from) - 1), Math.min(at.length, firstIndexFrom(at, to) + 1)];
}

/** How many points were measured in a time. */
export function countIn({ at, value }: ChartSeries, { from, to }: { from: number; to: number }): number {
  let count = 0;
  for (let index = firstIndexFrom(at, from), end = firstIndexFrom(at, to + 1); index < end; index++)
    if ((value[index] ?? null) !== null) count++;
  return count;
}

/** How far from a point the cursor may stand and still read it, where no line leads from it: Ray's report interval. */
const reachMs = 10_000;

function valueIndex(series: ChartSeries, start: number, step: 1 | -1): number | undefined {
  for (let index = start; index >= 0 && index < series.at.length; index += step) {
    if (series.value[index] !== null) return index;
  }
  return undefined;
}

/**
 * The index of the point that the cursor at `time` reads: the nearest on a line; in a gap and beyond the ends only one close by.
 * `undefined`: nothing was measured there.
 */
export function indexAt(series: ChartSeries, time: number): number | undefined {
  const next = firstIndexFrom(series.at, time);
  const left = valueIndex(series, next - 1, -1);
  const right = valueIndex(series, next, 1);
  const distance = (index: number | undefined): number =>
    index === undefined ? Infinity : Math.abs((series.at[index] ?? Infinity) - time);
  const nearest = distance(left) < distance(right) ? left : right;
  const onLine = left !== undefined && right === left + 1;
  return onLine || distance(nearest) <= reachMs ? nearest : undefined;
}

/** The index of the newest point; `undefined` where the series ends in a gap. */
export function newestIndex(series: ChartSeries): number | undefined {
  const last = series.at.length - 1;
  return last < 0 || series.value[last] === null ? undefined : last;
}
