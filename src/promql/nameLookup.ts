/** What a Prometheus has by name: metrics, labels, values, each asked once in a while and shared by everybody who waits for it. */
import { catalog } from '../metrics/catalog';
import type { PrometheusClient } from '../prometheus/client';
import type { MetricMetadata } from '../prometheus/responseData';
import { parseWords } from './queryWords';

/** Known names of one server. Each list is empty where it cannot be had: nothing here rejects. */
export interface NameLookup {
  metrics(): Promise<readonly string[]>;
  /** By family. */
  metadata(): Promise<ReadonlyMap<string, MetricMetadata>>;
  /** `selector`: only of these series. */
  labels(selector?: string): Promise<readonly string[]>;
  values(label: string, selector?: string): Promise<readonly string[]>;
  /** Live series of a selector, up to a cap; undefined where nobody says. */
  seriesCount(selector: string): Promise<number | undefined>;
}

/** Metrics come and go with a run; a minute is short enough to see it and long enough to type in. */
const freshMs = 60_000;
/** Answers kept; the oldest goes first. */
const most = 500;
/** Series that are counted; above it "more than" is said. */
export const maxCountedSeries = 10_000;

interface Kept {
  at: number;
  value: Promise<unknown>;
}

/** `failed` is told of each lookup that did not work; it is then asked again at the next opportunity. */
export function createNameLookup(
  client: PrometheusClient,
  now: () => number,
  failed: (error: unknown) => void,
): NameLookup {
  const kept = new Map<string, Kept>();
  const never = new AbortController().signal;
  const keep = <T>(key: string, ask: () => Promise<T>, otherwise: T): Promise<T> => {
    const known = kept.get(key);
    if (known && now() - known.at < freshMs) return known.value as Promise<T>;
    const value = ask().catch((error: unknown) => {
      kept.delete(key);
      failed(error);
      return otherwise;
    });
    kept.delete(key);
    kept.set(key, { at: now(), value });
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break;
      kept.delete(oldest);
    }
    return value;
  };
  const match = (selector: string | undefined): string[] => (selector === undefined ? [] : [selector]);
  return {
    metrics: () => keep('metrics', () => client.labelValues('__name__', [], never), []),
    metadata: () => keep('metadata', () => client.metadata(never), new Map<string, MetricMetadata>()),
    labels: (selector) => keep(`labels ${selector}`, () => client.labelNames(match(selector), never), []),
    values: (label, selector) =>
      keep(`values ${label} ${selector}`, () => client.labelValues(label, match(selector), never), []),
    seriesCount: (selector) =>
      keep<number | undefined>(
        `count ${selector}`,
        async () => (await client.series([selector], maxCountedSeries + 1, never)).length,
        undefined,
      ),
  };
}

/** Without a server: the names of the catalog, as they are on Ray. */
export function createCatalogLookup(): NameLookup {
  const metadata = new Map<string, MetricMetadata>();
  for (const row of catalog) {
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

/** What a metric's family says of it, for a histogram's parts too; undefined where nothing is known. */
export function metadataOfName(
  metadata: ReadonlyMap<string, MetricMetadata>,
  name: string,
): MetricMetadata | undefined {
  const own = metadata.get(name);
  if (own) return own;
  const family = metadata.get(name.replace(/_(?:bucket|sum|count|total)$/, ''));
  if (!family) return undefined;
  if (!/_(?:bucket|sum|count)$/.test(name) || !/histogram|summary/.test(family.type)) return family;
  const part = name.endsWith('_bucket')
    ? 'Observations at or below le'
    : name.endsWith('_sum')
      ? 'Sum of the observations'
      : 'Number of observations';
  return { type: `counter, of a ${family.type}`, help: `${part}: ${family.help}`, unit: family.unit };
}
