/**
 * Names that a Prometheus has: metrics, labels and values, each cached for a while and shared by all who wait for it.
 */
import { catalog, type CatalogRow } from '../metrics/catalog';
import type { PrometheusClient } from '../prometheus/client';
import type { MetricMetadata } from '../prometheus/responseData';
import { parseWords } from './queryWords';

/** Names that one server has. Nothing here rejects: a list is empty if it cannot be had. */
export interface NameLookup {
  metrics(): Promise<readonly string[]>;
  /** Type, help and unit by family. */
  metadata(): Promise<ReadonlyMap<string, MetricMetadata>>;
  /** Label names; with a selector, only those of its series. */
  labels(selector?: string): Promise<readonly string[]>;
  /** Values of a label; with a selector, only those of its series. */
  values(label: string, selector?: string): Promise<readonly string[]>;
  /** Number of live series of a selector, at most `maxCountedSeries + 1`. Undefined if unknown. */
  seriesCount(selector: string): Promise<number | undefined>;
}

/** Metrics come and go with a run: a minute is short enough to notice, and long enough to type a query in. */
const maxAgeMs = 60_000;
/** Answers in the cache; the oldest is removed first. */
const maxEntries = 500;
/** A selector's series are counted up to this number. */
export const maxCountedSeries = 10_000;

interface CacheEntry {
  /** When it was asked for, in ms. */
  at: number;
  value: Promise<unknown>;
}

/** The names of a server. `onError` is told each lookup that failed; a failure is not cached. */
export function createNameLookup(
  client: PrometheusClient,
  now: () => number,
  onError: (error: unknown) => void,
): NameLookup {
  const cache = new Map<string, CacheEntry>();
  const neverAborted = new AbortController().signal;
  const cached = <T>(key: string, request: () => Promise<T>, fallback: T): Promise<T> => {
    const entry = cache.get(key);
    if (entry && now() - entry.at < maxAgeMs) return entry.value as Promise<T>;
    const value = request().catch((error: unknown) => {
      cache.delete(key);
      onError(error);
      return fallback;
    });
    cache.delete(key);
    cache.set(key, { at: now(), value });
    for (const oldest of cache.keys()) {
      if (cache.size <= maxEntries) break;
      cache.delete(oldest);
    }
    return value;
  };
  const matchers = (selector: string | undefined): string[] => (selector === undefined ? [] : [selector]);
  return {
    metrics: () => cached('metrics', () => client.labelValues('__name__', [], neverAborted), []),
    metadata: () => cached('metadata', () => client.metadata(neverAborted), new Map<string, MetricMetadata>()),
    labels: (selector) => cached(`labels ${selector}`, () => client.labelNames(matchers(selector), neverAborted), []),
    values: (label, selector) =>
      cached(`values ${label} ${selector}`, () => client.labelValues(label, matchers(selector), neverAborted), []),
    seriesCount: (selector) =>
      cached<number | undefined>(
        `count ${selector}`,
        async () => (await client.series([selector], maxCountedSeries + 1, neverAborted)).length,
        undefined,
      ),
  };
}

/** Names without a server: those of these rows, as they are on Ray. Labels and values are unknown. */
export function createCatalogLookup(rows: readonly CatalogRow[] = catalog): NameLookup {
  const metadata = new Map<string, MetricMetadata>();
  for (const row of rows) {
    for (const { kind, name } of parseWords(row.promql.replaceAll('$w', '5m')).words) {
      if (kind !== 'metric') continue;
      const type = /_(?:total|sum|count|bucket)$/.test(name) ? 'counter' : 'gauge';
      if (!metadata.has(name)) metadata.set(name, { type, help: row.help, unit: '' });
    }
  }
  const names = [...metadata.keys()].sort();
  return {
    metrics: () => Promise.resolve(names),
    metadata: () => Promise.resolve(metadata),
    labels: () => Promise.resolve([]),
    values: () => Promise.resolve([]),
    seriesCount: () => Promise.resolve(undefined),
  };
}

/** Type, help and unit of a metric by name, also of a histogram's buckets, sum and count. Undefined if unknown. */
export function metadataOfName(
  metadata: ReadonlyMap<string, MetricMetadata>,
  name: string,
): MetricMetadata | undefined {
  const exact = metadata.get(name);
  if (exact) return exact;
  const family = metadata.get(name.replace(/_(?:bucket|sum|count|total)$/, ''));
  if (!family) return undefined;
  if (!/_(?:bucket|sum|count)$/.test(name) || !/histogram|summary/.test(family.type)) return family;
  const meaning = name.endsWith('_bucket')
    ? 'Observations at or below le'
    : name.endsWith('_sum')
      ? 'Sum of the observations'
      : 'Number of observations';
  return { type: `counter, of a ${family.type}`, help: `${meaning}: ${family.help}`, unit: family.unit };
}
