/** A run as a Prometheus has it: which series are its own, which engines were scraped, and when. */
import type { SourceRequest } from '../collector/snapshotSource';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { PrometheusClient } from './client';
import { readScrapedEngines, type ScrapedEngine } from './engineQueries';
import type { LastSampleCache } from './lastSample';
import { failureOfAll, selectRunSeries, targetsByInstance, type QueryOptions, type RunSelection } from './runSelector';
import type { SampleNameCache } from './sampleNameCache';
import { selectSeries } from './scopes';

/**
 * Each query may take this long, in ms, whatever the timeout of a scrape: a Prometheus has more to do than a target.
 */
const minTimeoutMs = 15_000;

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

/** What was looked up before. */
export interface PrometheusLookups {
  sampleNames: SampleNameCache;
  lastSamples: LastSampleCache;
}

/**
 * Looks for the run; of one that has ended, as of its last sample. Rejects with a PrometheusError if no query could be
 * answered.
 */
export async function findPrometheusRun(
  catalogIndex: CatalogIndex,
  client: PrometheusClient,
  { discovery, session, signal, timeoutMs }: SourceRequest,
  intervalMs: number,
  { sampleNames, lastSamples }: PrometheusLookups,
): Promise<PrometheusRun> {
  const options: QueryOptions = { catalogIndex, client, signal, timeoutMs: queryTimeoutMs(timeoutMs), intervalMs };
  const readNames = (matchers: readonly string[]): Promise<string[]> => sampleNames.namesOf(client, matchers, signal);
  const targetUrls = targetsByInstance(discovery);
  let selection = await selectRunSeries(discovery, session, readNames, options);
  const failure = failureOfAll(selection.engineBatch);
  if (failure) throw failure;
  let scrapedEngines = readScrapedEngines(selection.engineBatch, targetUrls);
  if (scrapedEngines.size === 0 && selection.scopes.length > 0) {
    const series = selection.scopes.flatMap((scope) =>
      selectSeries(scope, { family: 'generation_tokens', sampleKind: 'counter' }, 'engine'),
    );
    const lastSampleAt = await lastSamples.find(series, options);
    if (lastSampleAt !== undefined)
      selection = await selectRunSeries(discovery, session, readNames, options, lastSampleAt);
    scrapedEngines = readScrapedEngines(selection.engineBatch, targetUrls);
  }
  const at = [...scrapedEngines.values()].reduce((latest, engine) => Math.max(latest, engine.at), -Infinity);
  return { ...selection, scrapedEngines, targetUrls, intervalMs, at };
}
