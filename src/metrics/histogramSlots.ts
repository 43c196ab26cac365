/** The slots of one histogram's buckets in one subject. */

/**
 * The buckets of a histogram by bound, in ascending order. Several series may have the same bound, as those of two
 * models.
 */
export interface HistogramSlots {
  bounds: number[];
  /** Slots of all buckets, grouped by bound. */
  slots: number[];
  /** By bound, the end of its group in `slots`. */
  ends: number[];
}

/** A histogram without buckets. */
export const newHistogramSlots = (): HistogramSlots => ({ bounds: [], slots: [], ends: [] });

/** Adds the slot of a bucket. */
export function addBucketSlot({ bounds, slots, ends }: HistogramSlots, bound: number, slot: number): void {
  // Buckets arrive in ascending order, so the search begins at the end.
  let position = bounds.length;
  while (position > 0 && (bounds[position - 1] ?? -Infinity) >= bound) position -= 1;
  const groupStart = position === 0 ? 0 : (ends[position - 1] as number);
  if (bounds[position] === bound) slots.splice(ends[position] as number, 0, slot);
  else {
    bounds.splice(position, 0, bound);
    ends.splice(position, 0, groupStart);
    slots.splice(groupStart, 0, slot);
  }
  for (let later = position; later < ends.length; later += 1) (ends[later] as number) += 1;
}

/** The buckets of one label set in order of arrival. They arrive in the same order again. */
export interface BucketSeries {
  bounds: number[];
  slots: number[];
  /** Position of the bucket that is expected next. */
  expected: number;
}

/** The position of a bound, or -1. The next call most likely asks for the one after it. */
export function findBucket(series: BucketSeries, bound: number): number {
  const { bounds, expected } = series;
  const position = bounds[expected] === bound ? expected : bounds.indexOf(bound);
  series.expected = position + 1;
  return position;
}

/** Adds a bucket after the others. */
export function addBucket(series: BucketSeries, bound: number, slot: number): void {
  series.expected = series.bounds.push(bound);
  series.slots.push(slot);
}
