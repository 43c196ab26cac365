/** KV offloading: blocks that move between GPU, host memory and stores. */
import { gauge, histogram, rate, ratio } from './rowBuilders';
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

const hostCacheGauge = (part: string, label: string, help: string): CatalogRow =>
  gauge({
    id: `kv_offload_cpu_${part}`,
    selector: `kv_offload_cpu_cache_${part}_perc`,
    aggregate: 'max',
    label,
    shortLabel: label,
    unit: 'fraction',
    category,
    worst: 'high',
    help,
  });

/** What older releases say instead, in one family for both directions. */
const legacyTransferRate = (id: string, transfer: string, label: string): CatalogRow =>
  rate({
    id,
    selector: { family: 'kv_offload_total_bytes', where: { transfer_type: transfer } },
    label,
    shortLabel: label,
    unit: 'bytes/s',
    category,
    help: 'Bytes per second, over all engines, by the name of older releases.',
  });

const failureRate = (id: string, family: string, label: string, help: string): CatalogRow =>
  rate({ id, selector: family, label, shortLabel: label, unit: '/s', category, worst: 'high', help });

const lookup = (way: 'sync' | 'async'): CatalogRow[] =>
  histogram({
    base: `kv_offload_lookup_${way}`,
    family: `kv_offload_lookup_${way}_delay_seconds`,
    label: `Lookup, ${way}`,
    shortLabel: `lookup ${way}`,
    unit: 'seconds',
    category,
    help: `Delay of a lookup in the offloaded blocks (${way}).`,
  });

export const offload: readonly CatalogRow[] = [
  ...transferRows('load', 'Loaded to the GPU', 'loaded'),
  ...transferRows('store', 'Stored off the GPU', 'stored'),
  legacyTransferRate('kv_offload_total_load_bytes_s', 'CPU_to_GPU', 'CPU to GPU'),
  legacyTransferRate('kv_offload_total_store_bytes_s', 'GPU_to_CPU', 'GPU to CPU'),
  ...lookup('sync'),
  ...lookup('async'),
  hostCacheGauge('usage', 'Host cache used', 'Share of the host’s KV buffer in use, fullest engine.'),
  hostCacheGauge(
    'write_usage',
    'Host cache being written',
    'Share of the host’s KV buffer that writes hold, fullest engine.',
  ),
  hostCacheGauge(
    'read_usage',
    'Host cache being read',
    'Share of the host’s KV buffer that reads hold, fullest engine.',
  ),
  failureRate(
    'kv_offload_stores_skipped_s',
    'kv_offload_stores_skipped',
    'Stores skipped',
    'Stores per second that were left out.',
  ),
  failureRate(
    'kv_offload_allocation_failure_s',
    'kv_offload_allocation_failure',
    'Allocations failed',
    'Allocations in the offload buffer per second that failed.',
  ),
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
  rate({
    id: 'mooncake_operations_s',
    selector: 'mooncake_store_operation',
    label: 'Mooncake operations',
    shortLabel: 'operations',
    unit: '/s',
    category,
    help: 'Operations of the Mooncake store per second, over all engines.',
  }),
  ...histogram({
    base: 'mooncake_operation_seconds',
    family: 'mooncake_store_operation_time_seconds',
    label: 'Mooncake operation',
    shortLabel: 'operation',
    unit: 'seconds',
    category,
    help: 'How long an operation of the Mooncake store took.',
  }),
  ...histogram({
    base: 'mooncake_xfer_seconds',
    family: 'mooncake_xfer_time_seconds',
    label: 'Mooncake transfer',
    shortLabel: 'transfer',
    unit: 'seconds',
    category,
    help: 'How long a Mooncake transfer took.',
  }),
];
