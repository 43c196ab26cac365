/** Complete queries to start from: one for each row of the catalog, and the questions that people ask most. */
import { categories, type CatalogRow } from '../metrics/catalog';
import { otherCategory } from '../metrics/otherRows';
import { engineLabels, spellPromql, type Reporter } from '../metrics/spellPromql';

interface QuerySnippet {
  label: string;
  /** The category of a catalog row, or `question`. */
  detail: string;
  help: string;
  /** The text of one block. */
  query: string;
}

const withRateInterval = (promql: string): string => promql.replaceAll('$w', '$__rate_interval');

const questions: readonly QuerySnippet[] = [
  {
    label: 'p95 KV block lifetime over 5 minutes',
    detail: 'question',
    help: 'How long blocks live before they are evicted. Needs --kv-cache-metrics, which samples a share of the blocks.',
    query:
      '# p95 KV block lifetime over 5 minutes. vLLM publishes it only with --kv-cache-metrics, from a sample of the blocks.\nhistogram_quantile(0.95, sum by (le) (rate(ray_vllm_kv_block_lifetime_seconds_bucket[5m])))',
  },
  {
    label: 'Imbalance of running requests',
    detail: 'question',
    help: 'The busiest engine divided by the mean: 1 is even.',
    query:
      '# The busiest engine divided by the mean of all: 1 is even.\nmax(ray_vllm_num_requests_running) / avg(ray_vllm_num_requests_running)',
  },
  {
    label: 'Long tail: engines still busy',
    detail: 'question',
    help: 'The share of engines that still have requests.',
    query:
      '# The share of engines that still have requests.\ncount(ray_vllm_num_requests_running > 0) / count(ray_vllm_num_requests_running)',
  },
  {
    label: 'p95 time to first token by engine',
    detail: 'question',
    help: 'Which engine is slow to answer.',
    query:
      'histogram_quantile(0.95, sum by (le, WorkerId) (rate(ray_vllm_time_to_first_token_seconds_bucket[$__rate_interval])))',
  },
  {
    label: 'Prefix-cache hits by engine',
    detail: 'question',
    help: 'Which engine finds prompts in its prefix cache.',
    query:
      'sum by (WorkerId) (rate(ray_vllm_prefix_cache_hits_total[$__rate_interval]))\n  /\nsum by (WorkerId) (rate(ray_vllm_prefix_cache_queries_total[$__rate_interval]))',
  },
  {
    label: 'Preemptions per second by engine',
    detail: 'question',
    help: 'Engines that preempt requests because their KV cache is full.',
    query: 'sum by (WorkerId) (rate(ray_vllm_num_preemptions_total[$__rate_interval]))',
  },
];

const snippetsOf = (category: string, rows: readonly CatalogRow[]): QuerySnippet[] =>
  rows
    .filter(({ promql }) => promql !== '')
    .map(({ label, help, promql }) => ({ label, detail: category, help, query: withRateInterval(promql) }));

/** All snippets of the catalog in Ray's names, the questions first. */
export const querySnippets: readonly QuerySnippet[] = [
  ...questions,
  ...categories.flatMap(({ label, rows }) => snippetsOf(label, rows)),
];

/** Snippets of families that the catalog does not know, in Ray's names. */
export const otherSnippets = (rows: readonly CatalogRow[]): QuerySnippet[] => snippetsOf(otherCategory.label, rows);

/** All snippets, with those of `others`, in the names of a reporter, and split by its labels. */
export const snippetsFor = (reporter: Reporter, others: readonly CatalogRow[] = []): QuerySnippet[] =>
  [...querySnippets, ...otherSnippets(others)].map((snippet) => ({
    ...snippet,
    query: spellPromql(snippet.query, reporter).replaceAll(engineLabels.ray, engineLabels[reporter]),
  }));

/** Whether a query may begin at an offset of a block: only comments are above, and only words are on its line. */
export function beginsQuery(block: string, offset: number): boolean {
  const head = block.slice(0, offset);
  const line = head.slice(head.lastIndexOf('\n') + 1);
  const linesAbove = head.slice(0, head.length - line.length).split('\n');
  return (
    /^\s*[\w ]*$/.test(line) &&
    linesAbove.every((above) => above.trim() === '' || above.trimStart().startsWith('#')) &&
    block.slice(offset).trim() === ''
  );
}
