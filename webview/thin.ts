import type { TimeRange } from '../src/shared/protocol';

/** A point of Chart.js; `NaN` is a gap. */
export interface Point {
  x: number;
  y: number;
}

/** A line is as wide: what is closer together is drawn over itself. */
const LINE_PX = 1.5;

/**
 * The rows from `start` to `end` as points, at most two and a gap for each width of a line on `pixels`: its lowest and its highest, in the order of time.
 * What is drawn looks the same and costs a part of it; a gap stays where it is at least as wide, and a lone point a point.
 */
export function thinned(at: readonly number[], value: readonly (number | null)[], [start, end]: readonly [number, number], { from, to }: TimeRange, pixels: number): Point[] {
  const points: Point[] = [];
  const add = (index: number): unknown => points.push({ x: at[index] ?? NaN, y: value[index] ?? NaN });
  const places = pixels / LINE_PX;
  if (end - start <= 2 * places) {
    for (let index = start; index < end; index++) add(index);
    return points;
  }
  const scale = places / (to - from);
  for (let first = start; first < end;) {
    const place = Math.floor(((at[first] ?? 0) - from) * scale);
    let [low, high, gap, next, lowest, highest] = [-1, -1, -1, first, Infinity, -Infinity];
    for (; next < end && Math.floor(((at[next] ?? 0) - from) * scale) === place; next++) {
      const y = value[next];
      if (y === null || y === undefined) gap = next;
      else {
        if (y < lowest) [low, lowest] = [next, y];
        if (y > highest) [high, highest] = [next, y];
      }
    }
    // A gap with points on both sides within the width of a line is not seen.
    const open = gap >= 0 && (low < 0 || gap < Math.min(low, high) || gap > Math.max(low, high)) ? gap : -1;
    if (open >= 0 && (low < 0 || open < low)) add(open);
    if (low >= 0) add(Math.min(low, high));
    if (low !== high) add(Math.max(low, high));
    if (open >= 0 && low >= 0 && open > low) add(open);
    first = next;
  }
  return points;
}
