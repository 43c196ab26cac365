/**
 * Mooncake, a store for KV blocks outside of vLLM and the transfers to and from it. It is another product than vLLM's
 * own KV offloading; the tree shows its few rows in that category, because both move KV blocks off the GPU.
 */
import { histogram } from './histogramRows';
import { rate } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'offload';

export const mooncake: readonly CatalogRow[] = [
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
