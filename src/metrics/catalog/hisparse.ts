/** Rows of HiSparse, which keeps the KV cache of sparse attention in host memory with a hot buffer on the GPU. */
import { histogram } from './histogramRows';
import { gauge, quotient, rate } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'offload';

const blockHistogram = (base: string, family: string, label: string, help: string): CatalogRow[] =>
  histogram({
    base,
    family,
    label,
    shortLabel: label,
    unit: 'seconds',
    category,
    worst: 'low',
    help: `${help} A sample of the blocks; only with --kv-cache-metrics.`,
  });

const hits = rate({
  id: 'hisparse_hits_s',
  selector: 'hisparse_cache_hits',
  label: 'HiSparse hits',
  shortLabel: 'hits',
  unit: '/s',
  category,
  help: 'Accesses per second that the hot buffer on the GPU served.',
});
const misses = rate({
  id: 'hisparse_misses_s',
  selector: 'hisparse_cache_misses',
  label: 'HiSparse misses',
  shortLabel: 'misses',
  unit: '/s',
  category,
  worst: 'high',
  help: 'Accesses per second that had to be loaded from host memory.',
});

export const hisparse: readonly CatalogRow[] = [
  hits,
  misses,
  quotient({
    id: 'hisparse_hit_rate',
    numerator: hits,
    denominator: [hits, misses],
    label: 'HiSparse hit rate',
    shortLabel: 'hit rate',
    unit: 'fraction',
    category,
    worst: 'low',
    help: 'Share of the accesses that the hot buffer on the GPU served.',
  }),
  rate({
    id: 'hisparse_host_to_device_bytes_s',
    selector: 'hisparse_host_to_device_bytes',
    label: 'HiSparse loads',
    shortLabel: 'loads',
    unit: 'bytes/s',
    category,
    help: 'Bytes loaded from host memory into hot buffers per second, over all engines.',
  }),
  gauge({
    id: 'hisparse_host_cache_usage',
    selector: 'hisparse_host_cache_usage_perc',
    aggregate: 'max',
    label: 'HiSparse host cache used',
    shortLabel: 'host cache',
    unit: 'fraction',
    category,
    worst: 'high',
    help: 'Share of the KV cache in host memory in use, fullest engine; blocks that can be evicted count as free.',
  }),
  gauge({
    id: 'hisparse_pending_page_transfers',
    selector: 'hisparse_pending_page_transfers',
    label: 'HiSparse transfers pending',
    shortLabel: 'pending',
    unit: 'count',
    category,
    worst: 'high',
    help: 'Pages on their way between host memory and the GPU.',
  }),
  ...blockHistogram(
    'hisparse_block_lifetime',
    'hisparse_host_block_lifetime_seconds',
    'Host block lifetime',
    'From a host block’s allocation to its eviction.',
  ),
  ...blockHistogram(
    'hisparse_block_idle',
    'hisparse_host_block_idle_before_evict_seconds',
    'Host block idle before eviction',
    'How long an evicted host block had not been used. Short: useful blocks are evicted.',
  ),
  ...blockHistogram(
    'hisparse_block_reuse',
    'hisparse_host_block_reuse_gap_seconds',
    'Host block reuse gap',
    'Between two uses of a host block.',
  ),
];
