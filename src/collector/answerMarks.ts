/** What the series of one answer show of the process that gave it. */
import type { Exposition } from '../exposition/expositionReader';
import { hasDigitsBelow } from '../metrics/processIdentity';
import { isStartTime } from '../metrics/seriesDescriber';
import type { SeriesMeta } from '../metrics/seriesMeta';
import { workCounterFamilies } from '../metrics/workCounters';

type SeriesList = Exposition<SeriesMeta>['series'];

/** Which series of an answer tell processes apart, by their index. */
interface MarkIndexes {
  start: number;
  created: number[];
  measuredTimes: number[];
  counters: number[];
  workers: ReadonlySet<string>;
  engines: string;
}

/** What tells the processes of two answers apart, or shows that they are one. */
export interface AnswerMarks {
  /** Worker IDs of engines on Ray. */
  workers: ReadonlySet<string>;
  /** Ranks and models of engines on a server, as text; empty without any. */
  engines: string;
  /** In Unix s. */
  processStart: number | undefined;
  /** When counters were created, in Unix s to the microsecond. */
  created: readonly number[];
  /** Sums of measured times in s that are no round numbers: no two servers have the same. */
  measuredTimes: ReadonlySet<number>;
  /** What the engines have done, by series. */
  counters: ReadonlyMap<string, number>;
}

const workFamilies: ReadonlySet<string> = new Set(Object.values(workCounterFamilies));
/** The ranks of one server have some dozen of each. */
const maxMarks = 256;

/** An answer with the same series has the same list, so that most lists are gone through once. */
const indexesByList = new WeakMap<SeriesList, MarkIndexes>();

/** Goes through the series of an answer. Done as each answer arrives, so that all of them make no long block. */
export function indexMarks(series: SeriesList): MarkIndexes {
  const known = indexesByList.get(series);
  if (known) return known;
  const indexes = collectIndexes(series);
  indexesByList.set(series, indexes);
  return indexes;
}

function collectIndexes(series: SeriesList): MarkIndexes {
  const indexes = { start: -1, created: [] as number[], measuredTimes: [] as number[], counters: [] as number[] };
  const workers = new Set<string>();
  const engines = new Set<string>();
  let last: SeriesMeta | undefined;
  for (const [index, { group }] of series.entries()) {
    const { meta } = group;
    // The buckets of a histogram share their meta.
    if (meta === last) continue;
    last = meta;
    const { family, sampleKind, subject, key, workerId, labels, model = '' } = meta;
    if (key === undefined) {
      if (isStartTime(meta)) indexes.start = index;
      else indexes.created.push(index);
    } else if (subject === 'engine' && workerId !== undefined) workers.add(workerId);
    else if (subject === 'engine') {
      if (sampleKind === 'sum' && family.endsWith('_seconds')) indexes.measuredTimes.push(index);
      if (sampleKind !== 'counter' || !workFamilies.has(family)) continue;
      indexes.counters.push(index);
      engines.add(JSON.stringify([labels.get('engine') ?? '', model]));
    }
  }
  return { ...indexes, workers, engines: [...engines].sort().join() };
}

/** The marks of an answer's series and values. */
export function marksOf({ series, values }: Exposition<SeriesMeta>): AnswerMarks {
  const valueAt = (index: number): number => values[index] ?? NaN;
  const { start, created, measuredTimes, counters, workers, engines } = indexMarks(series);
  return {
    workers,
    engines,
    processStart: start === -1 ? undefined : valueAt(start),
    created: created
      .slice(0, maxMarks)
      .map(valueAt)
      .filter((time) => hasDigitsBelow(time, 1e-3)),
    measuredTimes: new Set(
      measuredTimes
        .slice(0, maxMarks)
        .map(valueAt)
        .filter((time) => time > 0 && hasDigitsBelow(time, 1e-6)),
    ),
    counters: new Map(
      counters
        .slice(0, maxMarks)
        .map((index) => [(series[index] as SeriesList[number]).group.meta.identity, valueAt(index)]),
    ),
  };
}
