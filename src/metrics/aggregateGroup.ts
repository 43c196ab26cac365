/** Sums over the subjects of one row whose values can be added. */
import type { Measure } from '../api';
import { haveSameBounds } from './mergeBuckets';
import type { Buckets } from './quantile';
import type { RowValue } from './rowValue';
import { toInterval } from './validNumbers';

/** All subjects of a row, or for quantiles those whose buckets have the same bounds. */
export interface AggregateGroup {
  /** Number of subjects. */
  counted: number;
  /** Sum of the subjects' own measures. */
  value: number;
  numerator: number;
  denominator: number;
  /** The time that the measures cover, in Unix ms. */
  from: number;
  to: number;
  /** The lowest and highest sum of the numerators, and of the measures. NaN if any subject has none. */
  low: number;
  high: number;
  measureLow: number;
  measureHigh: number;
  lowest: number;
  lowestKey: string;
  highest: number;
  highestKey: string;
  buckets: Buckets | undefined;
}

/** Empties a group for the next scrape. */
export function clearGroup(group: AggregateGroup): AggregateGroup {
  group.counted = group.value = group.numerator = group.denominator = 0;
  group.low = group.high = group.measureLow = group.measureHigh = 0;
  group.lowest = group.highest = NaN;
  group.from = Infinity;
  group.to = -Infinity;
  group.buckets = undefined;
  return group;
}

/** An empty group. It is made with NaN in each field, so that V8 stores doubles in them from the start. */
export const newGroup = (): AggregateGroup =>
  clearGroup({
    counted: NaN,
    value: NaN,
    numerator: NaN,
    denominator: NaN,
    from: NaN,
    to: NaN,
    low: NaN,
    high: NaN,
    measureLow: NaN,
    measureHigh: NaN,
    lowest: NaN,
    lowestKey: '',
    highest: NaN,
    highestKey: '',
    buckets: undefined,
  });

/** Adds the value of the subject with this key. */
export function addToGroup(group: AggregateGroup, rowValue: RowValue, key: string): void {
  const { value, denominator, from, to, low, high, buckets } = rowValue;
  group.counted += 1;
  group.value += value;
  group.numerator += rowValue.numerator;
  group.denominator += denominator;
  if (from < group.from) group.from = from;
  if (to > group.to) group.to = to;
  group.low += low;
  group.high += high;
  group.measureLow += low / denominator;
  group.measureHigh += high / denominator;
  if (!(value >= group.lowest)) {
    group.lowest = value;
    group.lowestKey = key;
  }
  if (!(value <= group.highest)) {
    group.highest = value;
    group.highestKey = key;
  }
  if (!buckets) return;
  if (!group.buckets) group.buckets = { bounds: buckets.bounds, counts: buckets.counts.slice() };
  else addCounts(group.buckets.counts, buckets.counts);
}

function addCounts(sums: number[], counts: readonly number[]): void {
  for (let bucket = 0; bucket < counts.length; bucket += 1) (sums[bucket] as number) += counts[bucket] as number;
}

/** Whether buckets can be added to those of a group. */
export const fitsGroup = ({ buckets }: AggregateGroup, other: Buckets): boolean =>
  !buckets || haveSameBounds(buckets.bounds, other.bounds);

/**
 * Between which limits the aggregate lies if Ray rebuilt sums from buckets; else undefined. The limits of rates are
 * added, those of ratios are pooled. There is no upper limit if something was counted beyond the last bound.
 */
export function aggregateBounds(group: AggregateGroup, isRate: boolean): Measure['bounds'] {
  const { low, high, measureLow, measureHigh, denominator } = group;
  return isRate ? toInterval(measureLow, measureHigh) : toInterval(low / denominator, high / denominator);
}
