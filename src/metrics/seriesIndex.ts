/** The series of one subject. Each has a slot, which is its index in the subject's arrays and never changes. */
import { bucketBound } from './bucketBound';
import type { CatalogIndex } from './catalogIndex';
import { BucketSeries, HistogramSlots, type SortedBuckets } from './histogramSlots';
import type { IndexedRow } from './indexedRows';
import { ratioSlots, type RatioHalf, type RatioSlots } from './ratioSlots';
import { oldNameRank } from './sampleNames';
import { familyKindKey } from './selectorRegistry';
import { fullIdentity } from './seriesIdentity';
import { textLength, type SeriesMeta } from './seriesMeta';

const noNumbers: readonly number[] = [];

/**
 * An index is begun anew if it has more than four times the slots and text that its subject exposes, and this much more.
 * Engines do not come near: their gauges come and go, but each has one label set.
 */
const maxStaleSlots = 1024;
const maxStaleText = 2 ** 18;

/** Gives the series of one subject their slots, and knows which slots a selector or histogram has. */
export class SeriesIndex {
  /** By slot. */
  readonly metas: SeriesMeta[] = [];
  /** Slots of counters, and of the sums, counts and buckets of histograms. */
  readonly counters: number[] = [];
  /** Slots of gauges. */
  readonly gauges: number[] = [];
  /** Families of the series. */
  readonly families = new Set<string>();
  /** Families that were seen under an old name. */
  readonly renamedFamilies = new Set<string>();
  /** Slots by identity, of series that are no buckets. */
  private readonly slotByIdentity = new Map<string, number>();
  /** By identity of the histogram's buckets. */
  private readonly bucketSeries = new Map<string, BucketSeries>();
  /** Length of all identities and labels. */
  private textLength = 0;
  private last: { meta: SeriesMeta; series: BucketSeries } | undefined;
  private readonly slotsBySelector: (number[] | undefined)[] = [];
  private readonly slotsByHistogram: (HistogramSlots | undefined)[] = [];
  /** Numbers of the rows that can have a measure. */
  private readonly measurableRows = new Set<number>();
  private sortedRows: number[] | undefined;
  /** Groups of slots by row, with the number of slots when they were made. */
  private readonly ratioGroups = new Map<IndexedRow, { size: number; groups: RatioSlots[] }>();
  /** By label set, the metas of series whose identity another series of the same answer had. */
  private readonly collidingMetas = new Map<string, SeriesMeta>();
  /** Slots that had no value yet. */
  private readonly unseenSlots = new Set<number>();

  constructor(readonly catalogIndex: CatalogIndex) {}

  /** Number of slots. */
  get size(): number {
    return this.metas.length;
  }

  /**
   * The slot of a series: the same for every series of this identity and bound. Undefined for a bucket whose `le` is
   * not a number.
   */
  add(meta: SeriesMeta, le: string | undefined): number | undefined {
    if (meta.sampleKind === 'bucket') return this.addBucket(meta, bucketBound(le ?? ''));
    let slot = this.slotByIdentity.get(meta.identity);
    if (slot === undefined) {
      slot = this.newSlot(meta);
      this.textLength += textLength(meta);
      this.slotByIdentity.set(meta.identity, slot);
      this.matchSelectors(meta, slot);
    }
    return slot;
  }

  /**
   * The slot of a series whose identity another series of the same answer has: they differ in labels that usually name
   * the reporter, and both count.
   */
  addColliding(meta: SeriesMeta, le: string | undefined): number | undefined {
    const identity = fullIdentity(meta);
    const colliding = this.collidingMetas.get(identity) ?? { ...meta, identity };
    this.collidingMetas.set(identity, colliding);
    return this.add(colliding, le);
  }

  /** Whether a series of this meta had to share its identity in an earlier answer. */
  wasColliding(meta: SeriesMeta): boolean {
    return this.collidingMetas.size > 0 && this.collidingMetas.has(fullIdentity(meta));
  }

  /** Slots that a selector selects, by its number. */
  slotsOf(selector: number): readonly number[] {
    return this.slotsBySelector[selector] ?? noNumbers;
  }

  /** Buckets of a histogram by its number; undefined if the subject has none. */
  bucketsOf(histogram: number): SortedBuckets | undefined {
    return this.slotsByHistogram[histogram]?.buckets;
  }

  /** The slots of a ratio's halves, those together that belong together. */
  ratioSlotsOf(row: Extract<IndexedRow, { kind: 'ratio' }>): readonly RatioSlots[] {
    const known = this.ratioGroups.get(row);
    if (known?.size === this.size) return known.groups;
    const { selectors } = this.catalogIndex;
    const half = (selector: number): RatioHalf => ({
      selector: selectors[selector],
      slots: this.slotsOf(selector),
    });
    const groups = ratioSlots(this.metas, half(row.numerator), half(row.denominator));
    this.ratioGroups.set(row, { size: this.size, groups });
    return groups;
  }

