/** A run as a Prometheus has it: which series are its own, which engines were scraped, and when. */
import type { SourceRequest } from '../collector/snapshotSource';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { PrometheusClient } from './client';
import { readScrapedEngines, type ScrapedEngine } from './engineQueries';
import { durationText } from './duration';
import { failureOfAll, selectRunSeries, targetsByInstance, type QueryOptions, type RunSelection } from './runSelector';
import type { SampleNameCache } from './sampleNameCache';

/**
 * Each query may take this long, in ms, whatever the timeout of a scrape: a Prometheus has more to do than a target.
 */
const minTimeoutMs = 15_000;
/** How far back the newest sample of the run is looked for. */
const oldestSampleMs = 24 * 3_600_000;

/** A run, found but not measured yet. */
export interface PrometheusRun extends RunSelection {
  /** The newest sample of its engines, Unix ms; -Infinity without engines. */
  at: number;
  /** By engine key; empty if this Prometheus has none. */
  scrapedEngines: ReadonlyMap<string, ScrapedEngine>;
  /** URLs of discovered targets by `instance`. */
  targetUrls: ReadonlyMap<string, string>;
  /** How often this Prometheus scrapes, in ms. */
  intervalMs: number;
}

/** How long a query of a snapshot may take, in ms. */
export const queryTimeoutMs = (timeoutMs: number): number => Math.max(minTimeoutMs, timeoutMs);

/** Looks for the run. Rejects with a PrometheusError if no query could be answered. */
export async function findPrometheusRun(
  catalogIndex: CatalogIndex,
  client: PrometheusClient,
  { discovery, session, signal, timeoutMs }: SourceRequest,
  intervalMs: number,
  sampleNames: SampleNameCache,
): Promise<PrometheusRun> {
  const options: QueryOptions = { catalogIndex, client, signal, timeoutMs: queryTimeoutMs(timeoutMs), intervalMs };
  const readNames = (matchers: readonly string[]): Promise<string[]> => sampleNames.namesOf(client, matchers, signal);
  const targetUrls = targetsByInstance(discovery);
  let selection = await selectRunSeries(discovery, session, readNames, options);
  const failure = failureOfAll(selection.engineBatch);
  if (failure) throw failure;
  let scrapedEngines = readScrapedEngines(selection.engineBatch, targetUrls);
  if (scrapedEngines.size === 0 && selection.scopes.length > 0) {
    const lastSampleAt = await findLastSample(selection, options);
    if (lastSampleAt !== undefined)
      selection = await selectRunSeries(discovery, session, readNames, options, lastSampleAt);
    scrapedEngines = readScrapedEngines(selection.engineBatch, targetUrls);
  }
  const at = [...scrapedEngines.values()].reduce((latest, engine) => Math.max(latest, engine.at), -Infinity);
  return { ...selection, scrapedEngines, targetUrls, intervalMs, at };
}

/**
 * When the run was scraped last, Unix ms, if that is longer ago than an instant query looks back; undefined if never
 * within a day.
 */
async function findLastSample(
  { scopes }: RunSelection,
  { client, signal, timeoutMs }: QueryOptions,
): Promise<number | undefined> {
  const series = scopes.flatMap(({ sampleNames, matchers }) =>
    (sampleNames.names.get('generation_tokens counter') ?? []).map((name) => `${name}{${matchers.join(',')}}`),
  );
  if (series.length === 0) return undefined;
  const range = durationText(oldestSampleMs);
  const times = series.map((one) => `max_over_time(max(timestamp(${one}))[${range}:4m])`);
  const { data } = await client.query(`max(${times.join(' or ')})`, undefined, signal, timeoutMs);
  const seconds = data.type === 'vector' ? data.samples[0]?.value : undefined;
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
