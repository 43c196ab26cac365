/** What one scrape tells a record: the snapshot, and what a snapshot does not hold. */
import type { Snapshot } from '../api';
import type { Exposition } from '../exposition/expositionReader';
import { recordCounterFamilies, type EngineCounters } from '../metrics/recordCounters';
import type { SeriesMeta } from '../metrics/seriesMeta';
import type { TargetResponse } from '../collector/scrapeTargets';
import type { LabelMap } from './engineConfig';

export type MetricsResponses = readonly TargetResponse<Exposition<SeriesMeta>>[];

/** One target's counters, as far as a record counts them. */
export interface TargetCounters {
  url: string;
  /** Unix ms at which the response began. */
  at: number;
  /** By engine, then by series. */
  engines: Map<string, Map<string, { family: string; value: number }>>;
  /** Of the answering process, Unix s. */
  processStart?: number;
}

/** GPU memory of one device of a node by Ray's own count, the highest seen. */
export interface NodeGpu {
  node: string;
  index: string;
  name: string;
  /** MB as Ray counts: really MiB. */
  peak: number;
}

export interface ScrapeFacts {
  snapshot: Snapshot;
  /** Of the targets that answered. */
  counters: TargetCounters[];
  /** Labels of `cache_config_info` by engine key; on Ray they show up for some seconds after an engine has started. */
  cacheConfigs: Map<string, LabelMap>;
  /** GPU memory by Ray's own count. */
  gpus: NodeGpu[];
}

const mebibyte = 2 ** 20;

const gpuOf = (labels: LabelMap, used: number): NodeGpu => ({
  node: labels.get('ip') ?? '',
  index: labels.get('GpuIndex') ?? '',
  name: labels.get('GpuDeviceName') ?? '',
  peak: used,
});

/** Of a counter in several spellings the lowest rank counts: a doubled one counts once. */
function countersOf(url: string, at: number, { series, values }: Exposition<SeriesMeta>): TargetCounters {
  const ranks = new Map<string, number>();
  const counted = series.flatMap(({ group: { meta } }, index) =>
    meta.sampleKind === 'counter' && recordCounterFamilies.has(meta.family) && meta.key !== undefined
      ? [{ meta, value: values[index] as number }]
      : [],
  );
  for (const {
    meta: { family, rank },
  } of counted)
    ranks.set(family, Math.min(rank, ranks.get(family) ?? rank));
  const target: TargetCounters = { url, at, engines: new Map() };
  for (const {
    meta: { family, rank, key = '', identity },
    value,
  } of counted) {
    if (rank !== ranks.get(family) || !Number.isFinite(value)) continue;
    const engine = target.engines.get(key) ?? new Map<string, { family: string; value: number }>();
    target.engines.set(key, engine.set(identity, { family, value }));
  }
  const start = series.findIndex(({ group: { meta } }) => meta.family === 'process_start_time_seconds');
  return start === -1 ? target : { ...target, processStart: values[start] as number };
}

/** Of a snapshot that no target answered for: what was counted elsewhere, and what the snapshot itself holds. */
export function scrapeFactsFromTotals(snapshot: Snapshot, { url, at, engines }: EngineCounters): ScrapeFacts {
  const counters = new Map(
    [...engines].map(
      ([key, totals]) =>
        [key, new Map([...totals].map(([family, value]) => [family, { family, value }] as const))] as const,
    ),
  );
  const gpus = (snapshot.parts ?? []).flatMap(({ kind, id, node, measures: { gpu_memory_used: used } }) =>
    kind === 'gpu' && used ? [{ node, index: id.split(' ').at(-1) ?? '', name: '', peak: used.value / mebibyte }] : [],
  );
  const cacheConfigs = new Map(
    snapshot.engines.flatMap(({ id, config }) => (config ? [[id, new Map(Object.entries(config))] as const] : [])),
  );
  return { snapshot, counters: [{ url, at, engines: counters }], cacheConfigs, gpus };
}

/** From the answers that a snapshot was made of. */
export function extractScrapeFacts(snapshot: Snapshot, answers: MetricsResponses): ScrapeFacts {
  const facts: ScrapeFacts = { snapshot, counters: [], cacheConfigs: new Map(), gpus: [] };
  for (const { target, at, result } of answers) {
    if (!result) continue;
    facts.counters.push(countersOf(target.url, at, result));
    result.series.forEach(
      (
        {
          group: {
            meta: { family, key, labels },
          },
        },
        index,
      ) => {
        const value = result.values[index] as number;
        if (family === 'cache_config_info' && key !== undefined) facts.cacheConfigs.set(key, labels);
        if (family === 'node_gram_used' && Number.isFinite(value)) facts.gpus.push(gpuOf(labels, value));
      },
    );
  }
  return facts;
}
