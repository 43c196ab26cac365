/**
 * Rows of Mooncake: its transfers of KV blocks between engines, which SkyRL uses beside NIXL, and its store, which keeps KV
 * blocks outside of vLLM. Transfers are counted by the engine that sends, a failure by the one that sees it.
 */
import { histogram } from './histogramRows';
import { failureRate } from './nixl';
import { rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'nixl';
const store = 'mooncake_store_operation';

const transfers: readonly CatalogRow[] = [
  rate({
    id: 'mooncake_transfers_s',
    selector: { family: 'mooncake_xfer_time_seconds', sampleKind: 'count' },
    label: 'Mooncake transfers',
    shortLabel: 'transfers',
    unit: '/s',
    category,
    help: 'KV transfers of Mooncake per second, over all engines.',
  }),
  rate({
    id: 'mooncake_bytes_s',
    selector: { family: 'mooncake_bytes_transferred', sampleKind: 'sum' },
    label: 'Mooncake transfer rate',
    shortLabel: 'bytes',
    unit: 'bytes/s',
    category,
    help: 'Bytes of KV blocks that Mooncake transferred per second, over all engines.',
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
  ...histogram({
    base: 'mooncake_bytes',
    family: 'mooncake_bytes_transferred',
    label: 'Bytes of a Mooncake transfer',
    shortLabel: 'size',
    unit: 'bytes',
    category,
    worst: 'neither',
    help: 'Bytes of one Mooncake transfer.',
  }),
  ...histogram({
    base: 'mooncake_descriptors',
    family: 'mooncake_num_descriptors',
    label: 'Descriptors of a Mooncake transfer',
    shortLabel: 'descriptors',
    unit: 'count',
    category,
    worst: 'neither',
    help: 'Descriptors of one Mooncake transfer.',
  }),
  failureRate(
    'mooncake_failed_transfers_s',
    'mooncake_num_failed_transfers',
    'Failed Mooncake transfers',
    'Mooncake transfers that failed on the sending engine, per second.',
  ),
  failureRate(
    'mooncake_failed_recvs_s',
    'mooncake_num_failed_recvs',
    'Failed Mooncake receives',
    'Mooncake transfers that failed on the receiving engine, per second.',
  ),
  failureRate(
    'mooncake_expired_s',
    'mooncake_num_kv_expired_reqs',
    'Requests expired in Mooncake',
    'Requests per second whose KV blocks expired on the prefill side before they were fetched.',
  ),
];

const storeOperations: readonly CatalogRow[] = [
  rate({
    id: 'mooncake_operations_s',
    selector: store,
    label: 'Mooncake operations',
    shortLabel: 'operations',
    unit: '/s',
    category,
    help: 'Operations of the Mooncake store per second, over all engines.',
  }),
  ratio({
    id: 'mooncake_operation_error_share',
    numerator: { family: store, where: { status: 'error' } },
    denominator: store,
    label: 'Mooncake operations failed',
    shortLabel: 'failed',
    unit: 'fraction',
    category,
    worst: 'high',
    help: 'Share of the operations of the Mooncake store that failed.',
  }),
  ...histogram({
    base: 'mooncake_operation_seconds',
    family: `${store}_time_seconds`,
    label: 'Mooncake operation',
    shortLabel: 'operation',
    unit: 'seconds',
    category,
    help: 'How long an operation of the Mooncake store took.',
  }),
  rate({
    id: 'mooncake_store_bytes_s',
    selector: `${store}_bytes`,
    label: 'Mooncake store rate',
    shortLabel: 'store bytes',
    unit: 'bytes/s',
    category,
    help: 'Bytes moved to and from the Mooncake store per second, over all engines.',
  }),
  rate({
    id: 'mooncake_store_keys_s',
    selector: `${store}_keys`,
    label: 'Keys of the Mooncake store',
    shortLabel: 'keys',
    unit: '/s',
    category,
    help: 'Keys that operations of the Mooncake store were about, per second.',
  }),
  failureRate(
    'mooncake_store_failed_keys_s',
    `${store}_failed_keys`,
    'Failed keys of the Mooncake store',
    'Keys per second for which an operation of the Mooncake store failed.',
  ),
];

export const mooncake: readonly CatalogRow[] = [...transfers, ...storeOperations];
