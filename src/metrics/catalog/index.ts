/**
 * The catalog of metrics, as data: a metric is added by adding a row (docs/architecture.md, How to add).
 *
 * Families have canonical names: vLLM's without `ray_`, `vllm:` or `vllm_` (`num_requests_running`), counters without
 * `_total`, those of other exporters with the exporter's prefix (`skyrl_…`, `node_…`, `dynamo_…`, `lmcache_…`,
 * `http_…`). A row that SkyRL logs has SkyRL's key without `vllm/` as its id, so that a value and its measure share a
 * name.
 */
import { cache } from './cache';
import { dynamo } from './dynamo';
import { hisparse } from './hisparse';
import { kvStores } from './kvStores';
import { latency } from './latency';
import { lmcache } from './lmcache';
import { mooncake } from './mooncake';
import { nixl } from './nixl';
import { nodes } from './nodes';
import { offload } from './offload';
import { requests } from './requests';
import { scheduler } from './scheduler';
import { server } from './server';
import { speculation } from './speculation';
import { tiering } from './tiering';
import { training } from './training';
import type { CatalogRow, CategoryId } from './types';

export type * from './types';

/** The categories with their rows, in the order in which they are shown. */
export const categories: readonly { id: CategoryId; label: string; rows: readonly CatalogRow[] }[] = [
  { id: 'requests', label: 'Requests and tokens', rows: requests },
  { id: 'latency', label: 'Latency', rows: latency },
  { id: 'scheduler', label: 'Scheduler and queue', rows: scheduler },
  { id: 'cache', label: 'KV cache', rows: cache },
  { id: 'speculation', label: 'Speculative decoding', rows: speculation },
  { id: 'nixl', label: 'KV transfer', rows: [...nixl, ...mooncake, ...kvStores] },
  { id: 'offload', label: 'KV offloading', rows: [...offload, ...tiering, ...hisparse] },
  { id: 'training', label: 'Training', rows: training },
  { id: 'nodes', label: 'Nodes', rows: nodes },
  { id: 'server', label: 'HTTP servers', rows: server },
  { id: 'dynamo', label: 'Dynamo', rows: dynamo },
  { id: 'lmcache', label: 'LMCache', rows: lmcache },
];

/** All rows. */
export const catalog: readonly CatalogRow[] = categories.flatMap(({ rows }) => rows);

const rowById = new Map(catalog.map((row) => [row.id, row]));

/** The row with this id. Throws if there is none, which is a mistake in the code. */
export function catalogRow(id: string): CatalogRow {
  const row = rowById.get(id);
  if (!row) throw new Error(`no catalog row ${id}`);
  return row;
}

/** SkyRL's eight metrics in SkyRL's order: what the tree shows first. */
export const curatedRows: readonly CatalogRow[] = [
  'num_requests_running',
  'num_requests_waiting',
  'kv_cache_usage_perc',
  'generation_throughput_tok_s',
  'prompt_throughput_tok_s',
  'prefix_cache_hit_rate',
  'ttft_seconds_avg',
  'tpot_seconds_avg',
].map(catalogRow);
