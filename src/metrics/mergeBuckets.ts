/** What a histogram's buckets counted over an engine's windows. */
import type { SeriesIndex } from './seriesIndex';
import { ensureMonotonic, type Buckets } from './quantile';

/** `deltas`: over the windows, by place. Bounds ascending; undefined where no bucket has a pair of samples. */
export function mergeBuckets(layout: SeriesIndex, histogram: number, deltas: Float64Array): Buckets | undefined {
  const buckets = layout.bucketsOf(histogram);
  if (!buckets) return undefined;
  const { bounds, slots, ends } = buckets;
  const counts: number[] = [];
  let left: number[] | undefined;
  let at = 0;
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    let count = NaN;
    for (; at < (ends[bucket] as number); at += 1) {
      const delta = deltas[slots[at] as number] ?? NaN;
      if (!Number.isNaN(delta)) count = Number.isNaN(count) ? delta : count + delta;
    }
    if (Number.isNaN(count)) left ??= bounds.slice(0, bucket);
    else {
      left?.push(bounds[bucket] as number);
      counts.push(count);
    }
  }
  if (counts.length === 0) return undefined;
  ensureMonotonic(counts);
  // One array of bounds for all: the same object is the quickest sign of the same bounds.
  return { bounds: left ?? bounds, counts };
}

export const haveSameBounds = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((bound, index) => bound === b[index]));

/** What fell into each bucket alone. */
export const countsPerBucket = ({ counts }: Buckets): number[] =>
  counts.map((count, index) => count - (counts[index - 1] ?? 0));

/** The least and the greatest sum of observations that the buckets allow; observations are not negative. */
export function possibleSums({ bounds, counts }: Buckets): { low: number; high: number } {
  let low = 0;
  let high = 0;
  let before = 0;
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    const count = (counts[bucket] as number) - before;
    before = counts[bucket] as number;
    if (count <= 0) continue;
    low += bucket === 0 ? 0 : (bounds[bucket - 1] as number) * count;
    high += (bounds[bucket] as number) * count;
  }
  return { low, high };
}
