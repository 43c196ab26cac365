/** The series of one subject, each in its own place of the subject's arrays; a place is given once and stays. */
import type { ScalarKind } from './catalog';
import { bucketBound, oldNameRank, type SeriesMeta } from './seriesMeta';
import {
  histogramNumbers,
  indexedRows,
  quotientsByNumerator,
  rowsByHistogram,
  rowsBySelector,
  selectors,
  selectorsByFamily,
} from './catalogIndex';

/** A histogram's buckets, by bound ascending: several series may have one bound. */
export interface BucketSlots {
  bounds: number[];
  /** Those of one bound stand together. */
  slots: number[];
  /** By bound: where in `places` its own end. */
  ends: number[];
}

/** The buckets of one label set, as they came: they come in the same order again. */
interface BucketSeries {
  bounds: number[];
  slots: number[];
  /** Where the one is that is asked for next, most likely. */
  next: number;
}

const noSlots: readonly number[] = [];

export class SeriesIndex {
  /** By place. */
  readonly metas: SeriesMeta[] = [];
  /** Places of counters, sums, counts and buckets. */
  readonly counters: number[] = [];
  readonly gauges: number[] = [];
  readonly families = new Set<string>();
  /** Families met under an old name. */
  readonly renamedFamilies = new Set<string>();
  /** By identity: of series that are no buckets, and of buckets. */
  private readonly slots = new Map<string, number>();
  private readonly bucketSeries = new Map<string, BucketSeries>();
  private last: { meta: SeriesMeta; siblings: BucketSeries } | undefined;
  private readonly slotsBySelector: (number[] | undefined)[] = [];
  private readonly slotsByHistogram: (BucketSlots | undefined)[] = [];
  /** By number of a planned row. */
  private readonly rowFlags = new Uint8Array(indexedRows.length);
  private sortedRows: number[] | undefined;
  /** Places where no value was met yet. */
  private readonly unseenSlots = new Set<number>();

  /** `number`: of the subject, within its run. */
  constructor(
    readonly key: string,
    readonly number: number,
  ) {}

  get size(): number {
    return this.metas.length;
  }

  /** The place of a series, the same for every one of its identity and bound; undefined for a bucket whose `le` is no number. */
  add(meta: SeriesMeta, le: string | undefined): number | undefined {
    if (meta.sampleKind === 'bucket') return this.addBucket(meta, bucketBound(le ?? ''));
    let place = this.slots.get(meta.identity);
    if (place === undefined) {
      place = this.newSlot(meta);
      this.slots.set(meta.identity, place);
      this.select(meta, meta.sampleKind, place);
    }
    return place;
  }

  /** Places of a selector. */
  slotsOf(selector: number): readonly number[] {
    return this.slotsBySelector[selector] ?? noSlots;
  }

  /** Buckets of a histogram; undefined where the subject has none. */
  bucketsOf(histogram: number): BucketSlots | undefined {
    return this.slotsByHistogram[histogram];
  }

  /** Numbers of the planned rows that can say something of these series, ascending. */
  get rows(): readonly number[] {
    return (this.sortedRows ??= [...this.rowFlags.keys()].filter((row) => this.rowFlags[row] === 1));
  }

  wasSeen(place: number): boolean {
    return !this.unseenSlots.has(place);
  }

  /** Notes which places had a value. */
  markSeen(values: Float64Array): void {
    for (const place of this.unseenSlots) if (!Number.isNaN(values[place] ?? NaN)) this.unseenSlots.delete(place);
  }

  private addBucket(meta: SeriesMeta, bound: number): number | undefined {
    if (Number.isNaN(bound)) return undefined;
    const siblings = this.bucketSeriesOf(meta);
    const { bounds, slots, next } = siblings;
    const at = bounds[next] === bound ? next : bounds.indexOf(bound);
    siblings.next = at + 1;
    if (at !== -1) return slots[at];
    const place = this.newSlot(meta);
    siblings.next = bounds.push(bound);
    slots.push(place);
    this.addToHistogram(meta.family, bound, place);
    return place;
  }

  /** Buckets come one after the other. */
  private bucketSeriesOf(meta: SeriesMeta): BucketSeries {
    if (this.last?.meta === meta) return this.last.siblings;
    const siblings = this.bucketSeries.get(meta.identity) ?? { bounds: [], slots: [], next: 0 };
    siblings.next = 0;
    this.bucketSeries.set(meta.identity, siblings);
    this.last = { meta, siblings };
    return siblings;
  }

  private newSlot(meta: SeriesMeta): number {
    const place = this.metas.push(meta) - 1;
    this.unseenSlots.add(place);
    this.families.add(meta.family);
    if (meta.rank >= oldNameRank) this.renamedFamilies.add(meta.family);
    (meta.sampleKind === 'gauge' ? this.gauges : this.counters).push(place);
    return place;
  }

  private select(meta: SeriesMeta, part: ScalarKind, place: number): void {
    for (const number of selectorsByFamily.get(`${meta.family} ${part}`) ?? noSlots) {
      const where = selectors[number]?.where ?? {};
      if (!Object.entries(where).every(([label, value]) => meta.labels.get(label) === value)) continue;
      (this.slotsBySelector[number] ??= []).push(place);
      this.addRows(rowsBySelector[number] ?? noSlots);
    }
  }

  private addToHistogram(family: string, bound: number, place: number): void {
    const histogram = histogramNumbers.get(family);
    if (histogram === undefined) return;
    this.addRows(rowsByHistogram[histogram] ?? noSlots);
    const { bounds, slots, ends } = (this.slotsByHistogram[histogram] ??= { bounds: [], slots: [], ends: [] });
    // From the end: they come in order.
    let at = bounds.length;
    while (at > 0 && (bounds[at - 1] ?? -Infinity) >= bound) at -= 1;
    const begin = at === 0 ? 0 : (ends[at - 1] as number);
    if (bounds[at] === bound) slots.splice(ends[at] as number, 0, place);
    else {
      bounds.splice(at, 0, bound);
      ends.splice(at, 0, begin);
      slots.splice(begin, 0, place);
    }
    for (let later = at; later < ends.length; later += 1) (ends[later] as number) += 1;
  }

  private addRows(rows: readonly number[]): void {
    for (const row of rows) {
      if (this.rowFlags[row] === 1) continue;
      this.rowFlags[row] = 1;
      this.sortedRows = undefined;
      this.addRows(quotientsByNumerator[row] ?? noSlots);
    }
  }
}

/** The layouts of one run, by subject. */
export class SeriesIndexes {
  private readonly byKey = new Map<string, SeriesIndex>();
  readonly all: SeriesIndex[] = [];

  /** The layout of a subject, also of one that has not reported yet. */
  forSubject(key: string): SeriesIndex {
    const known = this.byKey.get(key);
    if (known) return known;
    const layout = new SeriesIndex(key, this.all.length);
    this.byKey.set(key, layout);
    this.all.push(layout);
    return layout;
  }
}
