import { firstIndexFrom, type ChartSeries } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';
import { shownRows } from './seriesLookup';

/** A point to draw; `NaN` is a gap. */
export interface Point {
  x: number;
  y: number;
}

/** What of a series is drawn: `points` from `start` to `end`, and those with a gap on either side, which no line shows. */
export interface DownsampledSeries {
  points: readonly Point[];
  start: number;
  end: number;
  isolatedPoints: readonly Point[];
  /** The lowest and the highest of those points, and how many are no gaps. */
  low: number;
  high: number;
  count: number;
}

/** A line is as wide: what is closer together is drawn over itself. */
const lineWidthPx = 1.5;
/** Points that may lie before what is shown: removing them moves all others. */
const maxLeadingPoints = 256;

/** What was made of a series so far. Of its last column it is made anew, as rows may still come into it. */
interface DownsampleCache {
  /** Columns per ms. */
  scale: number;
  /** The time of the first row looked at, and of the first one in the last column. */
  first: number;
  last: number;
  points: Point[];
  isolatedPoints: Point[];
  /** How many of each are before the last column. */
  settledCounts: { points: number; lone: number };
}

/** The page's series live until the host sends everything anew; a page's clock that goes back gives another one. */
const memory = new WeakMap<ChartSeries, DownsampleCache>();

/**
 * The rows of a time as points, at most two and a gap for each width of a line on `pixels`: its lowest and its highest, in the order of time.
 * What is drawn looks the same and costs a part of it; a gap stays where it is at least as wide.
 *
 * Columns lie at the same times however the window moves, so what was made of a series is kept, and only new rows are looked at.
 * The series may grow at its end and lose rows at its beginning; one that is changed otherwise must be another object.
 */
export function downsample(series: ChartSeries, range: TimeRange, pixels: number): DownsampledSeries {
  const scale = pixels / lineWidthPx / (range.to - range.from);
  const [start, end] = shownRows(series, range);
  const first = series.at[start] ?? 0;
  let kept = memory.get(series);
  if (kept?.scale !== scale || first < kept.first) {
    kept = { scale, first, last: first, points: [], isolatedPoints: [], settledCounts: { points: 0, lone: 0 } };
    memory.set(series, kept);
  }
  kept.points.length = kept.settledCounts.points;
  kept.isolatedPoints.length = kept.settledCounts.lone;
  takeRows(series, firstIndexFrom(series.at, kept.last), end, kept);
  return shownOf(kept, range);
}

function shownOf(kept: DownsampleCache, { from, to }: TimeRange): DownsampledSeries {
  const { points, isolatedPoints, settledCounts } = kept;
  let [start, end] = [Math.max(0, indexFrom(points, from) - 1), Math.min(points.length, indexFrom(points, to) + 1)];
  if (start > maxLeadingPoints && start <= settledCounts.points) {
    kept.first = points[start]?.x ?? kept.first;
    const dots = Math.min(indexFrom(isolatedPoints, kept.first), settledCounts.lone);
    points.splice(0, start);
    isolatedPoints.splice(0, dots);
    settledCounts.points -= start;
    settledCounts.lone -= dots;
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

function indexFrom(points: readonly Point[], time: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.x ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Adds the columns of the rows from `start` to `end`.
 *
 * Plain statements: a page's first picture runs them before they are compiled, when taking lists apart costs more than all the rest.
 */
function takeRows({ at, value }: ChartSeries, start: number, end: number, kept: DownsampleCache): void {
  const { scale, points, isolatedPoints, settledCounts } = kept;
  const add = (index: number): unknown => points.push({ x: at[index] ?? NaN, y: value[index] ?? NaN });
  const isGap = (index: number): boolean => (value[index] ?? null) === null;
  for (let first = start; first < end;) {
    kept.last = at[first] ?? kept.last;
    settledCounts.points = points.length;
    settledCounts.lone = isolatedPoints.length;
    const place = Math.floor(kept.last * scale);
    let low = -1;
    let high = -1;
    let gap = -1;
    let lowest = Infinity;
    let highest = -Infinity;
    let next = first;
    for (; next < end && Math.floor((at[next] ?? 0) * scale) === place; next++) {
      const y = value[next];
      if (y === null || y === undefined) {
        gap = next;
        continue;
      }
      if (y < lowest) {
        low = next;
        lowest = y;
      }
      if (y > highest) {
        high = next;
        highest = y;
      }
      if (isGap(next - 1) && isGap(next + 1)) isolatedPoints.push({ x: at[next] ?? NaN, y });
    }
    // A gap with points on both sides within the width of a line is not seen.
    const open = gap >= 0 && (low < 0 || gap < Math.min(low, high) || gap > Math.max(low, high)) ? gap : -1;
    if (open >= 0 && (low < 0 || open < low)) add(open);
    if (low >= 0) add(Math.min(low, high));
    if (low !== high) add(Math.max(low, high));
    if (open >= 0 && low >= 0 && open > low) add(open);
    first = next;
  }
}
