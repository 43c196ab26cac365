/** The series of one subject, each in its own place of the subject's arrays; a place is given once and stays. */
import type { ScalarPart } from './catalog';
import { boundOf, oldNameRank, type SeriesMeta } from './families';
import { histograms, selectors, selectorsOf } from './plan';

/** A histogram's buckets, by bound ascending: several series may have one bound. */
export interface BucketPlaces {
  bounds: number[];
  places: number[][];
}

const none: readonly number[] = [];
/** What stands for the bound of a series that is no bucket. */
const noBound = 0;

export class SeriesLayout {
  /** By place. */
  readonly metas: SeriesMeta[] = [];
  /** Places of counters, sums, counts and buckets. */
  readonly counters: number[] = [];
  readonly gauges: number[] = [];
  readonly families = new Set<string>();
  /** Families met under an old name. */
  readonly renamed = new Set<string>();
  /** By identity, those of series that are no buckets; and of buckets, by bound, too. */
  private readonly places = new Map<string, number>();
  private readonly bucketPlaces = new Map<string, Map<number, number>>();
  private last: { meta: SeriesMeta; siblings: Map<number, number> } | undefined;
  private readonly selected: (number[] | undefined)[] = [];
  private readonly buckets: (BucketPlaces | undefined)[] = [];
  /** Places where no value was met yet. */
  private readonly unmet = new Set<number>();

  /** `number`: of the subject, within its run. */
  constructor(readonly key: string, readonly number: number) {}

  get size(): number {
    return this.metas.length;
  }

  /** The place of a series, the same for every one of its identity and bound; undefined for a bucket whose `le` is no number. */
  add(meta: SeriesMeta, le: string | undefined): number | undefined {
    if (meta.part !== 'bucket') return this.placeOf(this.places, meta.identity, meta, noBound);
    const bound = boundOf(le ?? '');
    return Number.isNaN(bound) ? undefined : this.placeOf(this.siblingsOf(meta), bound, meta, bound);
  }

  /** Places of a selector. */
  of(selector: number): readonly number[] {
    return this.selected[selector] ?? none;
  }

  /** Buckets of a histogram; undefined where the subject has none. */
  bucketsOf(histogram: number): BucketPlaces | undefined {
    return this.buckets[histogram];
  }

  wasMet(place: number): boolean {
    return !this.unmet.has(place);
  }

  /** Notes which places had a value. */
  meet(values: Float64Array): void {
    for (const place of this.unmet) if (!Number.isNaN(values[place] ?? NaN)) this.unmet.delete(place);
  }

  /** Buckets come one after the other. */
  private siblingsOf(meta: SeriesMeta): Map<number, number> {
    if (this.last?.meta === meta) return this.last.siblings;
    const siblings = this.bucketPlaces.get(meta.identity) ?? new Map<number, number>();
    this.bucketPlaces.set(meta.identity, siblings);
    this.last = { meta, siblings };
    return siblings;
  }

  private placeOf<Key>(known: Map<Key, number>, key: Key, meta: SeriesMeta, bound: number): number {
    let place = known.get(key);
    if (place === undefined) {
      place = this.newPlace(meta, bound);
      known.set(key, place);
    }
    return place;
  }

  private newPlace(meta: SeriesMeta, bound: number): number {
    const place = this.metas.push(meta) - 1;
    this.unmet.add(place);
    this.families.add(meta.family);
    if (meta.rank >= oldNameRank) this.renamed.add(meta.family);
    (meta.part === 'gauge' ? this.gauges : this.counters).push(place);
    if (meta.part === 'bucket') this.addBucket(meta.family, bound, place);
    else this.select(meta, meta.part, place);
    return place;
  }

  private select(meta: SeriesMeta, part: ScalarPart, place: number): void {
    for (const number of selectorsOf.get(`${meta.family} ${part}`) ?? none) {
      const where = selectors[number]?.where ?? {};
      if (Object.entries(where).every(([label, value]) => meta.labels.get(label) === value)) (this.selected[number] ??= []).push(place);
    }
  }

  private addBucket(family: string, bound: number, place: number): void {
    const histogram = histograms.get(family);
    if (histogram === undefined) return;
    const { bounds, places } = (this.buckets[histogram] ??= { bounds: [], places: [] });
    // From the end: they come in order.
    let at = bounds.length;
    while (at > 0 && (bounds[at - 1] ?? -Infinity) >= bound) at -= 1;
    if (bounds[at] === bound) places[at]?.push(place);
    else {
      bounds.splice(at, 0, bound);
      places.splice(at, 0, [place]);
    }
  }
}

/** The layouts of one run, by subject. */
export class Layouts {
  private readonly byKey = new Map<string, SeriesLayout>();
  readonly all: SeriesLayout[] = [];

  /** The layout of a subject, also of one that has not reported yet. */
  named(key: string): SeriesLayout {
    const known = this.byKey.get(key);
    if (known) return known;
    const layout = new SeriesLayout(key, this.all.length);
    this.byKey.set(key, layout);
    this.all.push(layout);
    return layout;
  }
}
