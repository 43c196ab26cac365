/** Rows of vLLM's own KV offloading: blocks that move between the GPU and host memory. */
import { histogram } from './histogramRows';
import { gauge, rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'offload';

const transferRows = (direction: 'load' | 'store', label: string, verb: string): CatalogRow[] => [
  rate({
    id: `kv_offload_${direction}_bytes_s`,
    selector: `kv_offload_${direction}_bytes`,
    label,
    shortLabel: label,
    unit: 'bytes/s',
    category,
    help: `Bytes ${verb} per second, over all engines.`,
  }),
  ratio({
    id: `kv_offload_${direction}_bandwidth`,
    numerator: `kv_offload_${direction}_bytes`,
    denominator: `kv_offload_${direction}_time`,
    label: `${label}, while it moves`,
    shortLabel: `${direction} speed`,
    unit: 'bytes/s',
    category,
    worst: 'low',
    help: `Bytes ${verb} per second of transfer.`,
  }),
  ...histogram({
    base: `kv_offload_${direction}_size`,
    family: `kv_offload_${direction}_size`,
    label: `Bytes of a ${direction}`,
    shortLabel: `${direction} size`,
    unit: 'bytes',
    category,
    worst: 'neither',
    help: `Bytes of one ${direction}.`,
  }),
];

const hostCacheGauge = (usage: string, label: string, help: string): CatalogRow =>
  gauge({
    id: `kv_offload_cpu_${usage}`,
    selector: `kv_offload_cpu_cache_${usage}_perc`,
    aggregate: 'max',
    label,
    shortLabel: label,
    unit: 'fraction',
    category,
    worst: 'high',
    help,
  });

/** Older releases have one family for both directions. */
const legacyTransferRate = (id: string, transferType: string, label: string): CatalogRow =>
  rate({
    id,
    selector: { family: 'kv_offload_total_bytes', where: { transfer_type: transferType } },
    label,
    shortLabel: label,
    unit: 'bytes/s',
    category,
    help: 'Bytes per second, over all engines, under the name of older releases.',
  });

const legacyBandwidth = (id: string, transferType: string, label: string): CatalogRow =>
  ratio({
    id,
    numerator: { family: 'kv_offload_total_bytes', where: { transfer_type: transferType } },
    denominator: { family: 'kv_offload_total_time', where: { transfer_type: transferType } },
    label: `${label}, while it moves`,
    shortLabel: `${label} speed`,
    unit: 'bytes/s',
    category,
    worst: 'low',
    help: 'Bytes per second of transfer, under the name of older releases.',
  });

const configGauge = (id: string, fromLabel: string, label: string, unit: CatalogRow['unit']): CatalogRow =>
  gauge({
    id,
    selector: 'kv_offload_config_info',
    sticky: true,
    fromLabel,
    label,
    shortLabel: label,
    unit,
    category,
    help: 'Size of the host’s KV buffers of all engines. Each engine reports it once, at its start.',
  });

const failureRate = (id: string, family: string, label: string, help: string): CatalogRow =>
  rate({ id, selector: family, label, shortLabel: label, unit: '/s', category, worst: 'high', help });

const lookupDelay = (mode: 'sync' | 'async'): CatalogRow[] =>
  histogram({
    base: `kv_offload_lookup_${mode}`,
    family: `kv_offload_lookup_${mode}_delay_seconds`,
    label: `Lookup, ${mode}`,
    shortLabel: `lookup ${mode}`,
    unit: 'seconds',
    category,
    help: `Delay of a lookup in the offloaded blocks (${mode}).`,
  });

export const offload: readonly CatalogRow[] = [
  ...transferRows('load', 'Loaded to the GPU', 'loaded'),
  ...transferRows('store', 'Stored off the GPU', 'stored'),
  legacyTransferRate('kv_offload_total_load_bytes_s', 'CPU_to_GPU', 'CPU to GPU'),
  legacyTransferRate('kv_offload_total_store_bytes_s', 'GPU_to_CPU', 'GPU to CPU'),
  legacyBandwidth('kv_offload_total_load_bandwidth', 'CPU_to_GPU', 'CPU to GPU'),
  legacyBandwidth('kv_offload_total_store_bandwidth', 'GPU_to_CPU', 'GPU to CPU'),
  ...histogram({
    base: 'kv_offload_size',
    family: 'kv_offload_size',
    label: 'Bytes of a load or store',
    shortLabel: 'size',
    unit: 'bytes',
    category,
    worst: 'neither',
    help: 'Bytes of one load or store, in both directions, under the name of older releases.',
  }),
  ...histogram({
    base: 'kv_offload_cpu_allocation',
    family: 'kv_offload_cpu_allocation_size',
    label: 'Chunks of a store',
    shortLabel: 'chunks',
    unit: 'count',
    category,
    worst: 'neither',
    help: 'Chunks of host memory that one store asked for.',
  }),
  configGauge('kv_offload_cpu_bytes', 'cpu_kv_cache_size_bytes', 'Host KV buffer', 'bytes'),
  configGauge('kv_offload_cpu_tokens', 'cpu_kv_cache_size_tokens', 'Host KV buffer in tokens', 'tokens'),
  ...lookupDelay('sync'),
  ...lookupDelay('async'),
  hostCacheGauge('usage', 'Host cache used', 'Share of the host’s KV buffer in use, fullest engine.'),
  hostCacheGauge(
    'write_usage',
    'Host cache being written',
    'Share of the host’s KV buffer that unfinished writes occupy, fullest engine.',
  ),
  hostCacheGauge(
    'read_usage',
    'Host cache being read',
    'Share of the host’s KV buffer that unfinished reads occupy, fullest engine.',
  ),
  failureRate(
    'kv_offload_stores_skipped_s',
    'kv_offload_stores_skipped',
    'Stores skipped',
    'Stores per second that were skipped.',
  ),
  failureRate(
    'kv_offload_allocation_failure_s',
    'kv_offload_allocation_failure',
    'Allocations failed',
    'Allocations in the offload buffer per second that failed.',
  ),
  gauge({
    id: 'simple_kv_offload_capacity',
    selector: 'simple_kv_offload_info',
    sticky: true,
    fromLabel: 'capacity_blocks',
    label: 'Offload pool size',
    shortLabel: 'capacity',
    unit: 'blocks',
    category,
    help: 'Blocks that fit into the pools of the simple CPU offload. Each engine reports it once, at its start.',
  }),
  gauge({
    id: 'simple_kv_offload_used_blocks',
    selector: 'simple_kv_offload_used_blocks',
    label: 'Offload pool blocks',
    shortLabel: 'used',
    unit: 'blocks',
    category,
    help: 'Blocks in use in the pools of the simple CPU offload.',
  }),
  gauge({
    id: 'simple_kv_offload_pending',
    selector: 'simple_kv_offload_pending_store_blocks',
    label: 'Blocks still to store',
    shortLabel: 'pending',
    unit: 'blocks',
    category,
    worst: 'high',
    help: 'Blocks on their way into the offload pool. A number that only grows means a stuck transfer.',
  }),
  rate({
    id: 'simple_kv_offload_load_blocks_s',
    selector: 'simple_kv_offload_load_blocks',
    label: 'Blocks restored',
    shortLabel: 'restored',
    unit: '/s',
    category,
    help: 'Blocks per second that came back from the offload pool.',
  }),
  rate({
    id: 'simple_kv_offload_saves_s',
    selector: 'simple_kv_offload_save_outcomes',
    label: 'Blocks offered to the pool',
    shortLabel: 'offered',
    unit: '/s',
    category,
    help: 'Decisions per second on whether a block is offloaded, whatever their outcome.',
  }),
];
