/** Aggregates one row over its subjects. */
import type { Distribution, Measure } from '../api';
import { addToGroup, aggregateBounds, clearGroup, fitsGroup, newGroup, type AggregateGroup } from './aggregateGroup';
import type { Aggregate } from './catalog';
import type { IndexedRow } from './indexedRows';
import { countsPerBucket } from './mergeBuckets';
import { bucketQuantile, type Buckets } from './quantile';
import type { RowValue } from './rowValue';
import { toValidNumber } from './validNumbers';

const aggregates: Record<Aggregate, (group: AggregateGroup) => number> = {
  sum: ({ value }) => value,
  max: ({ highest }) => highest,
  mean: ({ value, counted }) => value / counted,
  // Sums may exceed what a number can hold: what is divided by Infinity would be a false 0.
  pooled: ({ numerator, denominator }) => (Number.isFinite(denominator) ? numerator / denominator : NaN),
};

/**
 * Engines of one run have one or two different lists of bounds. More are not compared with each other, so that the work
 * does not grow with the square of the engines; engines with further lists are in no quantile.
 */
export const maxGroups = 32;

/** Each kind of measure is created with all of its fields at once: objects that grow are slow to make and to read. */
function toMeasure(
  value: number,
  group: AggregateGroup,
  subjectCount: number,
  bounds: Measure['bounds'],
  bucket: Measure['bucket'],
): Measure {
  const { from, to, counted } = group;
  const lowest = { engine: group.lowestKey, value: group.lowest };
  const highest = { engine: group.highestKey, value: group.highest };
  if (!Number.isFinite(from)) return { value, to, lowest, highest, counted, of: subjectCount };
  if (bounds) return { value, from, to, bounds, lowest, highest, counted, of: subjectCount };
  if (bucket) return { value, from, to, bucket, lowest, highest, counted, of: subjectCount };
  return { value, from, to, lowest, highest, counted, of: subjectCount };
}

/** One row's aggregate. Serves one scrape after the other; `reset` begins the next. */
export class RowAggregate {
  private counted = 0;
  private readonly firstGroup = newGroup();
  /** Subjects whose buckets have other bounds than those of the first group. */
  private otherGroups: AggregateGroup[] = [];

  constructor(private readonly indexed: IndexedRow) {}

  reset(): void {
    if (this.counted === 0) return;
    this.counted = 0;
    clearGroup(this.firstGroup);
    if (this.otherGroups.length > 0) this.otherGroups = [];
  }

  /** Adds the value of the subject with this key. */
  add(rowValue: RowValue, key: string): void {
    this.counted += 1;
    const group = this.groupFor(rowValue.buckets);
    if (group) addToGroup(group, rowValue, key);
  }

  /** The aggregate of a row that is not a quantile; undefined if there is none. */
  get value(): number | undefined {
    const { row } = this.indexed;
    return this.counted === 0 ? undefined : toValidNumber(row, aggregates[row.aggregate](this.largestGroup));
  }

  /**
   * The aggregate with its time and spread; undefined if there is none. `subjectCount`: how many subjects there are.
   */
  measure(subjectCount: number): Measure | undefined {
    const { indexed, largestGroup, counted } = this;
    if (counted === 0) return undefined;
    const { buckets } = largestGroup;
    const quantile = indexed.kind === 'quantile' && buckets ? bucketQuantile(indexed.row.quantile, buckets) : undefined;
    const value = indexed.kind === 'quantile' ? quantile?.value : this.value;
    if (value === undefined || !Number.isFinite(value)) return undefined;
    const bounds = aggregateBounds(largestGroup, indexed.row.kind === 'rate');
    const measure = toMeasure(value, largestGroup, subjectCount, bounds, quantile?.bucket);
    if (largestGroup.counted < counted) measure.unmerged = counted - largestGroup.counted;
    return measure;
  }

  /** What the buckets counted, for a quantile's row; undefined without a bucket `+Inf`, or if a count is not finite. */
  distribution(subjectCount: number): Distribution | undefined {
    const { buckets, from, to, counted } = this.largestGroup;
    if (buckets?.bounds.at(-1) !== Infinity) return undefined;
    const counts = countsPerBucket(buckets);
    if (!counts.every(Number.isFinite)) return undefined;
    return { from, to, bounds: buckets.bounds.slice(0, -1), counts, counted, of: subjectCount };
  }

  /** Undefined if there are too many groups for another one. */
  private groupFor(buckets: Buckets | undefined): AggregateGroup | undefined {
    const { firstGroup, otherGroups } = this;
    if (!buckets || fitsGroup(firstGroup, buckets)) return firstGroup;
    let group = otherGroups.find((candidate) => fitsGroup(candidate, buckets));
    if (!group && otherGroups.length < maxGroups - 1) otherGroups.push((group = newGroup()));
    return group;
  }

  /** Buckets with other bounds cannot be merged, so the largest group of those that can is shown. */
  private get largestGroup(): AggregateGroup {
    let largest = this.firstGroup;
    for (const group of this.otherGroups) if (group.counted > largest.counted) largest = group;
    return largest;
  }
}
