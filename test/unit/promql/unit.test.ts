/** Units of results. */
import assert from 'node:assert/strict';
import { catalog } from '../../../src/metrics/catalog';
import { unitOf } from '../../../src/promql/unit';

describe('The unit of a result', () => {
  for (const [query, unit] of [
    ['max(ray_vllm_kv_cache_usage_perc)', 'fraction'],
    ['sum(rate(ray_vllm_generation_tokens_total[5m]))', 'tokens/s'],
    ['histogram_quantile(0.95, sum by (le) (rate(ray_vllm_time_to_first_token_seconds_bucket[5m])))', 'seconds'],
    ['sum(rate(a_seconds_sum[5m])) / sum(rate(a_seconds_count[5m]))', 'seconds'],
    ['sum(rate(h_hits_total[5m])) / sum(rate(h_queries_total[5m]))', 'fraction'],
    ['sum(ray_vllm_num_requests_running)', 'requests'],
    ['count(ray_vllm_kv_cache_usage_perc)', undefined],
    ['ray_vllm_kv_cache_usage_perc * 100', undefined],
    ['rate(a_seconds_sum[5m])', undefined],
    ['x{a="b_seconds"}', undefined],
    ['vector(1)', undefined],
  ] as const)
    it(`of ${query} is ${unit ?? 'unknown'}`, () => assert.equal(unitOf(query), unit));

  it('never contradicts the catalog', () => {
    for (const { id, promql, unit } of catalog)
      assert.ok([undefined, unit].includes(unitOf(promql)), `${id}: ${unitOf(promql)}, catalog ${unit}`);
  });
});
