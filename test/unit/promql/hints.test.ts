/** Advice on valid queries. */
import assert from 'node:assert/strict';
import type { ServerMetrics } from '../../../src/promql/hint';
import { hints } from '../../../src/promql/hints';

describe('Hints on PromQL', () => {
  const server: ServerMetrics = {
    metrics: new Set([
      'ray_vllm_generation_tokens_total',
      'ray_vllm_kv_cache_usage_perc',
      'ray_vllm_ttft_seconds_bucket',
      'vllm:only_native',
    ]),
    metadata: new Map([
      ['ray_vllm_kv_cache_usage_perc', { type: 'gauge', help: '', unit: '' }],
      ['ray_vllm_generation_tokens_total', { type: 'counter', help: '', unit: '' }],
      ['ray_vllm_ttft_seconds', { type: 'histogram', help: '', unit: '' }],
    ]),
    scrapeIntervalMs: 15_000,
  };

  /** The query after its first quick fix, the message of a hint without one, or `fine` without hints. */
  function advise(query: string): string {
    const [hint] = hints(query, server);
    if (!hint) return 'fine';
    return hint.fix
      ? hint.fix.edits.reduce((text, edit) => text.slice(0, edit.from) + edit.text + text.slice(edit.to), query)
      : hint.message;
  }

  for (const [query, advice] of [
    ['rate(vllm:generation_tokens_total[5m])', 'rate(ray_vllm_generation_tokens_total[5m])'],
    ['rate(ray_vllm_generation_tokens[5m])', 'rate(ray_vllm_generation_tokens_total[5m])'],
    ['ray_vllm_only_native', 'vllm:only_native'],
    [
      'sum(ray_vllm_generation_tokens_total{a="b"})',
      'sum(rate(ray_vllm_generation_tokens_total{a="b"}[$__rate_interval]))',
    ],
    ['rate(ray_vllm_generation_tokens_total[20s])', 'rate(ray_vllm_generation_tokens_total[$__rate_interval])'],
    [
      'histogram_quantile(0.9, sum(rate(ray_vllm_ttft_seconds_bucket[5m])))',
      'histogram_quantile(0.9, sum by (le) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
    ],
    [
      'histogram_quantile(0.9, sum by (a) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
      'histogram_quantile(0.9, sum by (le, a) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
    ],
    [
      'histogram_quantile(0.9, sum without (le, a) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
      'histogram_quantile(0.9, sum without (a) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
    ],
    ['ray_vllm_kv_cache_usage_perc{NodeAddress="$node"}', 'ray_vllm_kv_cache_usage_perc{NodeAddress=~"$node"}'],
    ['histogram_quantile(0.9, sum by (le) (rate(ray_vllm_ttft_seconds_bucket[5m])))', 'fine'],
    [
      'histogram_quantile(0.9, sum(rate(ray_vllm_ttft_seconds_bucket[5m])) by (a))',
      'histogram_quantile(0.9, sum(rate(ray_vllm_ttft_seconds_bucket[5m])) by (le, a))',
    ],
    [
      'histogram_quantile(0.9, sum(rate(label_replace(ray_vllm_ttft_seconds_bucket, "b", "(", "a", ".*")[5m:])) without(le))',
      'histogram_quantile(0.9, sum(rate(label_replace(ray_vllm_ttft_seconds_bucket, "b", "(", "a", ".*")[5m:])) without())',
    ],
    [
      'histogram_quantile(0.9, sum by ("my.label") (rate(ray_vllm_ttft_seconds_bucket[5m])))',
      'histogram_quantile(0.9, sum by (le, "my.label") (rate(ray_vllm_ttft_seconds_bucket[5m])))',
    ],
    [
      'histogram_fraction(0, 1, SUM (rate(ray_vllm_ttft_seconds_bucket[5m])))',
      'histogram_fraction(0, 1, SUM by (le) (rate(ray_vllm_ttft_seconds_bucket[5m])))',
    ],
    ['histogram_quantile(0.9, sum(rate(ray_vllm_ttft_seconds_bucket[5m])) by (a, le))', 'fine'],
    ['histogram_quantile(0.9, sum(abs(rate(((ray_vllm_ttft_seconds_bucket[5m]))))) by (le))', 'fine'],
    ['histogram_quantile(0.9, topk(3, rate(ray_vllm_ttft_seconds_bucket[5m])))', 'fine'],
    ['max(histogram_quantile(0.9, sum by (le, a) (rate(ray_vllm_ttft_seconds_bucket[5m]))))', 'fine'],
    ['ray_vllm_kv_cache_usage_perc', 'fine'],
    ['ray_vllm_generation_tokens_total - ray_vllm_generation_tokens_total offset 5m', 'fine'],
    ['sum(ray_vllm_generation_tokens_total) > sum(ray_vllm_generation_tokens_total{a="b"} @ start())', 'fine'],
    [
      'ray_vllm_generation_tokens_total - ray_vllm_kv_cache_usage_perc offset 5m',
      'rate(ray_vllm_generation_tokens_total[$__rate_interval]) - ray_vllm_kv_cache_usage_perc offset 5m',
    ],
    [
      'sum(ray_vllm_generation_tokens_total @ end() offset -5m) - 1',
      'sum(rate(ray_vllm_generation_tokens_total[$__rate_interval] @ end() offset -5m)) - 1',
    ],
    [
      'ray_vllm_generation_tokens_total offset 5m',
      'rate(ray_vllm_generation_tokens_total[$__rate_interval] offset 5m)',
    ],
  ] as const)
    it(`${query} → ${advice}`, () => assert.equal(advise(query), advice));

  it('advises against the rate of a gauge', () =>
    assert.match(advise('rate(ray_vllm_kv_cache_usage_perc[5m])'), /gauge/));

  it('names the flag that publishes block lifetimes', () =>
    assert.match(advise('rate(ray_vllm_kv_block_lifetime_seconds_bucket[5m])'), /--kv-cache-metrics/));

  it('reports no name as missing without a server', () => {
    const unknownServer = { metrics: new Set<string>(), metadata: new Map(), scrapeIntervalMs: undefined };
    assert.deepEqual(hints('any_name', unknownServer), []);
  });
});
