/** What the subjects contribute to one row, added up as they come. */
import type { Distribution, Measure } from '../api';
import type { Aggregate } from './catalog';
import type { Contribution } from './evaluateRow';
import { sameBounds, shares } from './mergeBuckets';
import type { PlannedRow } from './catalogIndex';
import { bucketQuantile, type Buckets } from './quantile';

/** Those that can be added: all of them, or of quantiles those whose buckets have the same bounds. */
interface Group {
  counted: number;
  value: number;
  above: number;
  below: number;
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
  merged: Buckets | undefined;
}

const newGroup = (): Group =>
  cleared({
    counted: NaN,
    value: NaN,
    above: NaN,
    below: NaN,
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
    merged: undefined,
  });

function cleared(group: Group): Group {
  group.counted = group.value = group.above = group.below = group.low = group.high = group.lowEach = group.highEach = 0;
  group.lowest = group.highest = NaN;
  group.from = Infinity;
  group.to = -Infinity;
  group.merged = undefined;
  return group;
}

function add(group: Group, part: Contribution, key: string): void {
  const { value, below, from, to, low, high, merged } = part;
  group.counted += 1;
  group.value += value;
  group.above += part.above;
  group.below += below;
  if (from < group.from) group.from = from;
  if (to > group.to) group.to = to;
  group.low += low;
  group.high += high;
  group.lowEach += low / below;
  group.highEach += high / below;
  if (!(value >= group.lowest)) {
    group.lowest = value;
    group.lowestKey = key;
  }
  if (!(value <= group.highest)) {
    group.highest = value;
    group.highestKey = key;
  }
  if (!merged) return;
  if (!group.merged) group.merged = { bounds: merged.bounds, counts: merged.counts.slice() };
  else addCounts(group.merged.counts, merged.counts);
}

const isIn = ({ merged: own }: Group, merged: Buckets): boolean => !own || sameBounds(own.bounds, merged.bounds);

function addCounts(sums: number[], counts: readonly number[]): void {
  for (let bucket = 0; bucket < counts.length; bucket += 1) (sums[bucket] as number) += counts[bucket] as number;
}

const aggregates: Record<Aggregate, (group: Group) => number> = {
  sum: ({ value }) => value,
  max: ({ highest }) => highest,
  mean: ({ value, counted }) => value / counted,
  pooled: ({ above, below }) => above / below,
};

/** A rate's own bounds add up; a pooled quotient's are weighed. */
function boundsOf({ low, high, lowEach, highEach, below }: Group, isRate: boolean): Measure['bounds'] {
  if (Number.isNaN(low)) return undefined;
  const top = isRate ? highEach : high / below;
  const bottom = isRate ? lowEach : low / below;
  return Number.isFinite(top) ? { low: bottom, high: top } : { low: bottom };
}

/** Each kind in one piece: objects that grow are slow to make and to read. */
function toMeasure(
  value: number,
  { from, to, lowest: least, lowestKey, highest: most, highestKey, counted }: Group,
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
export class Whole {
  private counted = 0;
  private readonly first = newGroup();
  private others: Group[] = [];

  constructor(private readonly planned: PlannedRow) {}

  reset(): void {
    if (this.counted === 0) return;
    this.counted = 0;
    cleared(this.first);
    if (this.others.length > 0) this.others = [];
  }

  /** `key`: of the subject. */
  add(part: Contribution, key: string): void {
    this.counted += 1;
    add(this.groupOf(part.merged), part, key);
  }

  private groupOf(merged: Buckets | undefined): Group {
    const { first, others } = this;
    if (!merged || isIn(first, merged)) return first;
    let group = others.find((each) => isIn(each, merged));
    if (!group) others.push((group = newGroup()));
    return group;
  }

  /** Buckets with other bounds cannot be merged: the most that can. */
  private get most(): Group {
    let most = this.first;
    for (const group of this.others) if (group.counted > most.counted) most = group;
    return most;
  }

  /** What it comes to; undefined where that is no number. */
  get value(): number | undefined {
    const value = this.counted === 0 ? NaN : aggregates[this.planned.row.aggregate](this.most);
    return Number.isFinite(value) ? value : undefined;
  }

  /** `of`: how many subjects of this kind there are. */
  measure(of: number): Measure | undefined {
    const { planned, most, counted } = this;
    if (counted === 0) return undefined;
    const quantile =
      planned.kind === 'quantile' && most.merged ? bucketQuantile(planned.row.quantile, most.merged) : undefined;
    const value = planned.kind === 'quantile' ? quantile?.value : this.value;
    if (value === undefined || !Number.isFinite(value)) return undefined;
    const measure = toMeasure(value, most, of, boundsOf(most, planned.row.kind === 'rate'), quantile?.bucket);
    if (most.counted < counted) measure.unmerged = counted - most.counted;
    return measure;
  }

  /** Of a quantile's row. */
  distribution(of: number): Distribution | undefined {
    const { merged, from, to, counted } = this.most;
    if (merged?.bounds.at(-1) !== Infinity) return undefined;
    return { from, to, bounds: merged.bounds.slice(0, -1), counts: shares(merged), counted, of };
  }
}
