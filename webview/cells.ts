/** The cells of a series on a time axis: the time around each of its points. Pure; times are Unix ms. */
import { firstIndexFrom, type ChartSeries } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';

/** How far the cell of a lone point reaches to either side: half of Ray's report interval. */
const loneReachMs = 5_000;
/** How far a cell reaches into a gap at most: half of a minute, the distance of old points. */
export const maxReachMs = 30_000;
/** Half of the farthest distance of two points without a gap. */
const maxCellReachMs = 75_000;

const hasValue = ({ value }: ChartSeries, index: number): boolean => typeof value[index] === 'number';

/** Half the distance of two points of a series; undefined if one of them has no value. */
function halfway(series: ChartSeries, index: number, other: number): number | undefined {
  return hasValue(series, other) ? Math.abs((series.at[index] ?? NaN) - (series.at[other] ?? NaN)) / 2 : undefined;
}

/**
 * From the middle between a point and the one before it to the middle between it and the next. Beside a gap it reaches
 * as far as on its other side, at most half a minute, and not beyond the middle of the gap.
 */
export function cellAround(series: ChartSeries, index: number): TimeRange {
  const time = series.at[index] ?? NaN;
  const [left, right] = [halfway(series, index, index - 1), halfway(series, index, index + 1)];
  const reach = (other: number | undefined, step: 1 | -1): number =>
    Math.min(maxReachMs, other ?? loneReachMs, halfway(series, index, index + 2 * step) ?? Infinity);
  return { from: time - (left ?? reach(right, -1)), to: time + (right ?? reach(left, 1)) };
}

/** Index of the point whose cell holds a time; undefined in a gap and beyond the ends. */
export function pointAt(series: ChartSeries, time: number): number | undefined {
  const next = firstIndexFrom(series.at, time);
  // A gap may be between the time and its point.
  for (const index of [next - 1, next, next - 2, next + 1]) {
    if (!hasValue(series, index)) continue;
    const { from, to } = cellAround(series, index);
    if (from <= time && time < to) return index;
  }
  return undefined;
}

/** The value whose cell holds a time; undefined where nothing was measured. */
export function valueAt(series: ChartSeries, time: number): number | undefined {
  const index = pointAt(series, time);
  return index === undefined ? undefined : (series.value[index] ?? undefined);
}

/** Visits the cells that overlap a time range, ascending in time. */
export function visitCells(
  series: ChartSeries,
  { from, to }: TimeRange,
  visit: (from: number, to: number, value: number) => void,
): void {
  const { at, value } = series;
  const last = Math.min(at.length, firstIndexFrom(at, to + maxCellReachMs));
  for (let index = firstIndexFrom(at, from - maxCellReachMs); index < last; index++) {
    const one = value[index];
    if (typeof one !== 'number') continue;
    let [start, end] = [0, 0];
    if (typeof value[index - 1] === 'number' && typeof value[index + 1] === 'number') {
      // As `cellAround` does, which is slow for the tens of thousands of cells without a gap beside them.
      const time = at[index] as number;
      start = ((at[index - 1] as number) + time) / 2;
      end = (time + (at[index + 1] as number)) / 2;
    } else ({ from: start, to: end } = cellAround(series, index));
    if (end > from && start < to) visit(start, end, one);
  }
}

/** Number of cells that overlap a time range, of all series. */
export function countCells(engines: readonly { series: ChartSeries | undefined }[], range: TimeRange): number {
  let cells = 0;
  for (const { series } of engines) if (series) cells += countCellsOf(series, range);
  return cells;
}

/** As many as `visitCells` visits: those whose point is in the range, and those that reach into it from outside. */
function countCellsOf(series: ChartSeries, range: TimeRange): number {
  const { at, value } = series;
  const [start, end] = [firstIndexFrom(at, range.from), firstIndexFrom(at, range.to)];
  let cells = countReaching(series, start - 1, -1, range) + countReaching(series, end, 1, range);
  for (let index = start; index < end; index++) if (typeof value[index] === 'number') cells += 1;
  return cells;
}

/** How many cells reach into a range, from an index outside of it on and away from it. */
function countReaching(series: ChartSeries, start: number, step: 1 | -1, { from, to }: TimeRange): number {
  let cells = 0;
  for (let index = start; index >= 0 && index < series.at.length; index += step) {
    const time = series.at[index] as number;
    if (time < from - maxCellReachMs || time > to + maxCellReachMs) break;
    if (!hasValue(series, index)) continue;
    const cell = cellAround(series, index);
    if (cell.to <= from || cell.from >= to) break;
    cells += 1;
  }
  return cells;
}
