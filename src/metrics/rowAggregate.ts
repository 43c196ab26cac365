/** What the subjects contribute to one row, added up as they come. */
import type { Distribution, Measure } from '../api';
import type { Aggregate } from './catalog';
import type { RowValue } from './evaluateRow';
import { haveSameBounds, countsPerBucket } from './mergeBuckets';
import type { IndexedRow } from './catalogIndex';
import { bucketQuantile, type Buckets } from './quantile';

/** Those that can be added: all of them, or of quantiles those whose buckets have the same bounds. */
interface AggregateGroup {
  counted: number;
  value: number;
  numerator: number;
  denominator: number;
  from: number;
  to: number;
  /** What the numerators may be, added up; and what each may come to by itself. NaN where one has no limits. */
  low: number;
  high: number;
  lowEach: number;
  highEach: number;
  lowest: number;
  lowestKey: string;
  highest: number;
  highestKey: string;
  buckets: Buckets | undefined;
}

const newGroup = (): AggregateGroup =>
  cleared({
    counted: NaN,
    value: NaN,
    numerator: NaN,
    denominator: NaN,
    from: NaN,
    to: NaN,
    low: NaN,
    high: NaN,
    lowEach: NaN,
    highEach: NaN,
    lowest: NaN,
    lowestKey: '',
    highest: NaN,
    highestKey: '',
    buckets: undefined,
  });

function cleared(group: AggregateGroup): AggregateGroup {
  group.counted =
    group.value =
    group.numerator =
    group.denominator =
    group.low =
    group.high =
    group.lowEach =
    group.highEach =
      0;
  group.lowest = group.highest = NaN;
  group.from = Infinity;
  group.to = -Infinity;
  group.buckets = undefined;
  return group;
}

function add(group: AggregateGroup, part: RowValue, key: string): void {
  const { value, denominator, from, to, low, high, buckets } = part;
  group.counted += 1;
  group.value += value;
  group.numerator += part.numerator;
  group.denominator += denominator;
  if (from < group.from) group.from = from;
  if (to > group.to) group.to = to;
  group.low += low;
  group.high += high;
  group.lowEach += low / denominator;
  group.highEach += high / denominator;
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

const fitsGroup = ({ buckets: own }: AggregateGroup, merged: Buckets): boolean =>
  !own || haveSameBounds(own.bounds, merged.bounds);

function addCounts(sums: number[], counts: readonly number[]): void {
  for (let bucket = 0; bucket < counts.length; bucket += 1) (sums[bucket] as number) += counts[bucket] as number;
}

const aggregates: Record<Aggregate, (group: AggregateGroup) => number> = {
  sum: ({ value }) => value,
  max: ({ highest }) => highest,
  mean: ({ value, counted }) => value / counted,
  pooled: ({ numerator, denominator }) => numerator / denominator,
};

/** A rate's own bounds add up; a pooled quotient's are weighed. */
function boundsOf({ low, high, lowEach, highEach, denominator }: AggregateGroup, isRate: boolean): Measure['bounds'] {
  if (Number.isNaN(low)) return undefined;
  const top = isRate ? highEach : high / denominator;
  const bottom = isRate ? lowEach : low / denominator;
  return Number.isFinite(top) ? { low: bottom, high: top } : { low: bottom };
}

/** Each kind in one piece: objects that grow are slow to make and to read. */
function toMeasure(
  value: number,
  { from, to, lowest: least, lowestKey, highest: most, highestKey, counted }: AggregateGroup,
  of: number,
  bounds: Measure['bounds'],
  bucket: Measure['bucket'],
): Measure {
  const lowest = { engine: lowestKey, value: least };
  const highest = { engine: highestKey, value: most };
  if (!Number.isFinite(from)) return { value, to, lowest, highest, counted, of };
  if (bounds) return { value, from, to, bounds, lowest, highest, counted, of };
  if (bucket) return { value, from, to, bucket, lowest, highest, counted, of };
  return { value, from, to, lowest, highest, counted, of };
}

/** Serves one scrape after the other: `reset` begins the next. */
export class RowAggregate {
  private counted = 0;
  private readonly first = newGroup();
  private otherGroups: AggregateGroup[] = [];

  constructor(private readonly row: IndexedRow) {}

  reset(): void {
    if (this.counted === 0) return;
    this.counted = 0;
    cleared(this.first);
    if (this.otherGroups.length > 0) this.otherGroups = [];
  }

  /** `key`: of the subject. */
  add(part: RowValue, key: string): void {
    this.counted += 1;
    add(this.groupOf(part.buckets), part, key);
  }

  private groupOf(merged: Buckets | undefined): AggregateGroup {
    const { first, otherGroups } = this;
    if (!merged || fitsGroup(first, merged)) return first;
    let group = otherGroups.find((each) => fitsGroup(each, merged));
    if (!group) otherGroups.push((group = newGroup()));
    return group;
  }

  /** Buckets with other bounds cannot be merged: the most that can. */
  private get largestGroup(): AggregateGroup {
    let most = this.first;
    for (const group of this.otherGroups) if (group.counted > most.counted) most = group;
    return most;
  }

  /** What it comes to; undefined where that is no number. */
  get value(): number | undefined {
    const value = this.counted === 0 ? NaN : aggregates[this.row.row.aggregate](this.largestGroup);
    return Number.isFinite(value) ? value : undefined;
  }

  /** `of`: how many subjects of this kind there are. */
  measure(of: number): Measure | undefined {
    const { row, largestGroup, counted } = this;
    if (counted === 0) return undefined;
    const quantile =
      row.kind === 'quantile' && largestGroup.buckets
        ? bucketQuantile(row.row.quantile, largestGroup.buckets)
        : undefined;
    const value = row.kind === 'quantile' ? quantile?.value : this.value;
    if (value === undefined || !Number.isFinite(value)) return undefined;
    const measure = toMeasure(
      value,
      largestGroup,
      of,
      boundsOf(largestGroup, row.row.kind === 'rate'),
      quantile?.bucket,
    );
    if (largestGroup.counted < counted) measure.unmerged = counted - largestGroup.counted;
    return measure;
  }

  /** Of a quantile's row. */
  distribution(of: number): Distribution | undefined {
    const { buckets, from, to, counted } = this.largestGroup;
    if (buckets?.bounds.at(-1) !== Infinity) return undefined;
    return { from, to, bounds: buckets.bounds.slice(0, -1), counts: countsPerBucket(buckets), counted, of };
  }
}
