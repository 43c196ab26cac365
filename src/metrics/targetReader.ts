/** One target's answer, by subject: engines and parts, each with its values by place. */
import type { Exposition } from '../exposition/expositionReader';
import type { SeriesMeta } from './seriesMeta';
import type { SeriesIndexes, SeriesIndex } from './seriesIndex';
import { wantedFamilies } from './catalogIndex';

export interface SubjectReading {
  key: string;
  /** Any series of the subject: names node, model, worker. */
  meta: SeriesMeta;
  seriesIndex: SeriesIndex;
  /** By place of the layout; NaN where nothing was said. */
  values: Float64Array;
}

export interface TargetReading {
  url: string;
  /** Unix ms at which the response began. */
  at: number;
  engines: Map<string, SubjectReading>;
  /** Nodes, GPUs, the trainer, the server itself. */
  nonEngines: Map<string, SubjectReading>;
  /** Of the answering process, Unix s. */
  processStart?: number;
}

const highestRank = 255;
const processStartSlot = -1;
const skippedSlot = -2;

/** Where the values of an answer go: made once, and good for as long as the target shows the same series. */
interface Route {
  series: Exposition<SeriesMeta>['series'];
  /** By series: its place, or that it is of the process, or that another spelling counts. */
  slots: Int32Array;
  /** By series: the subject's number below. */
  subjects: Int32Array;
  entries: { meta: SeriesMeta; key: string; seriesIndex: SeriesIndex }[];
}

/** The lowest rank that each family has in this answer. */
function lowestRanks(series: Route['series']): Uint8Array {
  const ranks = new Uint8Array(wantedFamilies.size).fill(highestRank);
  for (const {
    group: {
      meta: { key, familyNumber, rank },
    },
  } of series) {
    if (key !== undefined && rank < (ranks[familyNumber] ?? highestRank)) ranks[familyNumber] = rank;
  }
  return ranks;
}

function newRoute(series: Route['series'], layouts: SeriesIndexes): Route {
  const ranks = lowestRanks(series);
  const route: Route = {
    series,
    slots: new Int32Array(series.length),
    subjects: new Int32Array(series.length),
    entries: [],
  };
  const numbers = new Map<string, number>();
  let number = 0;
  let last: SeriesMeta | undefined;
  series.forEach(({ group: { meta }, le }, index) => {
    const { key } = meta;
    if (key === undefined) {
      route.slots[index] = processStartSlot;
      return;
    }
    // Buckets of one histogram share their meta.
    if (meta !== last) {
      number = numbers.get(key) ?? route.entries.push({ meta, key, seriesIndex: layouts.forSubject(key) }) - 1;
      numbers.set(key, number);
      last = meta;
    }
    const place = (route.entries[number] as Route['entries'][number]).seriesIndex.add(meta, le);
    route.slots[index] = place !== undefined && meta.rank === ranks[meta.familyNumber] ? place : skippedSlot;
    route.subjects[index] = number;
  });
  return route;
}

/** Reads a run's answers, scrape after scrape. */
export class TargetReader {
  private readonly routes = new Map<string, Route>();

  constructor(private readonly seriesIndexes: SeriesIndexes) {}

  /** Groups an answer by subject. A family that stands there in several spellings counts once; what is not finite is not there. */
  read(url: string, at: number, { series, values }: Exposition<SeriesMeta>): TargetReading {
    const { slots, subjects, entries } = this.routeOf(url, series);
    const reading: TargetReading = { url, at, engines: new Map(), nonEngines: new Map() };
    const begun: (SubjectReading | undefined)[] = new Array<undefined>(entries.length).fill(undefined);
    for (let index = 0; index < slots.length; index++) {
      const value = values[index] ?? NaN;
      const place = slots[index] ?? skippedSlot;
      if (!Number.isFinite(value) || place === skippedSlot) continue;
      if (place === processStartSlot) {
        reading.processStart = value;
        continue;
      }
      const number = subjects[index] ?? 0;
      const subject = (begun[number] ??= begin(entries[number] as Route['entries'][number], reading));
      subject.values[place] = value;
    }
    return reading;
  }

  /** Targets that are no longer listed. */
  forgetUnlisted(listed: ReadonlySet<string>): void {
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
    const route = newRoute(series, this.seriesIndexes);
    this.routes.set(url, route);
    return route;
  }
}

function begin({ meta, key, seriesIndex }: Route['entries'][number], reading: TargetReading): SubjectReading {
  const subject = { key, meta, seriesIndex, values: new Float64Array(seriesIndex.size).fill(NaN) };
  (meta.subject === 'engine' ? reading.engines : reading.nonEngines).set(key, subject);
  return subject;
}
