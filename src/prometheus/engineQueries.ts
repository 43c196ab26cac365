/** Queries about the engines of a run, and their answers: who was scraped when, what moved, what was counted. */
import { recordCounterFamilies, type EngineCounters } from '../metrics/recordCounters';
import { workCounterFamilies } from '../metrics/workCounters';
import type { BatchResult } from './batch';
import type { NamedQuery } from './expressions';
import type { InstantSample, LabelSet } from './responseData';
import { labelsOfSubject, overRange, sampleSubjectKey, selectSeries, type SeriesScope } from './scopes';

/** Counters that move while an engine works. */
const activityCounters = [
  { family: 'generation_tokens', sampleKind: 'counter' },
  { family: 'prompt_tokens', sampleKind: 'counter' },
] as const;
/** Gauges that an engine sets again and again while it works. */
const activityGauges = [
  { family: 'num_requests_running', sampleKind: 'gauge' },
  { family: 'num_requests_waiting', sampleKind: 'gauge' },
  { family: 'kv_cache_usage_perc', sampleKind: 'gauge' },
] as const;
const selectorsByKind = { counters: activityCounters, gauges: activityGauges };
type EngineSeriesKind = keyof typeof selectorsByKind;
const engineSeriesKinds = ['counters', 'gauges'] as const satisfies readonly EngineSeriesKind[];

const scrapeTimesId = (kind: EngineSeriesKind): string => `who ${kind}`;

/** When each engine's counters and gauges were scraped last, with the labels that identify the engine. */
export function engineQueries(scopes: readonly SeriesScope[]): NamedQuery[] {
  return scopes.flatMap((scope) => {
    const labels = [
      ...labelsOfSubject[scope.kind].engine,
      ...(scope.kind === 'ray' ? ['NodeAddress', 'Version', 'SessionName', 'instance'] : []),
      'model_name',
    ];
    return engineSeriesKinds.flatMap((kind) => {
      const series = selectorsByKind[kind].flatMap((selector) => selectSeries(scope, selector, 'engine'));
      if (series.length === 0) return [];
      const times = series.map((one) => `timestamp(${one})`).join(' or ');
      return [{ id: scrapeTimesId(kind), expression: `max by (${labels.join(', ')}) (${times})` }];
    });
  });
}

/** The samples of `engineQueries`; the value is a time in Unix seconds. */
export const engineSamples = ({ itemsById }: BatchResult<InstantSample>): InstantSample[] =>
  engineSeriesKinds.flatMap((kind) => itemsById.get(scrapeTimesId(kind)) ?? []);

/**
 * Each engine's token rates over `activityRange`, and how often its counters fell in `rateRange` if they did; both are
 * PromQL durations.
 */
export function activityQueries(
  scopes: readonly SeriesScope[],
  activityRange: string,
  rateRange: string,
): NamedQuery[] {
  return scopes.flatMap((scope) => {
    const by = labelsOfSubject[scope.kind].engine.join(', ');
    return activityCounters.flatMap((selector) =>
      selectSeries(scope, selector, 'engine').flatMap((series, index): NamedQuery[] => [
        {
          id: `moved ${selector.family} ${index}`,
          expression: `sum by (${by}) (rate(${overRange(series, activityRange)}))`,
        },
        {
          id: `reset ${selector.family} ${index}`,
          expression: `sum by (${by}) (resets(${overRange(series, rateRange)})) > 0`,
        },
      ]),
    );
  });
}

/** The id of the query of a family's totals. */
export const totalId = (family: string): string => `total ${family}`;

/** Counters that a generation record adds up, and those that tell the engines' work. */
const totalFamilies: ReadonlySet<string> = new Set([...recordCounterFamilies, ...Object.values(workCounterFamilies)]);

/** The counters that records and rollouts are counted from, summed per engine. */
export function totalQueries(scopes: readonly SeriesScope[]): NamedQuery[] {
  return scopes.flatMap((scope) => {
    const by = labelsOfSubject[scope.kind].engine.join(', ');
    return [...totalFamilies].flatMap((family): NamedQuery[] => {
      const series = selectSeries(scope, { family, sampleKind: 'counter' }, 'engine').join(' or ');
      return series === '' ? [] : [{ id: totalId(family), expression: `sum by (${by}) (${series})` }];
    });
  });
}

/** The answers of `totalQueries`, by engine and family. `targetUrls`: URLs of targets by instance. */
export function readTotals(
  { itemsById }: BatchResult<InstantSample>,
  targetUrls: ReadonlyMap<string, string>,
): EngineCounters['engines'] {
  const engines: EngineCounters['engines'] = new Map();
  for (const family of totalFamilies) {
    for (const { labels, value } of itemsById.get(totalId(family)) ?? []) {
      if (value === undefined) continue;
      const key = sampleSubjectKey('engine', labels, targetUrls);
      engines.set(key, (engines.get(key) ?? new Map<string, number>()).set(family, value));
    }
  }
  return engines;
}

/** An engine as Prometheus scraped it. Times are Unix ms. */
export interface ScrapedEngine {
  key: string;
  labels: LabelSet;
  /** When it was scraped last. */
  at: number;
  /** When its gauges were scraped last; absent if it has none. */
  gaugeAt?: number;
}

/** The answers of `engineQueries`, by engine key. `targetUrls`: URLs of targets by instance. */
export function readScrapedEngines(
  { itemsById }: BatchResult<InstantSample>,
  targetUrls: ReadonlyMap<string, string>,
): Map<string, ScrapedEngine> {
  const engines = new Map<string, ScrapedEngine>();
  for (const kind of engineSeriesKinds) {
    for (const { labels, value } of itemsById.get(scrapeTimesId(kind)) ?? []) {
      if (value === undefined) continue;
      const at = Math.round(value * 1000);
      const key = sampleSubjectKey('engine', labels, targetUrls);
      const known = engines.get(key) ?? { key, labels, at };
      engines.set(key, {
        ...known,
        at: Math.max(known.at, at),
        ...(kind === 'gauges' && { gaugeAt: Math.max(at, known.gaugeAt ?? 0) }),
      });
    }
  }
  return engines;
}
