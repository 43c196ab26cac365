/** One target's answer, by subject: engines and parts, each with its values by place. */
import type { Exposition } from '../exposition/expositionReader';
import type { SeriesMeta } from './seriesMeta';
import type { Layouts, SeriesLayout } from './seriesIndex';
import { wantedFamilies } from './catalogIndex';

export interface SubjectReading {
  key: string;
  /** Any series of the subject: names node, model, worker. */
  meta: SeriesMeta;
  layout: SeriesLayout;
  /** By place of the layout; NaN where nothing was said. */
  values: Float64Array;
}

export interface TargetReading {
  url: string;
  /** Unix ms at which the response began. */
  at: number;
  engines: Map<string, SubjectReading>;
  /** Nodes, GPUs, the trainer, the server itself. */
  parts: Map<string, SubjectReading>;
  /** Of the answering process, Unix s. */
  processStart?: number;
}

const highestRank = 255;
const processStart = -1;
const skipped = -2;

/** Where the values of an answer go: made once, and good for as long as the target shows the same series. */
interface Route {
  series: Exposition<SeriesMeta>['series'];
  /** By series: its place, or that it is of the process, or that another spelling counts. */
  places: Int32Array;
  /** By series: the subject's number below. */
  subjects: Int32Array;
  found: { meta: SeriesMeta; key: string; layout: SeriesLayout }[];
}

/** The lowest rank that each family has in this answer. */
function lowestRanks(series: Route['series']): Uint8Array {
  const ranks = new Uint8Array(wantedFamilies.size).fill(highestRank);
  for (const {
    of: {
      meta: { key, familyNumber, rank },
    },
  } of series) {
    if (key !== undefined && rank < (ranks[familyNumber] ?? highestRank)) ranks[familyNumber] = rank;
  }
  return ranks;
}

function newRoute(series: Route['series'], layouts: Layouts): Route {
  const ranks = lowestRanks(series);
  const route: Route = {
    series,
    places: new Int32Array(series.length),
    subjects: new Int32Array(series.length),
    found: [],
  };
  const numbers = new Map<string, number>();
  let number = 0;
  let last: SeriesMeta | undefined;
  series.forEach(({ of: { meta }, le }, index) => {
    const { key } = meta;
    if (key === undefined) {
      route.places[index] = processStart;
      return;
    }
    // Buckets of one histogram share their meta.
    if (meta !== last) {
      number = numbers.get(key) ?? route.found.push({ meta, key, layout: layouts.named(key) }) - 1;
      numbers.set(key, number);
      last = meta;
    }
    const place = (route.found[number] as Route['found'][number]).layout.add(meta, le);
    route.places[index] = place !== undefined && meta.rank === ranks[meta.familyNumber] ? place : skipped;
    route.subjects[index] = number;
  });
  return route;
}

/** Reads a run's answers, scrape after scrape. */
export class Readings {
  private readonly routes = new Map<string, Route>();

  constructor(private readonly layouts: Layouts) {}

  /** Groups an answer by subject. A family that stands there in several spellings counts once; what is not finite is not there. */
  read(url: string, at: number, { series, values }: Exposition<SeriesMeta>): TargetReading {
    const { places, subjects, found } = this.routeOf(url, series);
    const reading: TargetReading = { url, at, engines: new Map(), parts: new Map() };
    const begun: (SubjectReading | undefined)[] = new Array<undefined>(found.length).fill(undefined);
    for (let index = 0; index < places.length; index++) {
      const value = values[index] ?? NaN;
      const place = places[index] ?? skipped;
      if (!Number.isFinite(value) || place === skipped) continue;
      if (place === processStart) {
        reading.processStart = value;
        continue;
      }
      const number = subjects[index] ?? 0;
      const subject = (begun[number] ??= begin(found[number] as Route['found'][number], reading));
      subject.values[place] = value;
    }
    return reading;
  }

  /** Targets that are no longer listed. */
  forget(listed: ReadonlySet<string>): void {
    for (const url of this.routes.keys()) if (!listed.has(url)) this.routes.delete(url);
  }

  private routeOf(url: string, series: Route['series']): Route {
    const known = this.routes.get(url);
    if (
      known &&
      (known.series === series ||
        (known.series.length === series.length && series.every((each, index) => each === known.series[index])))
    )
      return known;
    const route = newRoute(series, this.layouts);
    this.routes.set(url, route);
    return route;
  }
}

function begin({ meta, key, layout }: Route['found'][number], reading: TargetReading): SubjectReading {
  const subject = { key, meta, layout, values: new Float64Array(layout.size).fill(NaN) };
  (meta.subject === 'engine' ? reading.engines : reading.parts).set(key, subject);
  return subject;
}
