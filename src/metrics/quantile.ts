/** Quantiles from buckets by Prometheus's rule for classic histograms (docs/decisions.md, Quantiles). */

/** Cumulative counts by upper bound. A complete histogram's last bound is Infinity. */
export interface Buckets {
  bounds: readonly number[];
  counts: number[];
}

/** A quantile, in the unit of the bounds. */
export interface Quantile {
  value: number;
  /**
   * The bucket that it lies in. The last bucket has no `to`, and its lower bound is the value. Undefined for a first
   * bucket below 0, which has no lower bound.
   */
  bucket: { from: number; to?: number } | undefined;
}

/** Smaller relative differences are rounding. */
const roundingTolerance = 1e-12;

/** Sorts buckets by bound and adds up those of one bound. */
export function coalesceBuckets({ bounds, counts }: Buckets): Buckets {
  const countByBound = new Map<number, number>();
  bounds.forEach((bound, index) => countByBound.set(bound, (countByBound.get(bound) ?? 0) + (counts[index] ?? NaN)));
  const sorted = [...countByBound].sort(([a], [b]) => a - b);
  return { bounds: sorted.map(([bound]) => bound), counts: sorted.map(([, count]) => count) };
}

/**
 * Raises cumulative counts that fall to the count before, in place. They can fall because the buckets of a histogram
 * are not read at the same moment.
 */
export function ensureMonotonic(counts: number[]): void {
  let previous = counts[0] ?? NaN;
  for (let index = 1; index < counts.length; index++) {
    const count = counts[index] ?? NaN;
    const isRounding = Math.abs(count - previous) < roundingTolerance * Math.min(Math.abs(count), Math.abs(previous));
    if (count < previous || isRounding) counts[index] = previous;
    else previous = count;
  }
}

/**
 * The quantile (0 to 1) of buckets with ascending bounds and counts that do not fall, by linear interpolation within
 * its bucket. Undefined if Prometheus says NaN: without a bucket `+Inf`, with fewer than two buckets, with nothing
 * counted, or with a rank in an empty first bucket. Also undefined if the sum of the counts or the quantile is out of range.
 */
export function bucketQuantile(quantile: number, { bounds, counts }: Buckets): Quantile | undefined {
  const last = bounds.length - 1;
  const total = counts[last] ?? 0;
  if (last < 1 || bounds[last] !== Infinity || total === 0 || total === Infinity) return undefined;
  const rank = quantile * total;
  let index = 0;
  // A count of NaN never reaches the rank.
  while (index < last && !((counts[index] ?? NaN) >= rank)) index += 1;
  const lower = index === 0 ? 0 : (bounds[index - 1] ?? NaN);
  if (index === last) return Number.isFinite(lower) ? { value: lower, bucket: { from: lower } } : undefined;
  const upper = bounds[index] ?? NaN;
  if (index === 0 && upper <= 0) return Number.isFinite(upper) ? { value: upper, bucket: undefined } : undefined;
  const countBelow = index === 0 ? 0 : (counts[index - 1] ?? NaN);
  const value = lower + (upper - lower) * ((rank - countBelow) / ((counts[index] ?? NaN) - countBelow));
  return Number.isFinite(value) ? { value, bucket: { from: lower, to: upper } } : undefined;
}
