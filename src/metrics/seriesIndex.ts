/** The series of one subject. Each has a slot, which is its index in the subject's arrays and never changes. */
import { bucketBound } from './bucketBound';
import type { CatalogIndex } from './catalogIndex';
import type { SortedBuckets } from './histogramSlots';
import type { IndexedRow } from './indexedRows';
import type { RatioSlots } from './ratioSlots';
import { fullIdentity } from './seriesIdentity';
import { textLength, type SeriesMeta } from './seriesMeta';
import { SlotLayout } from './slotLayout';

/**
 * An index is begun anew if it has more than four times the slots and text that its subject exposes, and this much more.
 * Engines do not come near: their gauges come and go, but each has one label set.
 */
const maxStaleSlots = 1024;
const maxStaleText = 2 ** 18;

/** First series of which a layout is remembered. */
const maxRemembered = 256;

/** The layouts of one run's subjects, by their first series, as long as any subject has them. */
export class SlotLayouts {
  /** Of subjects without series. */
  readonly empty: SlotLayout;
  private readonly byFirstSeries = new Map<string, WeakRef<SlotLayout>>();

  constructor(readonly catalogIndex: CatalogIndex) {
    this.empty = new SlotLayout(catalogIndex);
  }

  /** A layout that begins with this series, or else an empty one, which is then remembered for it. */
  beginningWith({ identity }: SeriesMeta, bound: number | undefined): SlotLayout {
    const key = `${bound ?? ''}\n${identity}`;
    const known = this.byFirstSeries.get(key)?.deref();
    if (known) return known;
    const layout = new SlotLayout(this.catalogIndex);
    if (this.byFirstSeries.size >= maxRemembered) this.byFirstSeries.clear();
    this.byFirstSeries.set(key, new WeakRef(layout));
    return layout;
  }
}

/** Gives the series of one subject their slots, and knows which slots a selector or histogram has. */
export class SeriesIndex {
  readonly catalogIndex: CatalogIndex;
  /** By slot. */
  readonly metas: SeriesMeta[] = [];
  /** It may have further slots, of other subjects. */
  private layout: SlotLayout;
  /** Length of all identities and labels. */
  private textLength = 0;
  /** By label set, the metas of series whose identity another series of the same answer had. */
  private readonly collidingMetas = new Map<string, SeriesMeta>();
  /** Slots from here on are new since the last scrape. */
  private newFrom = 0;
  /** Slots before these that had no value yet. */
  private readonly unseenSlots = new Set<number>();

  constructor(private readonly layouts: SlotLayouts) {
    this.catalogIndex = layouts.catalogIndex;
    this.layout = layouts.empty;
  }

  /** Number of slots. */
  get size(): number {
    return this.metas.length;
  }

  /** Slots of counters, and of the sums, counts and buckets of histograms. */
  get counters(): readonly number[] {
    return this.ownLayout.counters;
  }

  /** Slots of gauges. */
  get gauges(): readonly number[] {
    return this.ownLayout.gauges;
  }

  /** Families of the series. */
  get families(): ReadonlySet<string> {
    return this.ownLayout.families;
  }

  /** Families that were seen under an old name. */
  get renamedFamilies(): ReadonlySet<string> {
    return this.ownLayout.renamedFamilies;
  }

  /**
   * The slot of a series: the same for every series of this identity and bound. Undefined for a bucket whose `le` is
   * not a number.
   */
  add(meta: SeriesMeta, le: string | undefined): number | undefined {
    const bound = meta.sampleKind === 'bucket' ? bucketBound(le ?? '') : undefined;
    if (Number.isNaN(bound)) return undefined;
    const { size } = this;
    if (size === 0) this.follow(this.layouts.beginningWith(meta, bound));
    const known = this.layout.find(meta, bound);
    if (known !== undefined && known < size) return known;
    // Most subjects have the series of the one before.
    if (known !== size || !this.layout.hasSameName(size, meta)) this.makeRoomFor(meta, bound);
    this.metas.push(meta);
    if (this.layout.isFirstOfIdentity(size, meta)) this.textLength += textLength(meta);
    return size;
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
    return this.ownLayout.slotsOf(selector);
  }

  /** Buckets of a histogram by its number; undefined if the subject has none. */
  bucketsOf(histogram: number): SortedBuckets | undefined {
    return this.ownLayout.bucketsOf(histogram);
  }

  /** The slots of a ratio's halves, those together that belong together. */
  ratioSlotsOf(row: Extract<IndexedRow, { kind: 'ratio' }>): readonly RatioSlots[] {
    return this.ownLayout.ratioSlotsOf(row, this.metas);
  }

  /** Whether most of it is about series that a subject with so many slots and so much text no longer exposes. */
  isMostlyStale(exposedSlots: number, exposedText: number): boolean {
    return this.size > 4 * exposedSlots + maxStaleSlots || this.textLength > 4 * exposedText + maxStaleText;
  }

  /** Numbers of the rows that these series can have a measure of, in ascending order. */
  get rows(): readonly number[] {
    return this.ownLayout.rows;
  }

  /** Whether a slot had a value in any earlier scrape. */
  wasSeen(slot: number): boolean {
    return slot < this.newFrom && !this.unseenSlots.has(slot);
  }

  /** Notes which slots have a value in this scrape. */
  markSeen(values: Float64Array): void {
    const { unseenSlots, newFrom, size } = this;
    for (const slot of unseenSlots) if (!Number.isNaN(values[slot] ?? NaN)) unseenSlots.delete(slot);
    for (let slot = newFrom; slot < size; slot += 1) if (Number.isNaN(values[slot] ?? NaN)) unseenSlots.add(slot);
    this.newFrom = size;
  }

  /** Forgets that the slots without a value had one: the subject was reset, so that they count from 0 again. */
  forgetSeen(values: Float64Array): void {
    for (let slot = 0; slot < this.newFrom; slot += 1)
      if (Number.isNaN(values[slot] ?? NaN)) this.unseenSlots.add(slot);
  }

  /** The layout with no further slots than the subject's own. */
  private get ownLayout(): SlotLayout {
    const { layout, size } = this;
    if (layout.size !== size) {
      const branch = layout.branchAt(size, (other) => other.size === size);
      if (branch) this.follow(branch);
      else this.layout = layout.copyOf(this.metas);
    }
    this.layout.isSealed = true;
    return this.layout;
  }

  /** Makes the subject's next slot that of a series which its layout does not have there. */
  private makeRoomFor(meta: SeriesMeta, bound: number | undefined): void {
    const { layout, size } = this;
    const branch = layout.branchAt(size, (other) => other.find(meta, bound) === size && other.hasSameName(size, meta));
    if (branch) {
      this.follow(branch);
      return;
    }
    // What others rely on stays as it is.
    if (layout.size !== size || (layout.isShared && layout.isSealed)) this.layout = layout.copyOf(this.metas);
    this.layout.add(meta, bound);
  }

  private follow(layout: SlotLayout): void {
    layout.isShared ||= layout.size > 0;
    this.layout = layout;
  }
}

/** The series indexes of one run, by subject. */
export class SeriesIndexes {
  private readonly byKey = new Map<string, SeriesIndex>();
  private readonly layouts: SlotLayouts;

  constructor(readonly catalogIndex: CatalogIndex) {
    this.layouts = new SlotLayouts(catalogIndex);
  }

  /** The series index of a subject, which need not have reported yet. */
  forSubject(key: string): SeriesIndex {
    const known = this.byKey.get(key);
    if (known) return known;
    const seriesIndex = new SeriesIndex(this.layouts);
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
