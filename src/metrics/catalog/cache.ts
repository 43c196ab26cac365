/** Rows of the KV cache: how full it is, and how many prompt tokens it saves. */
import { histogram } from './histogramRows';
import { gauge, rate, ratio } from './rowBuilders';
import type { CatalogRow, Caveat } from './types';

const category = 'cache';

/** See docs/metrics.md, Known errors of vLLM and Ray. */
const repeatedHitsCaveat: Caveat = {
  beforeRelease: '0.26',
  message:
    'vLLM before July 2026 (PR 48860) may count the hits of a waiting request again at each step; ' +
    'the share of cached prompt tokens is the safer number.',
};

const hitRate = (
  prefix: string,
  id: string,
  label: string,
  shortLabel: string,
  help: string,
  caveat?: Caveat,
): CatalogRow =>
  ratio({
    id,
    numerator: `${prefix}_hits`,
    denominator: `${prefix}_queries`,
    label,
    shortLabel,
    unit: 'fraction',
    category,
    worst: 'low',
    help,
    ...(caveat && { caveats: [caveat] }),
  });

/** `source`: a value of the label `source`. */
const cachedTokensFrom = (source: string, label: string): CatalogRow =>
  rate({
    id: `cached_tokens_${source}_s`,
    selector: { family: 'prompt_tokens_cached_by_source', where: { source } },
    label: `Cached tokens from ${label}`,
    shortLabel: label,
    unit: 'tokens/s',
    category,
    help: `Prompt tokens per second that were served from ${label}; counted when a request is admitted.`,
  });

const blockHistogram = (base: string, family: string, label: string, shortLabel: string, help: string): CatalogRow[] =>
  histogram({
    base,
    family,
    label,
    shortLabel,
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
    help: `${help} Each engine reports it once, at its start.`,
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
    repeatedHitsCaveat,
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
    'Share of the prompt tokens looked up in the KV connector that it had.',
  ),
  hitRate(
    'mm_cache',
    'mm_cache_hit_rate',
    'Multi-modal cache hits',
    'mm hits',
    'Share of the images and other multi-modal inputs that were found in their cache.',
  ),
  cachedTokensFrom('device', 'GPU memory'),
  cachedTokensFrom('host', 'host memory'),
  cachedTokensFrom('disk', 'disk'),
  cachedTokensFrom('p2p', 'another engine'),
  cachedTokensFrom('external_unspecified', 'an external store'),
  ...blockHistogram(
    'kv_block_lifetime',
    'kv_block_lifetime_seconds',
    'KV block lifetime',
    'lifetime',
    'From a block’s allocation to its eviction.',
  ),
  ...blockHistogram(
    'kv_block_idle',
    'kv_block_idle_before_evict_seconds',
    'KV block idle before eviction',
    'idle',
    'How long an evicted block had not been used. Short: useful blocks are evicted.',
  ),
  ...blockHistogram(
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
