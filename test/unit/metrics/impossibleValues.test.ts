/** Values that cannot be, such as −1 requests: they are absent, with a finding, and nothing follows from them. */
import assert from 'node:assert/strict';
import { snapshotViolations } from '../../../src/collector/invariants';
import { catalog } from '../../../src/metrics/catalog';
import { lines, nativeEngine, newScene, rayEngine, targetA, type Samples } from './scene';

const good: Samples = { num_requests_running: 4, kv_cache_usage_perc: 0.5, generation_tokens_total: 1000 };

describe('a value that cannot be', () => {
  for (const [what, bad, id] of [
    ['running requests below 0', { num_requests_running: -1 }, 'num_requests_running'],
    ['waiting requests below 0', { num_requests_waiting: -2 }, 'num_requests_waiting'],
    ['KV-cache usage below 0', { kv_cache_usage_perc: -0.1 }, 'kv_cache_usage_perc'],
    ['KV-cache usage above 1', { kv_cache_usage_perc: 1.2 }, 'kv_cache_usage_perc'],
    ['a counter below 0', { generation_tokens_total: -5 }, 'generation_throughput_tok_s'],
  ] as const)
    it(`is absent, and what else the engine reports is not: ${what}`, () => {
      const scene = newScene();
      scene.scrape(0, { [targetA]: rayEngine('w1', good) });
      const snapshot = scene.scrape(10, {
        [targetA]: rayEngine('w1', { ...good, generation_tokens_total: 2000, ...bad }) + rayEngine('w2', good),
      });
      const [broken, other] = snapshot.engines;
      assert.equal(broken?.measures[id]?.value, undefined);
      assert.equal(Object.keys(broken?.measures ?? {}).length > 0, true);
      assert.equal(snapshot.measures['num_requests_running']?.value, id === 'num_requests_running' ? 4 : 8);
      assert.equal(other?.measures['kv_cache_usage_perc']?.value, 0.5);
      const found = snapshot.findings.filter((finding) => finding.id === 'impossible-value');
      assert.deepEqual(
        found.map(({ engine }) => engine),
        Object.values(bad).some((value) => value < 0) ? ['w1'] : [],
      );
    });

  it('is no proof that the engine is idle', () => {
    const scene = newScene();
    const at = (tokens: number, running: number): string =>
      rayEngine('w1', { num_requests_running: running, generation_tokens_total: tokens });
    scene.scrape(0, { [targetA]: at(1000, 4) });
    scene.scrape(10, { [targetA]: at(2000, 4) });
    const rate = scene.scrape(14, { [targetA]: at(2000, -1) }).measures['generation_throughput_tok_s'];
    assert.equal(rate?.value, 100, 'a gauge of 0 would end the rate window');
  });

  it('of one rank leaves no sum without that rank', () => {
    const both = (second: number): string =>
      rayEngine('w1', { num_requests_running: second }) + rayEngine('w1', { num_requests_running: 5 }, { engine: '1' });
    const scene = newScene();
    assert.equal(scene.scrape(0, { [targetA]: both(3) }).engines[0]?.measures['num_requests_running']?.value, 8);
    assert.equal(scene.scrape(10, { [targetA]: both(-1) }).engines[0]?.measures['num_requests_running'], undefined);
  });

  it('in a histogram leaves it out, and the next scrapes have it again', () => {
    const body = (count: number, sum: number): string =>
      nativeEngine({ generation_tokens_total: 1 }) +
      lines(
        'vllm:',
        { engine: '0', model_name: 'm' },
        {
          time_to_first_token_seconds_sum: sum,
          time_to_first_token_seconds_count: count,
          'time_to_first_token_seconds_bucket{le="+Inf"}': count,
        },
      );
    const scene = newScene('vllm');
    const means = [
      [10, 5],
      [-3, 6],
      [20, 10],
      [30, 30],
    ].map(
      ([count = 0, sum = 0], index) =>
        scene.scrape(10 * index, { [targetA]: body(count, sum) }).measures['ttft_seconds_avg']?.value,
    );
    assert.deepEqual(means, [undefined, undefined, undefined, 2]);
  });

  it('may be negative where the row says so', () => {
    const signed = catalog.filter((row) => row.kind === 'gauge' && row.least < 0).map(({ id }) => id);
    assert.deepEqual(signed, ['gpu_temperature']);
    const snapshot = newScene().scrape(0, {
      [targetA]:
        'ray_node_gpu_temperature_celsius{ip="192.0.2.2",GpuIndex="0"} -5\nray_node_cpu_count{ip="192.0.2.2"} -4\n',
    });
    assert.deepEqual([snapshot.measures['gpu_temperature']?.value, snapshot.measures['node_cpus']], [-5, undefined]);
  });

  it('is a violation of what every snapshot obeys', () => {
    const snapshot = newScene().scrape(0, { [targetA]: rayEngine('w1', good) });
    const broken = { ...snapshot, measures: { num_requests_running: { value: -1, to: snapshot.at } } };
    assert.match(
      [...snapshotViolations(broken)].join(),
      /num_requests_running of the aggregate is -1, which is below 0/,
    );
  });
});
