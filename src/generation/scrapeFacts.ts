/** What a generation record needs of one scrape: the snapshot, and facts that a snapshot does not have. */
import type { Snapshot } from '../api';
import type { TargetResponse } from '../collector/scrapeTargets';
import type { Exposition } from '../exposition/expositionReader';
import { recordCounterFamilies, type EngineCounters } from '../metrics/recordCounters';
import type { SeriesMeta } from '../metrics/seriesMeta';
import type { LabelMap } from './engineConfig';

/** The counters of one target that a record adds up. */
export interface TargetCounters {
  url: string;
  /** Unix ms at which the response began. */
  at: number;
  /** By engine, then by series. */
  engines: Map<string, Map<string, { family: string; value: number }>>;
  /** Start of the process that answered, Unix s. */
  processStart?: number;
}

/** GPU memory of one device as Ray counts it. */
export interface NodeGpu {
  node: string;
  index: string;
  name: string;
  /** Highest value so far, in MiB (Ray calls them MB). */
  peak: number;
}

/** The facts of one scrape. */
export interface ScrapeFacts {
  snapshot: Snapshot;
  /** Of the targets that answered. */
  counters: TargetCounters[];
  /**
   * Labels of `cache_config_info` by engine. On Ray they are there only for some seconds after an engine has started.
   */
  cacheConfigs: Map<string, LabelMap>;
  gpus: NodeGpu[];
}

const bytesPerMib = 2 ** 20;

/** The facts of a snapshot that was made from responses of targets. */
export function extractScrapeFacts(
  snapshot: Snapshot,
  responses: readonly TargetResponse<Exposition<SeriesMeta>>[],
): ScrapeFacts {
  const facts: ScrapeFacts = { snapshot, counters: [], cacheConfigs: new Map(), gpus: [] };
  for (const { target, at, result } of responses) {
    if (!result) continue;
    facts.counters.push(extractCounters(target.url, at, result));
    result.series.forEach(({ group: { meta } }, index) => {
      const { family, key, labels } = meta;
      const value = result.values[index] as number;
      if (family === 'cache_config_info' && key !== undefined) facts.cacheConfigs.set(key, labels);
      if (family === 'node_gram_used' && Number.isFinite(value)) facts.gpus.push(toNodeGpu(labels, value));
    });
  }
  return facts;
}

/** The facts of a snapshot that was not made from responses: counters of another source, and what the snapshot has. */
export function scrapeFactsFromTotals(snapshot: Snapshot, { url, at, engines }: EngineCounters): ScrapeFacts {
  const counters = new Map(
    [...engines].map(
      ([key, totals]) =>
        [key, new Map([...totals].map(([family, value]) => [family, { family, value }] as const))] as const,
    ),
  );
  const gpus = (snapshot.parts ?? []).flatMap(({ kind, id, node, measures: { gpu_memory_used: used } }) =>
    kind === 'gpu' && used
      ? [{ node, index: id.split(' ').at(-1) ?? '', name: '', peak: used.value / bytesPerMib }]
      : [],
  );
  const cacheConfigs = new Map(
    snapshot.engines.flatMap(({ id, config }) => (config ? [[id, new Map(Object.entries(config))] as const] : [])),
  );
  return { snapshot, counters: [{ url, at, engines: counters }], cacheConfigs, gpus };
}

const toNodeGpu = (labels: LabelMap, usedMib: number): NodeGpu => ({
  node: labels.get('ip') ?? '',
  index: labels.get('GpuIndex') ?? '',
  name: labels.get('GpuDeviceName') ?? '',
  peak: usedMib,
});

function extractCounters(url: string, at: number, { series, values }: Exposition<SeriesMeta>): TargetCounters {
  const samples = series.flatMap(({ group: { meta } }, index) =>
    meta.sampleKind === 'counter' && recordCounterFamilies.has(meta.family) && meta.key !== undefined
      ? [{ meta, value: values[index] as number }]
      : [],
  );
  // Ray ≤ 2.51 has each counter twice, with and without `_total`: only the spelling of lowest rank is counted.
  const rankByFamily = new Map<string, number>();
  for (const { meta } of samples)
    rankByFamily.set(meta.family, Math.min(meta.rank, rankByFamily.get(meta.family) ?? meta.rank));
  const counters: TargetCounters = { url, at, engines: new Map() };
  for (const { meta, value } of samples) {
    const { family, rank, key = '', identity } = meta;
    if (rank !== rankByFamily.get(family) || !Number.isFinite(value)) continue;
    const engine = counters.engines.get(key) ?? new Map<string, { family: string; value: number }>();
    counters.engines.set(key, engine.set(identity, { family, value }));
  }
  const start = series.findIndex(({ group: { meta } }) => meta.family === 'process_start_time_seconds');
  return start === -1 ? counters : { ...counters, processStart: values[start] as number };
}
