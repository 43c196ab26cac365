/** The chart's metrics as PromQL. */
import assert from 'node:assert/strict';
import { chartQueries } from '../../../src/metrics/chartQueries';

describe('The chart as PromQL', () => {
  it('queries the metrics that are shown over a range, by engine if engines are shown', () => {
    assert.equal(
      chartQueries(['num_requests_running', 'no_such'], [], false),
      '# Requests running\nsum(ray_vllm_num_requests_running)',
    );
    assert.equal(
      chartQueries(['ttft_seconds_p95'], [], true),
      '# Time to first token, p95\nhistogram_quantile(0.95, sum by (le, WorkerId) (rate(ray_vllm_time_to_first_token_seconds_bucket[1m])))',
    );
    assert.equal(
      chartQueries(['kv_cache_usage_mean'], [], true),
      '# KV cache, mean\navg by (WorkerId) (ray_vllm_kv_cache_usage_perc)',
    );
  });

  it('queries the buckets of a distribution', () => {
    assert.match(
      chartQueries([], ['ttft_seconds'], false),
      /\nsum by \(le\) \(rate\(ray_vllm_time_to_first_token_seconds_bucket\[1m\]\)\)$/,
    );
  });
});
