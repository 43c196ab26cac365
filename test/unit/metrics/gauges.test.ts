import { strict as assert } from 'node:assert';
import { catalogRow } from '../../../src/metrics/catalog';
import { rayRecordings } from '../../cluster';
import { replayRecording } from '../support/replay';
import { a, at, b, engineOf, measureOf, newScene, onRay } from './scene';

const gauges = (worker: string, running: number, kv: number, labels: Record<string, string> = {}): string =>
  onRay(worker, { num_requests_running: running, num_requests_waiting: 1, kv_cache_usage_perc: kv, generation_tokens_total: 1 }, labels);
const silent = (worker: string): string => onRay(worker, { generation_tokens_total: 1 });

describe('gauges: one of many', () => {
  const scene = newScene();
  const snapshot = scene.scrape(0, { [a]: gauges('w1', 3, 0.25) + gauges('w2', 5, 0.95), [b]: gauges('w3', 1, 0.3) });

  it('requests are summed, with the lowest and the highest engine', () => {
    assert.deepEqual(measureOf(snapshot, 'num_requests_running'), {
      value: 9, to: at(0), lowest: { engine: 'w3', value: 1 }, highest: { engine: 'w2', value: 5 }, counted: 3, of: 3,
    });
  });

  it('KV usage is shown by the fullest engine, the mean beside it', () => {
    assert.equal(measureOf(snapshot, 'kv_cache_usage_perc')?.value, 0.95);
    assert.deepEqual(measureOf(snapshot, 'kv_cache_usage_perc')?.highest, { engine: 'w2', value: 0.95 });
    assert.equal(measureOf(snapshot, 'kv_cache_usage_mean')?.value, 0.5);
    assert.equal(snapshot.values['vllm/kv_cache_usage_perc'], 0.5, 'SkyRL logs the mean');
  });

  it('a measure of a moment has no beginning', () => assert.equal('from' in (measureOf(snapshot, 'kv_cache_usage_perc') ?? {}), false));

  it('an engine’s own measures have no spread and no count', () => {
    assert.deepEqual(engineOf(snapshot, 'w2')?.measures['kv_cache_usage_perc'], { value: 0.95, to: at(0) });
  });
});

describe('gauges: several of one engine', () => {
  it('requests of two models on one engine are summed, usage is the fuller one', () => {
    const { engines } = newScene().scrape(0, { [a]: gauges('w1', 3, 0.2) + gauges('w1', 4, 0.6, { model_name: 'lora' }) });
    assert.equal(engines.length, 1);
    assert.equal(engines[0]?.measures['num_requests_running']?.value, 7);
    assert.equal(engines[0]?.measures['kv_cache_usage_perc']?.value, 0.6);
  });
});

