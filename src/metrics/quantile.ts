/** Quantiles from buckets, by Prometheus's own rule (`histogram_quantile` of classic histograms). */

/** Cumulative counts by upper bound (`le`); the last bound is +Inf where the histogram has its end. */
export interface Buckets {
  bounds: readonly number[];
  counts: number[];
}

export interface Quantile {
  value: number;
  /** The bucket it lies in; no `to` for the last one, whose lower bound then is the value. */
  bucket: { from: number; to?: number };
}

/** Relative differences below it are rounding, not a fall. */
const smallDeltaTolerance = 1e-12;

/** Sorted by bound, each bound once. */
export function coalesceBuckets({ bounds, counts }: Buckets): Buckets {
  const byBound = new Map<number, number>();
  bounds.forEach((bound, index) => byBound.set(bound, (byBound.get(bound) ?? 0) + (counts[index] ?? NaN)));
  const sorted = [...byBound].sort(([a], [b]) => a - b);
  return { bounds: sorted.map(([bound]) => bound), counts: sorted.map(([, count]) => count) };
}

/** In place: a count that is lower than the one before is the one before, for counters come from different moments. */
export function ensureMonotonic(counts: number[]): void {
  let before = counts[0] ?? NaN;
  for (let index = 1; index < counts.length; index++) {
    const count = counts[index] ?? NaN;
    const close = Math.abs(count - before) < smallDeltaTolerance * Math.min(Math.abs(count), Math.abs(before));
    if (count < before || close) counts[index] = before;
    else before = count;
  }
}

/**
 * The quantile (0 to 1) of buckets with ascending bounds and repaired counts, in their unit, linear within the bucket it lies in. Undefined
 * where Prometheus says NaN: no +Inf bucket, fewer than two buckets, nothing counted, or a rank in an empty first bucket.
 */
export function bucketQuantile(quantile: number, { bounds, counts }: Buckets): Quantile | undefined {
  const last = bounds.length - 1;
  const total = counts[last] ?? 0;
  if (last < 1 || bounds[last] !== Infinity || total === 0) return undefined;
  const rank = quantile * total;
  let index = 0;
  // NaN is never at or above the rank.
  while (index < last && !((counts[index] ?? NaN) >= rank)) index += 1;
  const start = index === 0 ? 0 : (bounds[index - 1] ?? NaN);
  if (index === last) return { value: start, bucket: { from: start } };
  const bound = bounds[index] ?? NaN;
  if (index === 0 && bound <= 0) return { value: bound, bucket: { from: -Infinity, to: bound } };
  const below = index === 0 ? 0 : (counts[index - 1] ?? NaN);
  const value = start + (bound - start) * ((rank - below) / ((counts[index] ?? NaN) - below));
  return Number.isNaN(value) ? undefined : { value, bucket: { from: start, to: bound } };
}
