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
    ['ray_vllm_kv_cache_usage_perc', 'fine'],
    ['ray_vllm_generation_tokens_total - ray_vllm_generation_tokens_total offset 5m', 'fine'],
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
