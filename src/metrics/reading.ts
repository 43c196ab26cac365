/** One target's answer, by subject: engines and parts, each with its values by place. */
import type { Exposition } from '../exposition/reader';
import type { SeriesMeta } from './families';
import type { Layouts, SeriesLayout } from './layout';
import { wantedFamilies } from './plan';

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

/** The lowest rank that each family has in this answer; gives every series its place. */
function lowestRanks(series: Route['series'], layouts: Layouts): Uint8Array {
  const ranks = new Uint8Array(wantedFamilies.size).fill(highestRank);
  for (const { meta } of series) {
    const { key, familyNumber, rank } = meta;
    if (key === undefined) continue;
    if (rank < (ranks[familyNumber] ?? highestRank)) ranks[familyNumber] = rank;
    layouts.layoutOf(meta, key);
  }
  return ranks;
}

function newRoute(series: Route['series'], layouts: Layouts): Route {
  const ranks = lowestRanks(series, layouts);
  const route: Route = { series, places: new Int32Array(series.length), subjects: new Int32Array(series.length), found: [] };
  const numbers = new Map<SeriesLayout, number>();
  series.forEach(({ meta }, index) => {
    const { key, slot } = meta;
    if (key === undefined || !slot) {
      route.places[index] = processStart;
      return;
    }
    route.places[index] = meta.rank === ranks[meta.familyNumber] ? slot.place : skipped;
    const { layout } = slot;
    const number = numbers.get(layout) ?? route.found.push({ meta, key, layout }) - 1;
    numbers.set(layout, number);
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
    if (known && known.series.length === series.length && series.every((each, index) => each === known.series[index])) return known;
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
