/** The chart's metrics as PromQL. */
import assert from 'node:assert/strict';
import { catalog } from '../../../src/metrics/catalog';
import { chartQueries, rowQueries } from '../../../src/metrics/chartQueries';
import { reportersOf } from '../../../src/metrics/spellPromql';

describe('The chart as PromQL', () => {
  it('queries the metrics that are shown over a range, by engine if engines are shown', () => {
    assert.equal(
      chartQueries(['num_requests_running', 'no_such'], [], { byEngine: false, reporters: ['ray'] }),
      '# Requests running\nsum(ray_vllm_num_requests_running)',
    );
    assert.equal(
      chartQueries(['ttft_seconds_p95'], [], { byEngine: true, reporters: ['ray'] }),
      '# Time to first token, p95\nhistogram_quantile(0.95, sum by (le, WorkerId) (rate(ray_vllm_time_to_first_token_seconds_bucket[1m])))',
    );
    assert.equal(
      chartQueries(['kv_cache_usage_mean'], [], { byEngine: true, reporters: ['ray'] }),
      '# KV cache, mean\navg by (WorkerId) (ray_vllm_kv_cache_usage_perc)',
    );
  });

  it('queries the buckets of a distribution', () => {
    assert.match(
      chartQueries([], ['ttft_seconds'], { byEngine: false, reporters: ['ray'] }),
      /\nsum by \(le\) \(rate\(ray_vllm_time_to_first_token_seconds_bucket\[1m\]\)\)$/,
    );
  });

  it('uses the names and labels of servers where engines run there', () => {
    const options = { byEngine: true, reporters: ['server'] } as const;
    assert.equal(
      chartQueries(['ttft_seconds_p95', 'node_cpu'], [], options).split('\n')[1],
      'histogram_quantile(0.95, sum by (le, instance, engine) (rate(vllm:time_to_first_token_seconds_bucket[1m])))',
    );
    const everything = chartQueries(
      catalog.map(({ id }) => id),
      ['ttft_seconds'],
      options,
    );
    assert.doesNotMatch(everything, /ray_vllm|\$|WorkerId|# [^\n]*\n(?:\n|$)/);
  });

  it('has a query for each kind of engines if a run has both, but not twice the same', () => {
    assert.equal(
      chartQueries(['num_requests_running', 'dynamo_requests_running'], [], {
        byEngine: false,
        reporters: reportersOf([{ id: 'http://h:8000/metrics 0' }, { id: '5f' }]),
      }).split('\n\n')[0],
      '# Requests running, on Ray\nsum(ray_vllm_num_requests_running)',
    );
    for (const row of catalog) {
      const queries = rowQueries(row, ['ray', 'server']);
      assert.equal(queries.includes('\n\n'), row.promql.includes('ray_vllm_'), row.id);
      assert.doesNotMatch(queries, /\$/, row.id);
    }
  });

  it('takes engines for those of Ray until one is known', () => assert.deepEqual(reportersOf([]), ['ray']));
});
