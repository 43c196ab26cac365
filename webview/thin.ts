import type { TimeRange } from '../src/shared/protocol';

/** A point of Chart.js; `NaN` is a gap. */
export interface Point {
  x: number;
  y: number;
}

/**
 * The rows from `start` to `end` as points, at most four and a gap for each of `pixels`: its first, lowest, highest and last.
 * What is drawn looks the same; a gap stays a gap where it is at least a pixel wide, and a lone point a point.
 */
export function thinned(at: readonly number[], value: readonly (number | null)[], [start, end]: readonly [number, number], { from, to }: TimeRange, pixels: number): Point[] {
  const point = (index: number): Point => ({ x: at[index] ?? NaN, y: value[index] ?? NaN });
  if (end - start <= 4 * pixels) return Array.from({ length: end - start }, (_, offset) => point(start + offset));
  const points: Point[] = [];
  const pixelOf = (index: number): number => Math.floor((((at[index] ?? 0) - from) / (to - from)) * pixels);
  for (let first = start; first < end;) {
    const pixel = pixelOf(first);
    let [low, high, gap, next] = [-1, -1, -1, first];
    for (; next < end && pixelOf(next) === pixel; next++) {
      const y = value[next] ?? NaN;
      if (Number.isNaN(y)) gap = next;
      if (y < (value[low] ?? Infinity)) low = next;
      if (y > (value[high] ?? -Infinity)) high = next;
    }
    // A gap of which both sides are in this pixel is narrower than it.
    const edge = gap >= 0 && (gap === first || gap === next - 1 || low < 0) ? gap : -1;
    for (const index of [...new Set([first, low, high, edge, next - 1])].sort((a, b) => a - b)) if (index >= 0) points.push(point(index));
    first = next;
  }
  return points;
}
