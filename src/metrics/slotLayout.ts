/**
 * Which slot each series of a subject has, and which slots a selector or histogram has. It depends on the series'
 * identities alone, and engines of one model have the same ones in the same order. So they share it.
 */
import type { CatalogIndex } from './catalogIndex';
import { BucketSeries, HistogramSlots, type SortedBuckets } from './histogramSlots';
import type { IndexedRow } from './indexedRows';
import { ratioSlots, type RatioHalf, type RatioSlots } from './ratioSlots';
import { oldNameRank } from './sampleNames';
import { familyKindKey } from './selectorRegistry';
import type { SeriesMeta } from './seriesMeta';

const noNumbers: readonly number[] = [];
/** Layouts that are remembered to have continued another one. */
const maxBranches = 16;

/** A layout that has the same slots as another one up to `size`. */
interface Branch {
  size: number;
  layout: WeakRef<SlotLayout>;
}

const usesOldName = ({ rank }: SeriesMeta): boolean => rank >= oldNameRank;

/** Slots of series in the order in which they were added. Slots are only ever added at its end. */
export class SlotLayout {
  /** Slots of counters, and of the sums, counts and buckets of histograms. */
  readonly counters: number[] = [];
  /** Slots of gauges. */
  readonly gauges: number[] = [];
  /** Families of the series. */
  readonly families = new Set<string>();
  /** Families that were seen under an old name. */
  readonly renamedFamilies = new Set<string>();
  /** More than one subject has it. */
  isShared = false;
  /** A subject relies on it to have no further slots. */
  isSealed = false;
  /** By slot, the bound of a bucket; undefined for other series. */
  private readonly bounds: (number | undefined)[] = [];
  /** Slots of series with an old name. */
  private readonly oldNames = new Set<number>();
  /** Slots by identity, of series that are no buckets. */
  private readonly slotByIdentity = new Map<string, number>();
  /** By identity of the histogram's buckets. */
  private readonly bucketSeries = new Map<string, BucketSeries>();
  private last: { meta: SeriesMeta; series: BucketSeries } | undefined;
  private readonly slotsBySelector: (number[] | undefined)[] = [];
  private readonly slotsByHistogram: (HistogramSlots | undefined)[] = [];
  /** Numbers of the rows that can have a measure. */
  private readonly measurableRows = new Set<number>();
  private sortedRows: number[] | undefined;
  /** Groups of slots by row, with the number of slots when they were made. */
  private readonly ratioGroups = new Map<IndexedRow, { size: number; groups: RatioSlots[] }>();
  private branches: Branch[] = [];

  constructor(readonly catalogIndex: CatalogIndex) {}

  /** Number of slots. */
  get size(): number {
    return this.bounds.length;
  }

  /** The slot of a series; undefined if it has none. `bound`: that of a bucket. */
  find(meta: SeriesMeta, bound: number | undefined): number | undefined {
    return bound === undefined ? this.slotByIdentity.get(meta.identity) : this.bucketsOfSeries(meta)?.find(bound);
  }

  /** Whether a slot's series is exposed under an old name, or not, just as this one. */
  hasSameName(slot: number, meta: SeriesMeta): boolean {
    return this.oldNames.has(slot) === usesOldName(meta);
  }

  /** Whether a slot is the first one of its identity: of a bucket, the first one of its label set. */
  isFirstOfIdentity(slot: number, meta: SeriesMeta): boolean {
    return this.bounds[slot] === undefined || this.bucketsOfSeries(meta)?.firstSlot === slot;
  }

  /** Adds a series that has no slot yet after the others. */
  add(meta: SeriesMeta, bound: number | undefined): number {
    const slot = this.bounds.push(bound) - 1;
    this.families.add(meta.family);
    if (usesOldName(meta)) {
      this.oldNames.add(slot);
      this.renamedFamilies.add(meta.family);
    }
    (meta.sampleKind === 'gauge' ? this.gauges : this.counters).push(slot);
    if (bound === undefined) {
      this.slotByIdentity.set(meta.identity, slot);
      this.matchSelectors(meta, slot);
    } else {
      this.bucketsOfNewSeries(meta).add(bound, slot);
      this.addToHistogram(meta.family, bound, slot);
    }
    return slot;
  }

  /** A layout with the first slots of this one, which are those of a subject's series with these metas. */
  copyOf(metas: readonly SeriesMeta[]): SlotLayout {
    const copy = new SlotLayout(this.catalogIndex);
    metas.forEach((meta, slot) => copy.add(meta, this.bounds[slot]));
    this.branches = this.branches.filter(({ layout }) => layout.deref());
    if (this.branches.length < maxBranches) this.branches.push({ size: metas.length, layout: new WeakRef(copy) });
    return copy;
  }

  /** A layout with the same slots up to `size`, for which `matches` is true. */
  branchAt(size: number, matches: (layout: SlotLayout) => boolean): SlotLayout | undefined {
    for (const branch of this.branches) {
      const layout = branch.size === size ? branch.layout.deref() : undefined;
      if (layout && matches(layout)) return layout;
    }
    return undefined;
  }

  /** Slots that a selector selects, by its number. */
  slotsOf(selector: number): readonly number[] {
    return this.slotsBySelector[selector] ?? noNumbers;
  }

  /** Buckets of a histogram by its number; undefined if there are none. */
  bucketsOf(histogram: number): SortedBuckets | undefined {
    return this.slotsByHistogram[histogram]?.buckets;
  }

  /** The slots of a ratio's halves, those together that belong together. `metas`: those of any subject with this layout. */
  ratioSlotsOf(row: Extract<IndexedRow, { kind: 'ratio' }>, metas: readonly SeriesMeta[]): readonly RatioSlots[] {
    const known = this.ratioGroups.get(row);
    if (known?.size === this.size) return known.groups;
    const { selectors } = this.catalogIndex;
    const half = (selector: number): RatioHalf => ({ selector: selectors[selector], slots: this.slotsOf(selector) });
    const groups = ratioSlots(metas, half(row.numerator), half(row.denominator));
    this.ratioGroups.set(row, { size: this.size, groups });
    return groups;
  }

  /** Numbers of the rows that these series can have a measure of, in ascending order. */
  get rows(): readonly number[] {
    return (this.sortedRows ??= [...this.measurableRows].sort((a, b) => a - b));
  }

  /** The buckets of one label set. All of them share one meta and come one after the other. */
  private bucketsOfSeries(meta: SeriesMeta): BucketSeries | undefined {
    if (this.last?.meta === meta) return this.last.series;
    const series = this.bucketSeries.get(meta.identity);
    if (!series) return undefined;
    // They are asked for from the first on.
    series.restart();
    this.last = { meta, series };
    return series;
  }

  private bucketsOfNewSeries(meta: SeriesMeta): BucketSeries {
    const known = this.bucketsOfSeries(meta);
    if (known) return known;
    const series = new BucketSeries();
    this.bucketSeries.set(meta.identity, series);
    this.last = { meta, series };
    return series;
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
