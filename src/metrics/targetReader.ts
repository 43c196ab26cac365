/** Sorts the samples of one target's exposition by subject: engines, nodes, GPUs, the trainer, the server. */
import type { Exposition } from '../exposition/expositionReader';
import { runToEnd, type SlicedWork } from '../shared/timeSlice';
import type { SeriesIndexes, SeriesIndex } from './seriesIndex';
import { isStartTime } from './seriesDescriber';
import { hasDigitsBelow } from './processIdentity';
import { fullIdentity } from './seriesIdentity';
import { textLength, type SeriesMeta } from './seriesMeta';

/** What one exposition says of one subject. */
export interface SubjectReading {
  key: string;
  /** The meta of any of its series, for node, model and worker. */
  meta: SeriesMeta;
  seriesIndex: SeriesIndex;
  /** By slot; NaN without a value. */
  values: Float64Array;
  /** A value was infinite and is left out: whether its series moved is not known. */
  hasInfinite?: true;
  /** By slot, values below the least possible one, which are left out; absent without any. */
  impossible?: Map<number, number>;
}

/** What one exposition says, by subject key. */
export interface TargetReading {
  url: string;
  /** Unix ms at which the response began. */
  at: number;
  engines: Map<string, SubjectReading>;
  /** Nodes, GPUs, the trainer, the server itself. */
  nonEngines: Map<string, SubjectReading>;
  /** Start of the answering process, in Unix s. */
  processStart?: number;
  /** When its counters were created, in Unix s, to the microsecond: no two processes share these times. */
  created?: readonly number[];
}

type SeriesList = Exposition<SeriesMeta>['series'];

interface RoutedSubject {
  meta: SeriesMeta;
  key: string;
  seriesIndex: SeriesIndex;
}

/** By slot, the meta of the series of this answer that has it. */
type Claims = (SeriesMeta | undefined)[];

/** Where the values of an exposition go. It is made once and holds as long as the target has the same series. */
interface Route {
  series: SeriesList;
  /** By series, its slot, or one of the three numbers below. */
  slots: Int32Array;
  /** By series, the index of its subject in `subjects`. */
  subjectNumbers: Int32Array;
  subjects: RoutedSubject[];
}

const processStartSlot = -1;
/** The slot of a series that has none, or of whose family another spelling is read. */
const skippedSlot = -2;
const createdSlot = -3;
/** The ranks of one server have some dozen. */
const maxCreated = 256;
/** A smaller negative number is 0, as in `1 - free / total`. */
const roundingTolerance = 1e-9;
const highestRank = 255;
/** New series between two pauses. */
const seriesPerStep = 512;

/** By family number, the lowest rank in this exposition. */
function lowestRanks(series: SeriesList, familyCount: number, isOther: true | undefined): Uint8Array {
  const ranks = new Uint8Array(familyCount).fill(highestRank);
  let last: SeriesMeta | undefined;
  for (const { group } of series) {
    if (group.meta === last) continue;
    last = group.meta;
    const { key, familyNumber, rank, isOther: other } = last;
    if (other === isOther && key !== undefined && rank < (ranks[familyNumber] ?? highestRank))
      ranks[familyNumber] = rank;
  }
  return ranks;
}

/** How many series a subject exposes, and the length of their identities and labels. */
interface Exposed {
  slots: number;
  text: number;
}

function countExposed(series: SeriesList, isOther: true | undefined): Map<string, Exposed> {
  const byKey = new Map<string, Exposed>();
  let last: SeriesMeta | undefined;
  for (const { group } of series) {
    const { key } = group.meta;
    if (key === undefined || group.meta.isOther !== isOther) continue;
    const exposed = byKey.get(key) ?? { slots: 0, text: 0 };
    exposed.slots += 1;
    if (group.meta !== last) exposed.text += textLength(group.meta);
    last = group.meta;
    byKey.set(key, exposed);
  }
  return byKey;
}

function* createRoute(series: SeriesList, seriesIndexes: SeriesIndexes, isOther: true | undefined): SlicedWork<Route> {
  const ranks = lowestRanks(series, seriesIndexes.catalogIndex.families.size, isOther);
  const route: Route = {
    series,
    slots: new Int32Array(series.length),
    subjectNumbers: new Int32Array(series.length),
    subjects: [],
  };
  const exposedByKey = countExposed(series, isOther);
  const indexFor = (key: string): SeriesIndex => {
    const { slots, text } = exposedByKey.get(key) ?? { slots: 0, text: 0 };
    return seriesIndexes.forExposed(key, slots, text);
  };
  const numberByKey = new Map<string, number>();
  const claimsByNumber: Claims[] = [];
  let number = 0;
  let lastMeta: SeriesMeta | undefined;
  for (let index = 0; index < series.length; index += 1) {
    if (index % seriesPerStep === seriesPerStep - 1) yield;
    const {
      group: { meta },
      le,
    } = series[index] as SeriesList[number];
    const { key } = meta;
    if (key === undefined) {
      route.slots[index] = isStartTime(meta) ? processStartSlot : createdSlot;
      continue;
    }
    if (meta.isOther !== isOther) {
      route.slots[index] = skippedSlot;
      continue;
    }
    // Buckets of one histogram share their meta.
    if (meta !== lastMeta) {
      number = numberByKey.get(key) ?? route.subjects.push({ meta, key, seriesIndex: indexFor(key) }) - 1;
      numberByKey.set(key, number);
      lastMeta = meta;
    }
    const isRead = meta.rank === ranks[meta.familyNumber];
    route.slots[index] = isRead
      ? claimSlot(route.subjects[number] as RoutedSubject, (claimsByNumber[number] ??= []), meta, le)
      : skippedSlot;
    route.subjectNumbers[index] = number;
  }
  return route;
}

