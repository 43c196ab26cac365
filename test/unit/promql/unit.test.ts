/** Units of results. */
import assert from 'node:assert/strict';
import { catalog } from '../../../src/metrics/catalog';
import { functionDocs } from '../../../src/promql/functions';
import { unitOf } from '../../../src/promql/unit';
import { aggregationRules, functionRules } from '../../../src/promql/unitRules';

const ttft = 'sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))';
const p95 = `histogram_quantile(0.95, ${ttft})`;
const tokens = 'sum(rate(vllm:generation_tokens_total[5m]))';

describe('The unit of a result', () => {
  for (const [query, unit] of [
    // Names.
    ['max(ray_vllm_kv_cache_usage_perc)', 'fraction'],
    ['sum(ray_vllm_num_requests_running)', 'requests'],
    ['{"vllm:kv_cache_usage_perc", engine="0"}', 'fraction'],
    ['{__name__="vllm:kv_cache_usage_perc"}', 'fraction'],
    ['{__name__=~"vllm:kv_cache_usage_perc"}', undefined],
    ['x{a="b_seconds"}', undefined],
    ['gpu_load_perc', undefined],
    ['{"http.server.duration_seconds"}', 'seconds'],
    ['vector(1)', undefined],
    ['"text"', undefined],
    // Calls.
    [tokens, 'tokens/s'],
    ['irate(vllm:generation_tokens_total[$__rate_interval])', 'tokens/s'],
    ['sum(increase(vllm:generation_tokens_total[1h]))', 'tokens'],
    ['rate(a_seconds_sum[5m])', undefined],
    ['rate(vllm:generation_tokens_total[5m] offset 1h)', 'tokens/s'],
    ['max_over_time(sum(rate(vllm:generation_tokens_total[5m]))[1h:1m] @ end())', 'tokens/s'],
    ['count(ray_vllm_kv_cache_usage_perc)', undefined],
    ['count_over_time(vllm:kv_cache_usage_perc[1h])', undefined],
    ['sum_over_time(vllm:kv_cache_usage_perc[1h])', undefined],
    ['sum(vllm:kv_cache_usage_perc)', undefined],
    ['avg_over_time(vllm:kv_cache_usage_perc[1h])', 'fraction'],
    ['quantile_over_time(0.5, vllm:kv_cache_usage_perc[1h])', 'fraction'],
    ['deriv(vllm:num_requests_running[5m])', 'requests/s'],
    ['deriv(vllm:kv_cache_usage_perc[5m])', undefined],
    ['predict_linear(vllm:kv_cache_usage_perc[5m], 3600)', 'fraction'],
    ['topk(3, vllm:kv_cache_usage_perc)', 'fraction'],
    ['quantile(0.9, vllm:num_requests_running) by (engine)', 'requests'],
    ['stdvar(vllm:num_requests_running)', undefined],
    ['absent(vllm:kv_cache_usage_perc)', undefined],
    ['label_replace(vllm:kv_cache_usage_perc, "a", "$1", "b", "(.*)_seconds")', 'fraction'],
    ['clamp_max(vllm:kv_cache_usage_perc, 0.5)', 'fraction'],
    ['-vllm:num_requests_running', 'requests'],
    ['sort_desc((vllm:num_requests_running))', 'requests'],
    // Histograms.
    [p95, 'seconds'],
    [ttft, undefined],
    ['histogram_quantile(0.9, rate(x_seconds[5m]))', 'seconds'],
    ['histogram_avg(rate(x_seconds[5m]))', 'seconds'],
    ['histogram_count(rate(x_seconds[5m]))', undefined],
    ['histogram_sum(rate(x_seconds[5m]))', undefined],
    ['histogram_sum(increase(x_seconds[5m]))', 'seconds'],
    ['histogram_fraction(0, 1, rate(x_seconds[5m]))', 'fraction'],
    ['histogram_stddev(x_seconds)', 'seconds'],
    ['histogram_stdvar(x_seconds)', undefined],
    // Quotients.
    ['sum(rate(a_seconds_sum[5m])) / sum(rate(a_seconds_count[5m]))', 'seconds'],
    ['a_seconds_sum / on (engine) a_seconds_count', 'seconds'],
    ['sum(rate(a_seconds_sum[5m])) / (sum(rate(a_seconds_count[5m])) > 0)', 'seconds'],
    ['max(rate(a_seconds_sum[5m])) / sum(rate(a_seconds_count[5m]))', undefined],
    ['rate(a_seconds_sum[5m]) / rate(b_seconds_count[5m])', undefined],
    ['sum(rate(h_hits_total[5m])) / sum(rate(h_queries_total[5m]))', 'fraction'],
    ['1 - sum(rate(h_hits_total[5m])) / sum(rate(h_queries_total[5m]))', 'fraction'],
    [`${p95} / ${p95}`, undefined],
    // Arithmetic.
    ['ray_vllm_kv_cache_usage_perc * 100', undefined],
    [`${p95} * 1000`, undefined],
    [`1 / ${p95}`, undefined],
    [`${p95} ^ 2`, undefined],
    [`${p95} + 0.5`, 'seconds'],
    [`${p95} # in the middle\n - 0.5`, 'seconds'],
    [`${p95} - ${p95}`, 'seconds'],
    [`${p95} + ${tokens}`, undefined],
    ['vllm:kv_cache_usage_perc + vllm:kv_cache_usage_perc', undefined],
    ['vllm:kv_cache_usage_perc - vllm:kv_cache_usage_perc offset 5m', 'fraction'],
    ['vllm:kv_cache_usage_perc - 1', undefined],
    ['1 + 1', undefined],
    // Comparisons and sets.
    ['vllm:kv_cache_usage_perc > 0.9', 'fraction'],
    ['0.9 < vllm:kv_cache_usage_perc', 'fraction'],
    ['avg by (engine) (vllm:kv_cache_usage_perc) > bool 0.9', undefined],
    [`${p95} > bool 2`, undefined],
    [`${tokens} > bool 100`, undefined],
    [`${tokens} or vector(0)`, 'tokens/s'],
    [`${tokens} or ${p95}`, undefined],
    [`${tokens} and on () (count(up) > 3)`, 'tokens/s'],
    [`${tokens} unless vllm:kv_cache_usage_perc`, 'tokens/s'],
    // Times.
    ['time()', undefined],
    ['process_start_time_seconds', undefined],
    ['time() - process_start_time_seconds', 'seconds'],
    ['time() - timestamp(vllm:kv_cache_usage_perc)', 'seconds'],
    ['(time() - 60) - process_start_time_seconds', 'seconds'],
  ] as const)
    it(`of ${query} is ${unit ?? 'unknown'}`, () => assert.equal(unitOf(query), unit));

  it('never contradicts the catalog, and is known for its quantiles, means and rates', () => {
    for (const { id, promql, unit, kind } of catalog) {
      const found = unitOf(promql.replaceAll('$w', '5m'));
      assert.ok([undefined, unit].includes(found), `${id}: ${found}, catalog ${unit}`);
      if (kind === 'quantile' || kind === 'mean') assert.equal(found, unit, id);
    }
  });

  it('has rules for functions and aggregations of the grammar only', () => {
    for (const [kind, rules] of [
      ['function', functionRules],
      ['aggregation', aggregationRules],
    ] as const) {
      const names = functionDocs.filter((doc) => doc.kind === kind).map(({ name }) => name);
      assert.deepEqual(
        [...rules.keys()].filter((name) => !names.includes(name)),
        [],
      );
    }
  });

  it('is unknown for every function and aggregation without a rule', () => {
    const operands: Record<string, string> = { scalar: '1', string: '"a"', selector: '{a="b"}' };
    const vectors: Record<string, string> = {
      'instant-vector': 'x_seconds',
      'range-vector': 'x_seconds[5m]',
    };
    for (const { name, parameters } of functionDocs) {
      const args = parameters
        .filter((parameter) => parameter !== '…')
        .map((parameter) => {
          const type = parameter.replace(/\?$/, '').split(' ').at(-1) ?? '';
          return vectors[type] ?? operands[type] ?? '1';
        });
      const query = `${name}(${args.join(', ')})`;
      if (!functionRules.has(name) && !aggregationRules.has(name)) assert.equal(unitOf(query), undefined, query);
    }
  });

  it('is unknown for a query that is nested without end', () =>
    assert.equal(unitOf(`${'('.repeat(5000)}x_seconds${')'.repeat(5000)}`), undefined));
});
