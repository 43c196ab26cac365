/** Reduces a series to as many points as a plot has room for, and keeps the result for the next drawing. */
import { firstIndexFrom, type ChartSeries } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';
import { shownRows } from './seriesLookup';

/** A point to draw: `x` in Unix ms; `y` is `NaN` for a gap. */
export interface Point {
  x: number;
  y: number;
}

/** The points of a series to draw. */
export interface DownsampledSeries {
  /** The points from index `start` to before `end` are drawn. */
  points: readonly Point[];
  start: number;
  end: number;
  /** Points with a gap on either side, which no line would show. */
  isolatedPoints: readonly Point[];
  /** Lowest and highest value and number of the drawn points, without gaps. */
  low: number;
  high: number;
  count: number;
}

/** Points nearer to one another than the width of a line would be drawn over one another. In CSS pixels. */
const columnWidthPx = 1.5;
/** Points that may be left of the range. Removing them moves all others, so it is not done for each. */
const maxLeadingPoints = 256;

/** The points of a series so far. Those of the last column are made again, because it may get more rows. */
interface DownsampleCache {
  columnsPerMs: number;
  /** Time of the first row that was used, and of the first row in the last column. */
  firstTime: number;
  lastColumnTime: number;
  points: Point[];
  isolatedPoints: Point[];
  /** How many points and isolated points are before the last column. */
  settled: { points: number; isolatedPoints: number };
}

/** By series. The page keeps the object of a series until the host replaces all data or the clock goes back. */
const caches = new WeakMap<ChartSeries, DownsampleCache>();

/**
 * The rows in a time range as points: per column of the width of a line at most the lowest and the highest value, in
 * the
 * order of time, and a gap if it is at least as wide. This looks the same as all rows, and draws much faster.
 *
 * The columns' times do not depend on the range, so that the points of earlier calls are reused and only new rows are
 * read. A series may grow at its end and lose rows at its beginning; after any other change it must be another object.
 */
export function downsample(series: ChartSeries, range: TimeRange, widthPx: number): DownsampledSeries {
  const columnsPerMs = widthPx / columnWidthPx / (range.to - range.from);
  const [start, end] = shownRows(series, range);
  const firstTime = series.at[start] ?? 0;
  let cache = caches.get(series);
  if (cache?.columnsPerMs !== columnsPerMs || firstTime < cache.firstTime) {
    cache = {
      columnsPerMs,
      firstTime,
      lastColumnTime: firstTime,
      points: [],
      isolatedPoints: [],
      settled: { points: 0, isolatedPoints: 0 },
    };
    caches.set(series, cache);
  }
  cache.points.length = cache.settled.points;
  cache.isolatedPoints.length = cache.settled.isolatedPoints;
  addRows(series, firstIndexFrom(series.at, cache.lastColumnTime), end, cache);
  return pointsInRange(cache, range);
}

function pointsInRange(cache: DownsampleCache, { from, to }: TimeRange): DownsampledSeries {
  const { points, isolatedPoints, settled } = cache;
  let start = Math.max(0, firstPointFrom(points, from) - 1);
  let end = Math.min(points.length, firstPointFrom(points, to) + 1);
  if (start > maxLeadingPoints && start <= settled.points) {
    dropPoints(cache, start);
    [start, end] = [0, end - start];
  }
  let [low, high, count] = [Infinity, -Infinity, 0];
  for (let index = start; index < end; index++) {
    const y = points[index]?.y ?? NaN;
    if (Number.isNaN(y)) continue;
    if (y < low) low = y;
    if (y > high) high = y;
    count++;
  }
  return { points, start, end, isolatedPoints, low, high, count };
}

/** Removes the first points, and the isolated points before the first one that is left. */
function dropPoints(cache: DownsampleCache, count: number): void {
  const { points, isolatedPoints, settled } = cache;
  cache.firstTime = points[count]?.x ?? cache.firstTime;
  const isolatedCount = Math.min(firstPointFrom(isolatedPoints, cache.firstTime), settled.isolatedPoints);
  points.splice(0, count);
  isolatedPoints.splice(0, isolatedCount);
  settled.points -= count;
  settled.isolatedPoints -= isolatedCount;
}

/** The first index whose point is at or after a time; the length if there is none. */
function firstPointFrom(points: readonly Point[], time: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.x ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Adds the columns of the rows from index `start` to before `end`.
 *
 * Written without destructuring in its loop: the first picture of a page runs it before it is compiled, when
 * destructuring costs more than everything else.
 */
function addRows({ at, value }: ChartSeries, start: number, end: number, cache: DownsampleCache): void {
  const { columnsPerMs, points, isolatedPoints, settled } = cache;
  const addPoint = (index: number): unknown => points.push({ x: at[index] ?? NaN, y: value[index] ?? NaN });
  const isGap = (index: number): boolean => (value[index] ?? null) === null;
  for (let first = start; first < end;) {
    cache.lastColumnTime = at[first] ?? cache.lastColumnTime;
    settled.points = points.length;
    settled.isolatedPoints = isolatedPoints.length;
    const column = Math.floor(cache.lastColumnTime * columnsPerMs);
    // Indexes of the column's lowest and highest value and of its last gap; -1 if there is none.
    let lowIndex = -1;
    let highIndex = -1;
    let gapIndex = -1;
    let low = Infinity;
    let high = -Infinity;
    let next = first;
    for (; next < end && Math.floor((at[next] ?? 0) * columnsPerMs) === column; next++) {
      const y = value[next];
      if (y === null || y === undefined) {
        gapIndex = next;
        continue;
      }
      if (y < low) {
        lowIndex = next;
        low = y;
      }
      if (y > high) {
        highIndex = next;
        high = y;
      }
      if (isGap(next - 1) && isGap(next + 1)) isolatedPoints.push({ x: at[next] ?? NaN, y });
    }
    const hasValue = lowIndex >= 0;
    const firstValue = Math.min(lowIndex, highIndex);
    const lastValue = Math.max(lowIndex, highIndex);
    // A gap between two points of a column is narrower than a line, and would not be visible.
    const hasGap = gapIndex >= 0 && (!hasValue || gapIndex < firstValue || gapIndex > lastValue);
    if (hasGap && (!hasValue || gapIndex < lowIndex)) addPoint(gapIndex);
    if (hasValue) addPoint(firstValue);
    if (lowIndex !== highIndex) addPoint(lastValue);
    if (hasGap && hasValue && gapIndex > lowIndex) addPoint(gapIndex);
    first = next;
  }
}