  /** Whether most of it is about series that a subject with so many slots and so much text no longer exposes. */
  isMostlyStale(exposedSlots: number, exposedText: number): boolean {
    return this.size > 4 * exposedSlots + maxStaleSlots || this.textLength > 4 * exposedText + maxStaleText;
  }

  /** Numbers of the rows that these series can have a measure of, in ascending order. */
  get rows(): readonly number[] {
    return (this.sortedRows ??= [...this.measurableRows].sort((a, b) => a - b));
  }

  /** Whether a slot had a value in any earlier scrape. */
  wasSeen(slot: number): boolean {
    return !this.unseenSlots.has(slot);
  }

  /** Notes which slots have a value in this scrape. */
  markSeen(values: Float64Array): void {
    for (const slot of this.unseenSlots) if (!Number.isNaN(values[slot] ?? NaN)) this.unseenSlots.delete(slot);
  }

  private addBucket(meta: SeriesMeta, bound: number): number | undefined {
    if (Number.isNaN(bound)) return undefined;
    const series = this.bucketSeriesOf(meta);
    const known = series.find(bound);
    if (known !== undefined) return known;
    const slot = this.newSlot(meta);
    series.add(bound, slot);
    this.addToHistogram(meta.family, bound, slot);
    return slot;
  }

  /** The buckets of one label set, from the first on. All of them share one meta and come one after the other. */
  private bucketSeriesOf(meta: SeriesMeta): BucketSeries {
    if (this.last?.meta === meta) return this.last.series;
    const known = this.bucketSeries.get(meta.identity);
    if (!known) this.textLength += textLength(meta);
    const series = known ?? new BucketSeries();
    series.restart();
    this.bucketSeries.set(meta.identity, series);
    this.last = { meta, series };
    return series;
  }

  private newSlot(meta: SeriesMeta): number {
    const slot = this.metas.push(meta) - 1;
    this.unseenSlots.add(slot);
    this.families.add(meta.family);
    if (meta.rank >= oldNameRank) this.renamedFamilies.add(meta.family);
    (meta.sampleKind === 'gauge' ? this.gauges : this.counters).push(slot);
    return slot;
  }

  private matchSelectors({ family, sampleKind, labels }: SeriesMeta, slot: number): void {
    const { selectors, selectorsByFamilyKind, rowsBySelector } = this.catalogIndex;
    for (const number of selectorsByFamilyKind.get(familyKindKey(family, sampleKind)) ?? noNumbers) {
      const where = selectors[number]?.where ?? {};
      if (!Object.entries(where).every(([label, value]) => labels.get(label) === value)) continue;
      (this.slotsBySelector[number] ??= []).push(slot);
      this.addRows(rowsBySelector[number] ?? noNumbers);
    }
  }

  private addToHistogram(family: string, bound: number, slot: number): void {
    const { histogramNumbers, rowsByHistogram } = this.catalogIndex;
    const histogram = histogramNumbers.get(family);
    if (histogram === undefined) return;
    this.addRows(rowsByHistogram[histogram] ?? noNumbers);
    (this.slotsByHistogram[histogram] ??= new HistogramSlots()).add(bound, slot);
  }

  private addRows(rows: readonly number[]): void {
    for (const row of rows) {
      if (this.measurableRows.has(row)) continue;
      this.measurableRows.add(row);
      this.sortedRows = undefined;
      this.addRows(this.catalogIndex.quotientsByNumerator[row] ?? noNumbers);
    }
  }
}

/** The series indexes of one run, by subject. */
export class SeriesIndexes {
  private readonly byKey = new Map<string, SeriesIndex>();

  constructor(readonly catalogIndex: CatalogIndex) {}

  /** The series index of a subject, which need not have reported yet. */
  forSubject(key: string): SeriesIndex {
    const known = this.byKey.get(key);
    if (known) return known;
    const seriesIndex = new SeriesIndex(this.catalogIndex);
    this.byKey.set(key, seriesIndex);
    return seriesIndex;
  }

  /**
   * The same for a subject that exposes so many series, whose identities and labels have this length. A new index if the old one is
   * mostly stale; the subject then begins anew.
   */
  forExposed(key: string, slots: number, text: number): SeriesIndex {
    if (this.byKey.get(key)?.isMostlyStale(slots, text)) this.byKey.delete(key);
    return this.forSubject(key);
  }

  /** Forgets all subjects but those with these keys. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.byKey.keys()) if (!keys.has(key)) this.byKey.delete(key);
  }
}
