/** KV cache: how full it is, and what it saves. */
import { gauge, histogram, rate, ratio } from './rowBuilders';
import type { CatalogRow, Caveat } from './types';

const category = 'cache';

const hitsCountedAgain: Caveat = {
  beforeRelease: '0.26',
  message:
    'vLLM before July 2026 (PR 48860) may count the hits of a waiting request again at each step; the share of cached prompt tokens is the safer number.',
};

const hitRate = (
  prefix: string,
  id: string,
  label: string,
  short: string,
  help: string,
  counted?: Caveat,
): CatalogRow =>
  ratio({
    id,
    numerator: `${prefix}_hits`,
    denominator: `${prefix}_queries`,
    label,
    shortLabel: short,
    unit: 'fraction',
    category,
    worst: 'low',
    help,
    ...(counted && { caveats: [counted] }),
  });

const cachedTokensFrom = (source: string, label: string): CatalogRow =>
  rate({
    id: `cached_tokens_${source}_s`,
    selector: { family: 'prompt_tokens_cached_by_source', where: { source } },
    label: `Cached tokens from ${label}`,
    shortLabel: label,
    unit: 'tokens/s',
    category,
    help: `Prompt tokens per second that the cache had in ${label}; counted when a request is admitted.`,
  });

const blocks = (base: string, family: string, label: string, short: string, help: string): CatalogRow[] =>
  histogram({
    base,
    family,
    label,
    shortLabel: short,
    unit: 'seconds',
    category,
    worst: 'low',
    help: `${help} A sample of the blocks; only with --kv-cache-metrics.`,
  });

const cacheConfigGauge = (
  id: string,
  fromLabel: string,
  label: string,
  unit: CatalogRow['unit'],
  help: string,
): CatalogRow =>
  gauge({
    id,
    selector: 'cache_config_info',
    sticky: true,
    fromLabel,
    label,
    shortLabel: label,
    unit,
    category,
    help: `${help} Each engine says it once, at its start.`,
  });

export const cache: readonly CatalogRow[] = [
  gauge({
    id: 'kv_cache_usage_perc',
    selector: 'kv_cache_usage_perc',
    aggregate: 'max',
    label: 'KV cache, fullest',
    shortLabel: 'KV',
    unit: 'fraction',
    category,
    worst: 'high',
    help: 'Share of KV-cache blocks in use on the fullest engine. A full cache makes engines preempt requests.',
    thresholds: { warning: 0.9, error: 0.98, source: 'vLLM’s own dashboards (overview, KV cache)' },
  }),
  gauge({
    id: 'kv_cache_usage_mean',
    selector: 'kv_cache_usage_perc',
    aggregate: 'mean',
    label: 'KV cache, mean',
    shortLabel: 'KV mean',
    unit: 'fraction',
    category,
    worst: 'high',
    help: 'Share of KV-cache blocks in use, mean of the engines: what SkyRL logs. It hides one full engine.',
  }),
  hitRate(
    'prefix_cache',
    'prefix_cache_hit_rate',
    'Prefix-cache hits',
    'hit rate',
    'Share of the queried prompt tokens that were found in the prefix cache.',
    hitsCountedAgain,
  ),
  ratio({
    id: 'prompt_cached_share',
    numerator: 'prompt_tokens_cached',
    denominator: 'prompt_tokens',
    optionalNumerator: true,
    label: 'Prompt tokens cached',
    shortLabel: 'cached',
    unit: 'fraction',
    category,
    worst: 'low',
    help: 'Share of the prompt tokens that came from a cache, local or not.',
  }),
  hitRate(
    'external_prefix_cache',
    'external_prefix_cache_hit_rate',
    'External-cache hits',
    'external hits',
    'Share of the prompt tokens asked of the KV connector that it had.',
  ),
  hitRate(
    'mm_cache',
    'mm_cache_hit_rate',
    'Multi-modal cache hits',
    'mm hits',
    'Share of the queried images and the like that were found in their cache.',
  ),
  cachedTokensFrom('device', 'GPU memory'),
  cachedTokensFrom('host', 'host memory'),
  cachedTokensFrom('disk', 'disk'),
  cachedTokensFrom('p2p', 'another engine'),
  cachedTokensFrom('external_unspecified', 'an external store'),
  ...blocks(
    'kv_block_lifetime',
    'kv_block_lifetime_seconds',
    'KV block lifetime',
    'lifetime',
    'From a block’s allocation to its eviction.',
  ),
  ...blocks(
    'kv_block_idle',
    'kv_block_idle_before_evict_seconds',
    'KV block idle before eviction',
    'idle',
    'How long an evicted block had not been used. Short: useful blocks are evicted.',
  ),
  ...blocks(
    'kv_block_reuse',
    'kv_block_reuse_gap_seconds',
    'KV block reuse gap',
    'reuse gap',
    'Between two uses of a block.',
  ),
  cacheConfigGauge(
    'kv_cache_size_tokens',
    'kv_cache_size_tokens',
    'KV cache size',
    'tokens',
    'Tokens that fit into the KV caches of all engines.',
  ),
  cacheConfigGauge(
    'kv_cache_blocks',
    'num_gpu_blocks',
    'KV cache blocks',
    'blocks',
    'Blocks of the KV caches of all engines.',
  ),
];
