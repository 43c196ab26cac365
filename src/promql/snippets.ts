/** Whole queries to begin with: one for each row of the catalog, made from it, and the questions people ask most. */
import { categories } from '../metrics/catalog';

export interface QuerySnippet {
  label: string;
  detail: string;
  help: string;
  /** Plain text of one block. */
  query: string;
}

const ranged = (promql: string): string => promql.replaceAll('$w', '$__rate_interval');

const questions: readonly QuerySnippet[] = [
  {
    label: 'p95 KV block lifetime over 5 minutes',
    detail: 'question',
    help: 'How long blocks stay before they are evicted. Needs --kv-cache-metrics, which samples a share of the blocks.',
    query:
      '# p95 KV block lifetime over 5 minutes. vLLM publishes it only with --kv-cache-metrics, from a sample of the blocks.\nhistogram_quantile(0.95, sum by (le) (rate(ray_vllm_kv_block_lifetime_seconds_bucket[5m])))',
  },
  {
    label: 'Imbalance of running requests',
    detail: 'question',
    help: 'The busiest engine by the mean: 1 is even.',
    query:
      '# The busiest engine by the mean of all: 1 is even.\nmax(ray_vllm_num_requests_running) / avg(ray_vllm_num_requests_running)',
  },
  {
    label: 'Long tail: engines still busy',
    detail: 'question',
    help: 'How many engines work while others have nothing left.',
    query:
      '# Engines that still have requests, of all.\ncount(ray_vllm_num_requests_running > 0) / count(ray_vllm_num_requests_running)',
  },
  {
    label: 'p95 time to first token by engine',
    detail: 'question',
    help: 'Which engine answers late.',
    query:
      'histogram_quantile(0.95, sum by (le, WorkerId) (rate(ray_vllm_time_to_first_token_seconds_bucket[$__rate_interval])))',
  },
  {
    label: 'Prefix-cache hits by engine',
    detail: 'question',
    help: 'Which engine finds prompts in its cache.',
    query:
      'sum by (WorkerId) (rate(ray_vllm_prefix_cache_hits_total[$__rate_interval]))\n  /\nsum by (WorkerId) (rate(ray_vllm_prefix_cache_queries_total[$__rate_interval]))',
  },
  {
    label: 'Preemptions per second by engine',
    detail: 'question',
    help: 'Engines that throw requests out because their cache is full.',
    query: 'sum by (WorkerId) (rate(ray_vllm_num_preemptions_total[$__rate_interval]))',
  },
];

export const querySnippets: readonly QuerySnippet[] = [
  ...questions,
  ...categories.flatMap(({ label: category, rows }) =>
    rows
      .filter(({ promql }) => promql !== '')
      .map(({ label, help, promql }) => ({ label, detail: category, help, query: ranged(promql) })),
  ),
];

/** Whether a whole query may begin here: nothing but comments is before it in its block, and nothing but a word being typed. */
export function beginsQuery(block: string, offset: number): boolean {
  const head = block.slice(0, offset);
  const line = head.slice(head.lastIndexOf('\n') + 1);
  const before = head.slice(0, head.length - line.length);
  return (
    /^\s*[\w ]*$/.test(line) &&
    before.split('\n').every((text) => text.trim() === '' || text.trimStart().startsWith('#')) &&
    block.slice(offset).trim() === ''
  );
}
