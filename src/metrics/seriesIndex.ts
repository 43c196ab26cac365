/** The series of one subject, each in its own place of the subject's arrays; a place is given once and stays. */
import type { ScalarPart } from './catalog';
import { boundOf, oldNameRank, type SeriesMeta } from './seriesMeta';
import { histograms, plannedRows, quotientsOf, rowsOfHistogram, rowsOfSelector, selectors, selectorsOf } from './catalogIndex';

/** A histogram's buckets, by bound ascending: several series may have one bound. */
export interface BucketPlaces {
  bounds: number[];
  /** Those of one bound stand together. */
  places: number[];
  /** By bound: where in `places` its own end. */
  ends: number[];
}

/** The buckets of one label set, as they came: they come in the same order again. */
interface Siblings {
  bounds: number[];
  places: number[];
  /** Where the one is that is asked for next, most likely. */
  next: number;
}

const none: readonly number[] = [];

export class SeriesLayout {
  /** By place. */
  readonly metas: SeriesMeta[] = [];
  /** Places of counters, sums, counts and buckets. */
  readonly counters: number[] = [];
  readonly gauges: number[] = [];
  readonly families = new Set<string>();
  /** Families met under an old name. */
  readonly renamed = new Set<string>();
  /** By identity: of series that are no buckets, and of buckets. */
  private readonly places = new Map<string, number>();
  private readonly bucketPlaces = new Map<string, Siblings>();
  private last: { meta: SeriesMeta; siblings: Siblings } | undefined;
  private readonly selected: (number[] | undefined)[] = [];
  private readonly buckets: (BucketPlaces | undefined)[] = [];
  /** By number of a planned row. */
  private readonly shown = new Uint8Array(plannedRows.length);
  private ordered: number[] | undefined;
  /** Places where no value was met yet. */
  private readonly unmet = new Set<number>();

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
    if (meta.part === 'bucket') return this.addBucket(meta, boundOf(le ?? ''));
    let place = this.places.get(meta.identity);
    if (place === undefined) {
      place = this.newPlace(meta);
      this.places.set(meta.identity, place);
      this.select(meta, meta.part, place);
    }
    return place;
  }

  /** Places of a selector. */
  of(selector: number): readonly number[] {
    return this.selected[selector] ?? none;
  }

  /** Buckets of a histogram; undefined where the subject has none. */
  bucketsOf(histogram: number): BucketPlaces | undefined {
    return this.buckets[histogram];
  }

  /** Numbers of the planned rows that can say something of these series, ascending. */
  get rows(): readonly number[] {
    return (this.ordered ??= [...this.shown.keys()].filter((row) => this.shown[row] === 1));
  }

  wasMet(place: number): boolean {
    return !this.unmet.has(place);
  }

  /** Notes which places had a value. */
  meet(values: Float64Array): void {
    for (const place of this.unmet) if (!Number.isNaN(values[place] ?? NaN)) this.unmet.delete(place);
  }

  private addBucket(meta: SeriesMeta, bound: number): number | undefined {
    if (Number.isNaN(bound)) return undefined;
    const siblings = this.siblingsOf(meta);
    const { bounds, places, next } = siblings;
    const at = bounds[next] === bound ? next : bounds.indexOf(bound);
    siblings.next = at + 1;
    if (at !== -1) return places[at];
    const place = this.newPlace(meta);
    siblings.next = bounds.push(bound);
    places.push(place);
    this.addToHistogram(meta.family, bound, place);
    return place;
  }

  /** Buckets come one after the other. */
  private siblingsOf(meta: SeriesMeta): Siblings {
    if (this.last?.meta === meta) return this.last.siblings;
    const siblings = this.bucketPlaces.get(meta.identity) ?? { bounds: [], places: [], next: 0 };
    siblings.next = 0;
    this.bucketPlaces.set(meta.identity, siblings);
    this.last = { meta, siblings };
    return siblings;
  }

  private newPlace(meta: SeriesMeta): number {
    const place = this.metas.push(meta) - 1;
    this.unmet.add(place);
    this.families.add(meta.family);
    if (meta.rank >= oldNameRank) this.renamed.add(meta.family);
    (meta.part === 'gauge' ? this.gauges : this.counters).push(place);
    return place;
  }

  private select(meta: SeriesMeta, part: ScalarPart, place: number): void {
    for (const number of selectorsOf.get(`${meta.family} ${part}`) ?? none) {
      const where = selectors[number]?.where ?? {};
      if (!Object.entries(where).every(([label, value]) => meta.labels.get(label) === value)) continue;
      (this.selected[number] ??= []).push(place);
      this.show(rowsOfSelector[number] ?? none);
    }
  }

  private addToHistogram(family: string, bound: number, place: number): void {
    const histogram = histograms.get(family);
    if (histogram === undefined) return;
    this.show(rowsOfHistogram[histogram] ?? none);
    const { bounds, places, ends } = (this.buckets[histogram] ??= { bounds: [], places: [], ends: [] });
    // From the end: they come in order.
    let at = bounds.length;
    while (at > 0 && (bounds[at - 1] ?? -Infinity) >= bound) at -= 1;
    const begin = at === 0 ? 0 : (ends[at - 1] as number);
    if (bounds[at] === bound) places.splice(ends[at] as number, 0, place);
    else {
      bounds.splice(at, 0, bound);
      ends.splice(at, 0, begin);
      places.splice(begin, 0, place);
    }
    for (let later = at; later < ends.length; later += 1) (ends[later] as number) += 1;
  }

  private show(rows: readonly number[]): void {
    for (const row of rows) {
      if (this.shown[row] === 1) continue;
      this.shown[row] = 1;
      this.ordered = undefined;
      this.show(quotientsOf[row] ?? none);
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
