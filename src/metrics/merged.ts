/** What a histogram's buckets counted over an engine's windows, and over engines whose buckets have the same bounds. */
import type { SeriesLayout } from './layout';
import { repair, type Buckets } from './quantile';
import type { Window } from './track';

/** Over these windows, bounds ascending; undefined where no bucket has a pair of samples. */
export function mergeWindows(layout: SeriesLayout, histogram: number, windows: readonly Window[]): Buckets | undefined {
  const buckets = layout.bucketsOf(histogram);
  if (!buckets) return undefined;
  const bounds: number[] = [];
  const counts: number[] = [];
  for (let index = 0; index < buckets.bounds.length; index++) {
    const count = countAt(buckets.places[index] ?? [], windows);
    if (Number.isNaN(count)) continue;
    bounds.push(buckets.bounds[index] ?? NaN);
    counts.push(count);
  }
  if (bounds.length === 0) return undefined;
  repair(counts);
  // One array of bounds for all: the same object is the quickest sign of the same bounds.
  return { bounds: bounds.length === buckets.bounds.length ? buckets.bounds : bounds, counts };
}

/** NaN where no place has a pair of samples. */
function countAt(places: readonly number[], windows: readonly Window[]): number {
  let count = NaN;
  for (const { deltas } of windows) {
    for (const place of places) {
      const delta = deltas[place] ?? NaN;
      if (!Number.isNaN(delta)) count = Number.isNaN(count) ? delta : count + delta;
    }
  }
  return count;
}

const sameBounds = (a: Buckets, b: Buckets): boolean => a.bounds === b.bounds || (a.bounds.length === b.bounds.length && a.bounds.every((bound, index) => bound === b.bounds[index]));

/** The largest group whose buckets have the same bounds: other bounds cannot be merged. */
export function mergeable<Item extends { merged?: Buckets }>(items: readonly Item[]): Item[] {
  const groups: { merged: Buckets; items: Item[] }[] = [];
  for (const item of items) {
    const { merged } = item;
    if (!merged) continue;
    const group = groups.find((each) => sameBounds(each.merged, merged));
    if (group) group.items.push(item);
    else groups.push({ merged, items: [item] });
  }
  return groups.sort((a, b) => b.items.length - a.items.length)[0]?.items ?? [];
}

/** The sum of several with equal bounds. */
export function addMerged(items: readonly { merged?: Buckets }[]): Buckets | undefined {
  const [first, ...others] = items.flatMap(({ merged }) => merged ?? []);
  if (!first) return undefined;
  const counts = [...first.counts];
  for (const other of others) for (let index = 0; index < counts.length; index++) counts[index] = (counts[index] ?? 0) + (other.counts[index] ?? 0);
  return { bounds: first.bounds, counts };
}

/** What fell into each bucket alone. */
export const shares = ({ counts }: Buckets): number[] => counts.map((count, index) => count - (counts[index - 1] ?? 0));

/** The least and the greatest sum of observations that the buckets allow; observations are not negative. */
export function allowedSums({ bounds, counts }: Buckets): { low: number; high: number } {
  let low = 0;
  let high = 0;
  for (let index = 0; index < bounds.length; index++) {
    const count = (counts[index] ?? 0) - (counts[index - 1] ?? 0);
    if (count <= 0) continue;
    low += (bounds[index - 1] ?? 0) * count;
    high += (bounds[index] ?? Infinity) * count;
  }
  return { low, high };
}