describe('gauges: their age', () => {
  /** w2 says nothing any more, from second 10 on. */
  const ages: readonly (readonly [second: number, counted: number, running: number])[] = [[10, 2, 8], [19.9, 2, 8], [20, 1, 3], [60, 1, 3]];
  for (const [second, counted, running] of ages) {
    it(`${second} s after its last gauge an engine ${counted === 2 ? 'still counts' : 'has left the aggregate, which says 1 of 2'}`, () => {
      const scene = newScene();
      scene.scrape(0, { [a]: gauges('w1', 3, 0.2) + gauges('w2', 5, 0.9) });
      const snapshot = scene.scrape(second, { [a]: gauges('w1', 3, 0.2) + silent('w2') });
      const measure = measureOf(snapshot, 'num_requests_running');
      assert.deepEqual([measure?.value, measure?.counted, measure?.of], [running, counted, 2]);
      assert.equal(engineOf(snapshot, 'w2')?.measures['num_requests_running']?.to, counted === 2 ? at(0) : undefined);
    });
  }

  it('a target that does not answer: its engines keep their last value with its age and leave the aggregates after 20 s', () => {
    const scene = newScene();
    scene.scrape(0, { [a]: gauges('w1', 3, 0.2), [b]: gauges('w2', 5, 0.9) });
    assert.equal(measureOf(scene.scrape(10, { [a]: gauges('w1', 3, 0.2), [b]: undefined }), 'num_requests_running')?.value, 8);
    const later = scene.scrape(30, { [a]: gauges('w1', 3, 0.2), [b]: undefined });
    assert.deepEqual([measureOf(later, 'num_requests_running')?.value, measureOf(later, 'kv_cache_usage_perc')?.value], [3, 0.2]);
    assert.deepEqual(engineOf(later, 'w2')?.measures['kv_cache_usage_perc'], { value: 0.9, to: at(0) });
  });

  it('a rate of a target that does not answer leaves the aggregate too', () => {
    const scene = newScene();
    const tokens = (worker: string, count: number): string => onRay(worker, { generation_tokens_total: count });
    scene.scrape(0, { [a]: tokens('w1', 0), [b]: tokens('w2', 0) });
    scene.scrape(10, { [a]: tokens('w1', 1000), [b]: tokens('w2', 500) });
    scene.scrape(20, { [a]: tokens('w1', 2000), [b]: undefined });
    const { measures, engines } = scene.scrape(30, { [a]: tokens('w1', 3000), [b]: undefined });
    assert.deepEqual([measures['generation_throughput_tok_s']?.value, measures['generation_throughput_tok_s']?.counted, measures['generation_throughput_tok_s']?.of], [100, 1, 2]);
    assert.equal(engines[1]?.measures['generation_throughput_tok_s']?.to, at(10));
  });

  it('Ray 2.51 repeats a dead worker’s gauges for two minutes: unchanged, unmoved and with nobody to ask they grow old', () => {
    const scene = newScene();
    const stuck = (count: number): string => gauges('w1', 7, 0.4, { Version: '2.51.1' }) + onRay('w1', { prompt_tokens_total: count }, { Version: '2.51.1' });
    scene.scrape(0, { [a]: stuck(1) });
    scene.scrape(10, { [a]: stuck(5) });
    assert.equal(measureOf(scene.scrape(20, { [a]: stuck(5) }), 'num_requests_running')?.value, 7);
    const later = scene.scrape(30, { [a]: stuck(5) });
    assert.equal(measureOf(later, 'num_requests_running'), undefined);
    assert.deepEqual(later.engines.map(({ state }) => state), ['silent']);
  });
});

describe('absent is not zero', () => {
  it('no gauge anywhere: no key in values, measures or an engine’s measures', () => {
    const { values, measures, engines } = newScene().scrape(0, { [a]: silent('w1') });
    assert.deepEqual([values, measures, engines[0]?.measures], [{}, {}, {}]);
  });

  for (const name of rayRecordings) {
    it(`${name}: every measure is a finite number with a time, and every aggregate lies within its spread or is its sum`, async () => {
      for (const { step, snapshot } of await replayRecording(name, { trigger: 'timer' })) {
        for (const [id, { value, from, to, lowest, highest, counted = NaN, of = NaN }] of Object.entries(snapshot.measures)) {
          const where = `${step.name} ${id}`;
          assert.ok(Number.isFinite(value) && to <= step.at && (from ?? 0) < to, where);
          assert.ok(counted >= 1 && counted <= of, where);
          assert.ok(lowest && highest && lowest.value <= highest.value && lowest.value <= value * (1 + 1e-9), where);
          if (catalogRow(id).aggregate !== 'sum') assert.ok(value <= highest.value * (1 + 1e-9), where);
        }
      }
    });
  }

  it('ray-2.57 07: idle engines have no gauges, so there is no KV usage and no number of requests', async () => {
    const { snapshot } = (await replayRecording('ray-2.57'))[6] ?? assert.fail();
    for (const id of ['kv_cache_usage_perc', 'kv_cache_usage_mean', 'num_requests_running', 'num_requests_waiting']) assert.equal(id in snapshot.measures, false, id);
  });
});
