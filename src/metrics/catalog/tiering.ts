/** Rows of tiered KV offloading: host memory is the primary tier, disks and stores behind it are secondary tiers. All tiers are summed. */
import { histogram } from './histogramRows';
import { gauge, rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'offload';
const prefix = 'kv_offload_tiering';

const failureRate = (name: string, label: string, help: string): CatalogRow =>
  rate({
    id: `${prefix}_${name}_s`,
    selector: `${prefix}_${name}`,
    label,
    shortLabel: label,
    unit: '/s',
    category,
    worst: 'high',
    help,
  });

const transferRows = (direction: 'read' | 'write', label: string, help: string): CatalogRow[] => [
  rate({
    id: `${prefix}_${direction}_bytes_s`,
    selector: `${prefix}_${direction}_bytes`,
    label,
    shortLabel: label,
    unit: 'bytes/s',
    category,
    help: `${help} per second, over all engines.`,
  }),
  ratio({
    id: `${prefix}_${direction}_bandwidth`,
    numerator: `${prefix}_${direction}_bytes`,
    denominator: `${prefix}_${direction}_time`,
    label: `${label}, while it moves`,
    shortLabel: `${direction} speed`,
    unit: 'bytes/s',
    category,
    worst: 'low',
    help: `${help} per second of transfer. Only tiers that report the time of a job have it.`,
  }),
];

const activeJobs = (name: 'promotion' | 'cascade', help: string): CatalogRow =>
  gauge({
    id: `${prefix}_active_${name}_jobs`,
    selector: `${prefix}_active_${name}_jobs`,
    label: `Active ${name}s`,
    shortLabel: `${name}s`,
    unit: 'count',
    category,
    help,
  });

const primaryUsage = (direction: 'read' | 'write', help: string): CatalogRow =>
  gauge({
    id: `${prefix}_primary_${direction}_usage`,
    selector: `${prefix}_primary_${direction}_usage_perc`,
    aggregate: 'max',
    label: `Primary tier, ${direction}s`,
    shortLabel: `${direction}s`,
    unit: 'fraction',
    category,
    worst: 'high',
    help,
  });

const lookupDelay = (mode: 'sync' | 'async', help: string): CatalogRow[] =>
  histogram({
    base: `${prefix}_lookup_${mode}`,
    family: `${prefix}_lookup_${mode}_delay_seconds`,
    label: `Tier lookup, ${mode}`,
    shortLabel: `lookup ${mode}`,
    unit: 'seconds',
    category,
    help,
  });

export const tiering: readonly CatalogRow[] = [
  ratio({
    id: `${prefix}_hit_rate`,
    numerator: `${prefix}_chunk_hits`,
    denominator: `${prefix}_chunk_queries`,
    label: 'Tier hits',
    shortLabel: 'hits',
    unit: 'fraction',
    category,
    worst: 'low',
    help: 'Share of the chunks looked up in a tier that it had.',
  }),
  ...transferRows('read', 'Read from tiers', 'Bytes read from secondary tiers'),
  ...transferRows('write', 'Written to tiers', 'Bytes written to secondary tiers'),
  ...histogram({
    base: `${prefix}_promotion`,
    family: `${prefix}_promotion_latency_seconds`,
    label: 'Promotion',
    shortLabel: 'promotion',
    unit: 'seconds',
    category,
    help: 'From the creation of a job that brings blocks back from a secondary tier to its end; failed jobs are included.',
  }),
  ...lookupDelay('sync', 'How long a lookup of a chunk in a tier held up the engine.'),
  ...lookupDelay('async', 'From the first lookup of a chunk in a tier to its result, where the tier answers later.'),
  activeJobs('promotion', 'Jobs under way that bring blocks back from secondary tiers.'),
  activeJobs('cascade', 'Jobs under way that move blocks on to secondary tiers.'),
  primaryUsage('read', 'Share of the primary tier that reads to secondary tiers occupy, fullest engine.'),
  primaryUsage('write', 'Share of the primary tier that writes from secondary tiers occupy, fullest engine.'),
  failureRate('promotion_job_failures', 'Promotions failed', 'Jobs per second that failed to bring blocks back.'),
  failureRate('cascade_job_failures', 'Cascades failed', 'Jobs per second that failed to move blocks on.'),
  failureRate(
    'promotion_allocation_failures',
    'Promotions without room',
    'Promotions per second that found no room in the primary tier.',
  ),
  failureRate(
    'backpressure_stores_dropped',
    'Stores dropped',
    'Stores per second that were dropped because a secondary tier was too slow.',
  ),
  failureRate(
    'backpressure_blocks_dropped',
    'Blocks dropped',
    'Blocks per second that were dropped because a secondary tier was too slow.',
  ),
  gauge({
    id: `${prefix}_store_latency`,
    selector: `${prefix}_backpressure_store_latency_ema`,
    aggregate: 'max',
    label: 'Store time per MiB',
    shortLabel: 'store time',
    unit: 'seconds',
    category,
    worst: 'high',
    help: 'Seconds that a store of one MiB takes, as the moving average by which stores are dropped, slowest engine.',
  }),
];
