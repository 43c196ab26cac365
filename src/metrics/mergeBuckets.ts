/** What a histogram's buckets counted, and what they say of the observations. */
import { ensureMonotonic, type Buckets } from './quantile';
import type { SeriesIndex } from './seriesIndex';

/**
 * The buckets of a histogram (by its number) with what they counted: deltas of one bound are summed. `deltas` is by
 * slot. Undefined if no bucket has a delta, or a sum of deltas is out of range.
 */
export function mergeBuckets(seriesIndex: SeriesIndex, histogram: number, deltas: Float64Array): Buckets | undefined {
  const buckets = seriesIndex.bucketsOf(histogram);
  if (!buckets) return undefined;
  const { bounds, slots, ends } = buckets;
  const counts: number[] = [];
  let remainingBounds: number[] | undefined;
  let position = 0;
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    let count = NaN;
    for (; position < (ends[bucket] as number); position += 1) {
      const delta = deltas[slots[position] as number] ?? NaN;
      if (!Number.isNaN(delta)) count = Number.isNaN(count) ? delta : count + delta;
    }
    if (Number.isNaN(count)) remainingBounds ??= bounds.slice(0, bucket);
    else {
      remainingBounds?.push(bounds[bucket] as number);
      counts.push(count);
    }
  }
  if (counts.length === 0) return undefined;
  ensureMonotonic(counts);
  // No count is higher than the last one.
  if (!Number.isFinite(counts.at(-1))) return undefined;
  // Usually all results of one subject share one array of bounds, which makes comparing bounds quick.
  return { bounds: remainingBounds ?? bounds, counts };
}

/** Whether two lists of bounds are equal, so that their counts can be added. */
export const haveSameBounds = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((bound, index) => bound === b[index]));

/** Counts of each bucket alone, from cumulative ones. */
export const countsPerBucket = ({ counts }: Buckets): number[] =>
  counts.map((count, index) => count - (counts[index - 1] ?? 0));

/**
 * The lowest and the highest sum of observations that the buckets allow, if no observation is negative; NaN if one is.
 * `high` is Infinity if something was counted beyond the last finite bound.
 */
export function possibleSums({ bounds, counts }: Buckets): { low: number; high: number } {
  let low = 0;
  let high = 0;
  let before = 0;
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    const count = (counts[bucket] as number) - before;
    before = counts[bucket] as number;
    if (count <= 0) continue;
    // The first bucket has no lower bound, so that nothing is known of a negative sum.
    if ((bounds[bucket] as number) < 0) return { low: NaN, high: NaN };
    low += bucket === 0 ? 0 : (bounds[bucket - 1] as number) * count;
    high += (bounds[bucket] as number) * count;
  }
  return { low, high };
}
