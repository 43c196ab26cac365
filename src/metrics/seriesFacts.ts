/** What the series of one answer say of the run, whatever their values are. */
import type { Exposition } from '../exposition/expositionReader';
import type { SeriesMeta } from './seriesMeta';

/** The series of one answer, in the order of the lines. */
type SeriesList = Exposition<SeriesMeta>['series'];

/** Facts of one answer. */
export interface SeriesFacts {
  /** Number of different subjects. */
  subjects: number;
  /** Ray sessions. */
  sessions: ReadonlySet<string>;
  /** Ray session by worker id. */
  sessionByWorker: ReadonlyMap<string, string>;
  /** The first version of Ray that a series names. */
  rayVersion: string | undefined;
  /** `model_name` by worker id. */
  models: ReadonlyMap<string, string>;
}

/** An answer with the same series has the same list, so that most lists are gone through once. */
const factsByList = new WeakMap<SeriesList, SeriesFacts>();

/** The facts of an answer with these series. */
export function seriesFactsOf(series: SeriesList): SeriesFacts {
  const known = factsByList.get(series);
  if (known) return known;
  const facts = collectFacts(series);
  factsByList.set(series, facts);
  return facts;
}

function collectFacts(series: SeriesList): SeriesFacts {
  const keys = new Set<string>();
  const sessions = new Set<string>();
  const sessionByWorker = new Map<string, string>();
  const models = new Map<string, string>();
  let rayVersion: string | undefined;
  let last: SeriesMeta | undefined;
  for (const { group } of series) {
    const { meta } = group;
    // The buckets of a histogram share their meta.
    if (meta === last) continue;
    last = meta;
    if (meta.key !== undefined) keys.add(meta.key);
    if (meta.session !== undefined) sessions.add(meta.session);
    rayVersion ??= meta.rayVersion;
    if (meta.workerId === undefined) continue;
    if (meta.session !== undefined) sessionByWorker.set(meta.workerId, meta.session);
    if (meta.model !== undefined) models.set(meta.workerId, meta.model);
  }
  return { subjects: keys.size, sessions, sessionByWorker, rayVersion, models };
}
