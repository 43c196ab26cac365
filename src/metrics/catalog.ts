/**
 * The catalog of metrics, as data: adding one is adding a row.
 *
 * Families are named bare (`num_requests_running`): without `ray_`, `vllm:` or `vllm_`, and counters without `_total`.
 * Ids are SkyRL's own key without `vllm/`, so that a value and its measure share a name.
 */
import type { Unit } from '../shared/format';

export type Aggregate = 'sum' | 'max' | 'mean' | 'pooled';

interface Row {
  id: string;
  label: string;
  /** For narrow places: chart legends, the status bar. */
  short: string;
  unit: Unit;
  category: 'requests' | 'latency' | 'scheduler' | 'cache';
  /** One line for people. */
  help: string;
  /** How the engines' measures become one. `pooled`: numerators and denominators are summed first. */
  aggregate: Aggregate;
  /** Which side is trouble; decides which extreme is named first. */
  worst: 'high' | 'low' | 'neither';
  /** Over Ray's names; for servers' own names `ray_vllm_` becomes `vllm:`. `$w` is the range. */
  promql: string;
  thresholds?: { warning: number; error: number; source: string };
}

export interface GaugeRow extends Row {
  kind: 'gauge';
  family: string;
}

/** Δ of a counter per second. */
export interface RateRow extends Row {
  kind: 'rate';
  family: string;
}

/** Δ of one counter by Δ of another. */
export interface RatioRow extends Row {
  kind: 'ratio';
  numerator: string;
  denominator: string;
}

/** Δsum by Δcount of a histogram. */
export interface MeanRow extends Row {
  kind: 'mean';
  family: string;
}

export type CatalogRow = GaugeRow | RateRow | RatioRow | MeanRow;

const kvThresholds = { warning: 0.9, error: 0.98, source: 'vLLM’s own dashboards (overview, KV cache)' };

export const catalog: readonly CatalogRow[] = [
  {
    id: 'num_requests_running', kind: 'gauge', family: 'num_requests_running', label: 'Requests running', short: 'running',
    unit: 'requests', category: 'scheduler', aggregate: 'sum', worst: 'neither',
    help: 'Requests in execution batches, over all engines.',
    promql: 'sum(ray_vllm_num_requests_running)',
  },
  {
    id: 'num_requests_waiting', kind: 'gauge', family: 'num_requests_waiting', label: 'Requests waiting', short: 'waiting',
    unit: 'requests', category: 'scheduler', aggregate: 'sum', worst: 'high',
    help: 'Requests queued for an engine, over all engines.',
    promql: 'sum(ray_vllm_num_requests_waiting)',
  },
  {
    id: 'kv_cache_usage_perc', kind: 'gauge', family: 'kv_cache_usage_perc', label: 'KV cache, fullest', short: 'KV',
    unit: 'fraction', category: 'cache', aggregate: 'max', worst: 'high',
    help: 'Share of KV-cache blocks in use on the fullest engine. A full cache makes engines preempt requests.',
    promql: 'max(ray_vllm_kv_cache_usage_perc)', thresholds: kvThresholds,
  },
  {
    id: 'kv_cache_usage_mean', kind: 'gauge', family: 'kv_cache_usage_perc', label: 'KV cache, mean', short: 'KV mean',
    unit: 'fraction', category: 'cache', aggregate: 'mean', worst: 'high',
    help: 'Share of KV-cache blocks in use, mean of the engines: what SkyRL logs. It hides one full engine.',
    promql: 'avg(ray_vllm_kv_cache_usage_perc)',
  },
  {
    id: 'generation_throughput_tok_s', kind: 'rate', family: 'generation_tokens', label: 'Generation rate', short: 'generation',
    unit: 'tokens/s', category: 'requests', aggregate: 'sum', worst: 'low',
    help: 'Output tokens per second, over all engines.',
    promql: 'sum(rate(ray_vllm_generation_tokens_total[$w]))',
  },
  {
    id: 'prompt_throughput_tok_s', kind: 'rate', family: 'prompt_tokens', label: 'Prompt rate', short: 'prompt',
    unit: 'tokens/s', category: 'requests', aggregate: 'sum', worst: 'low',
    help: 'Prompt tokens per second, over all engines; tokens served from the prefix cache are in it.',
    promql: 'sum(rate(ray_vllm_prompt_tokens_total[$w]))',
  },
  {
    id: 'prefix_cache_hit_rate', kind: 'ratio', numerator: 'prefix_cache_hits', denominator: 'prefix_cache_queries',
    label: 'Prefix-cache hits', short: 'hit rate', unit: 'fraction', category: 'cache', aggregate: 'pooled', worst: 'low',
    help: 'Share of the queried prompt tokens that were found in the prefix cache.',
    promql: 'sum(rate(ray_vllm_prefix_cache_hits_total[$w])) / sum(rate(ray_vllm_prefix_cache_queries_total[$w]))',
  },
  {
    id: 'ttft_seconds_avg', kind: 'mean', family: 'time_to_first_token_seconds', label: 'Time to first token', short: 'TTFT',
    unit: 'seconds', category: 'latency', aggregate: 'pooled', worst: 'high',
    help: 'From a request’s arrival to its first token, mean of the first tokens in the window.',
    promql: 'sum(rate(ray_vllm_time_to_first_token_seconds_sum[$w])) / sum(rate(ray_vllm_time_to_first_token_seconds_count[$w]))',
  },
  {
    id: 'tpot_seconds_avg', kind: 'mean', family: 'inter_token_latency_seconds', label: 'Inter-token latency', short: 'ITL',
    unit: 'seconds', category: 'latency', aggregate: 'pooled', worst: 'high',
    help: 'Between two output chunks of a request, mean of the window. SkyRL calls it tpot; with speculation a chunk holds several tokens.',
    promql: 'sum(rate(ray_vllm_inter_token_latency_seconds_sum[$w])) / sum(rate(ray_vllm_inter_token_latency_seconds_count[$w]))',
  },
];

const byId = new Map(catalog.map((row) => [row.id, row]));

/** The row of a catalog id. Throws for an id that is not in the catalog: that is a mistake in the code. */
export function catalogRow(id: string): CatalogRow {
  const row = byId.get(id);
  if (!row) throw new Error(`no catalog row ${id}`);
  return row;
}

/** SkyRL's eight, in SkyRL's order: what the tree shows first. */
export const curated: readonly CatalogRow[] = catalog.filter((row) => row.id !== 'kv_cache_usage_mean');
