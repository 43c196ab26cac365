import { strict as assert } from 'node:assert';
import { catalogRow } from '../../../src/metrics/catalog';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';
import { targetA, findingIds, newScene, rayEngine, measureOf } from './scene';

const silent = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('MeasureEvaluator: absent is not zero', () => {
  it('has no value and no measure without a gauge', () => {
    const { values, measures, engines } = newScene().scrape(0, { [targetA]: silent('w1') });
    assert.deepEqual([values, measures, engines[0]?.measures], [{}, {}, {}]);
  });

  for (const name of rayRecordings) {
    it(`gives all measures of ${name} a finite value, a time and a spread around the aggregate`, async () => {
      for (const { step, snapshot } of await replayRecording(name, { trigger: 'timer' })) {
        for (const [id, { value, from, to, lowest, highest, counted = NaN, of = NaN }] of Object.entries(
          snapshot.measures,
        )) {
          const where = `${step.name} ${id}`;
          assert.ok(Number.isFinite(value) && to <= step.at && (from ?? 0) < to, where);
          assert.ok(counted >= 1 && counted <= of, where);
          assert.ok(lowest && highest && lowest.value <= highest.value && lowest.value <= value * (1 + 1e-9), where);
          if (catalogRow(id).aggregate !== 'sum') assert.ok(value <= highest.value * (1 + 1e-9), where);
        }
      }
    });
  }

  it('has neither KV usage nor requests of the idle engines of ray-2.57 07, which have no gauges', async () => {
    const { snapshot } = (await replayRecording('ray-2.57'))[6] ?? assert.fail();
    for (const id of ['kv_cache_usage_perc', 'kv_cache_usage_mean', 'num_requests_running', 'num_requests_waiting'])
      assert.equal(id in snapshot.measures, false, id);
  });

  it('reports a server without engine series as a finding, not as an error and not as zeros', () => {
    const snapshot = newScene('vllm').scrape(0, {
      [targetA]: 'vllm:sleep_mode_total 0\nprocess_start_time_seconds 1\n',
    });
    assert.deepEqual(
      [snapshot.targets[0]?.state, findingIds(snapshot), snapshot.engines, snapshot.measures],
      ['empty', ['server-without-engine'], [], {}],
    );
  });
});

describe('MeasureEvaluator: ratios since the start of an engine', () => {
  for (const name of rayRecordings) {
    it(`has ratios since the engines’ start in the first scrape of ${name}`, async () => {
      const [first] = await replayRecording(name);
      const {
        prefix_cache_hit_rate: rate = NaN,
        ttft_seconds_avg: firstToken = NaN,
        tpot_seconds_avg: betweenTokens = NaN,
      } = first?.snapshot.sinceStart ?? {};
      assert.ok(
        rate > 0 && rate < 1 && firstToken > 0 && betweenTokens > 0 && betweenTokens < firstToken,
        JSON.stringify(first?.snapshot.sinceStart),
      );
    });
  }

  it('has neither rates nor gauges since the start, and leaves out a dead engine', () => {
    const scene = newScene();
    const life = (worker: string, hits: number): string =>
      rayEngine(worker, { prefix_cache_queries_total: 100, prefix_cache_hits_total: hits, generation_tokens_total: 5 });
    assert.deepEqual(scene.scrape(0, { [targetA]: life('w1', 10) + life('w2', 30) }).sinceStart, {
      prefix_cache_hit_rate: 0.2,
    });
    const actors = (['w1', 'w2'] as const).map(
      (workerId): [string, { workerId: string; className: string; state: string }] => [
        workerId,
        { workerId, className: 'VLLMServerActor', state: workerId === 'w1' ? 'DEAD' : 'ALIVE' },
      ],
    );
    assert.deepEqual(scene.scrape(10, { [targetA]: life('w1', 10) + life('w2', 30) }, { actors }).sinceStart, {
      prefix_cache_hit_rate: 0.3,
    });
  });
});

describe('MeasureEvaluator: unusual input', () => {
  const busy = (tokens: number | string, running: number | string = 1): string =>
    rayEngine('w1', { generation_tokens_total: tokens, num_requests_running: running });

  it('has only finite measures if samples are NaN, infinite or 1e308', () => {
    const scene = newScene();
    const odd = ['NaN', '+Inf', '-Inf', 1e308, -1e308, 5];
    for (const [index, value] of odd.entries()) {
      const { measures, values, engines } = scene.scrape(10 * index, {
        [targetA]:
          busy(value, value) + rayEngine('w2', { generation_tokens_total: value, num_requests_running: value }),
      });
      for (const { value: each } of [
        ...Object.values(measures),
        ...engines.flatMap((engine) => Object.values(engine.measures)),
      ])
        assert.ok(Number.isFinite(each), String(value));
      assert.ok(values);
    }
  });

  it('reads an engine without the label engine, with an unknown finished_reason and with new labels', () => {
    const scene = newScene();
    const labels = 'WorkerId="w1",NodeAddress="192.0.2.2",Version="2.57.0",priority="3",new_label="x"';
    const done = (reason: string, count: number): string =>
      `ray_vllm_request_success_total{${labels},finished_reason="${reason}"} ${count}\n`;
    scene.scrape(0, { [targetA]: done('stop', 0) + done('vanished', 0) });
    const snapshot = scene.scrape(10, { [targetA]: done('stop', 6) + done('vanished', 4) });
    assert.deepEqual(
      [
        measureOf(snapshot, 'requests_finished_s')?.value,
        measureOf(snapshot, 'finished_share_stop')?.value,
        measureOf(snapshot, 'finished_share_error')?.value,
      ],
      [1, 0.6, 0],
    );
  });
});