/** The slot of a series. No two series of one answer have the same one, except if all of their labels are equal. */
function claimSlot({ seriesIndex }: RoutedSubject, claims: Claims, meta: SeriesMeta, le: string | undefined): number {
  const addColliding = (): number | undefined => seriesIndex.addColliding(meta, le);
  let slot = seriesIndex.wasColliding(meta) ? addColliding() : seriesIndex.add(meta, le);
  const other = slot === undefined ? undefined : claims[slot];
  if (other !== undefined && other !== meta && fullIdentity(other) !== fullIdentity(meta)) slot = addColliding();
  if (slot === undefined) return skippedSlot;
  claims[slot] = meta;
  return slot;
}

function isSameSeries(a: SeriesList, b: SeriesList): boolean {
  return a === b || (a.length === b.length && a.every((series, index) => series === b[index]));
}

/** Reads the expositions of one run's targets, scrape after scrape. */
export class TargetReader {
  private readonly routeByUrl = new Map<string, Route>();

  /** `isOther`: reads the families without a row in the catalog, and no others. */
  constructor(
    readonly seriesIndexes: SeriesIndexes,
    private readonly isOther?: true,
  ) {}

  /**
   * Sorts an exposition by subject. Of a family with several spellings only the one of the lowest rank is read; values
   * that are not finite or not possible are left out. `at`: Unix ms.
   */
  read(url: string, at: number, exposition: Exposition<SeriesMeta>): TargetReading {
    return runToEnd(this.readInSteps(url, at, exposition));
  }

  /** The same as `read`, with pauses while series are new. */
  *readInSteps(url: string, at: number, { series, values }: Exposition<SeriesMeta>): SlicedWork<TargetReading> {
    const { slots, subjectNumbers, subjects } = yield* this.routeFor(url, series);
    const reading: TargetReading = { url, at, engines: new Map(), nonEngines: new Map() };
    const created: number[] = [];
    const readings = new Array<SubjectReading | undefined>(subjects.length).fill(undefined);
    const withInfinite = new Set<number>();
    for (let index = 0; index < slots.length; index++) {
      const value = values[index] ?? NaN;
      const slot = slots[index] ?? skippedSlot;
      if (slot === skippedSlot) continue;
      const number = subjectNumbers[index] ?? 0;
      if (!Number.isFinite(value)) {
        if (Math.abs(value) === Infinity && slot >= 0) withInfinite.add(number);
        continue;
      }
      if (slot === processStartSlot) {
        reading.processStart = value;
        continue;
      }
      if (slot === createdSlot) {
        if (hasDigitsBelow(value, 1e-3) && created.length < maxCreated) created.push(value);
        continue;
      }
      const subject = (readings[number] ??= addSubject(subjects[number] as RoutedSubject, reading));
      if (value < 0 && value < (series[index]?.group.meta.least ?? -Infinity) - roundingTolerance)
        (subject.impossible ??= new Map<number, number>()).set(slot, value);
      else subject.values[slot] = value;
    }
    if (created.length > 0) reading.created = created;
    for (const number of withInfinite) {
      const subject = readings[number];
      if (subject) subject.hasInfinite = true;
    }
    return reading;
  }

  /** Forgets targets whose URL is not in `listed`. */
  forgetUnlisted(listed: ReadonlySet<string>): void {
    for (const url of this.routeByUrl.keys()) if (!listed.has(url)) this.routeByUrl.delete(url);
  }

  private *routeFor(url: string, series: SeriesList): SlicedWork<Route> {
    const known = this.routeByUrl.get(url);
    if (known && isSameSeries(known.series, series)) return known;
    const route = yield* createRoute(series, this.seriesIndexes, this.isOther);
    this.routeByUrl.set(url, route);
    return route;
  }
}

function addSubject({ meta, key, seriesIndex }: RoutedSubject, reading: TargetReading): SubjectReading {
  const subject = { key, meta, seriesIndex, values: new Float64Array(seriesIndex.size).fill(NaN) };
  (meta.subject === 'engine' ? reading.engines : reading.nonEngines).set(key, subject);
  return subject;
}
