import { strict as assert } from 'node:assert';
import { targetA, at, engineOf, newScene, rayEngine, measureOf } from './scene';

const gauges = (worker: string, running: number, kv: number, labels: Record<string, string> = {}): string =>
  rayEngine(
    worker,
    { num_requests_running: running, num_requests_waiting: 1, kv_cache_usage_perc: kv, generation_tokens_total: 1 },
    labels,
  );

const silent = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('readGauge', () => {
  it('sums the requests of two models on one engine, and takes the higher KV usage', () => {
    const { engines } = newScene().scrape(0, {
      [targetA]: gauges('w1', 3, 0.2) + gauges('w1', 4, 0.6, { model_name: 'lora' }),
    });
    assert.equal(engines.length, 1);
    assert.equal(engines[0]?.measures['num_requests_running']?.value, 7);
    assert.equal(engines[0]?.measures['kv_cache_usage_perc']?.value, 0.6);
  });

  it('keeps the size of the cache with its age, and the config that the engine reported', () => {
    const scene = newScene();
    scene.scrape(0, {
      [targetA]: rayEngine('w1', { 'cache_config_info{kv_cache_size_tokens="5000",num_gpu_blocks="None"}': 1 }),
    });
    const snapshot = scene.scrape(300, { [targetA]: silent('w1') });
    assert.deepEqual(
      [measureOf(snapshot, 'kv_cache_size_tokens')?.value, measureOf(snapshot, 'kv_cache_size_tokens')?.to],
      [5000, at(0)],
    );
    assert.equal('kv_cache_blocks' in snapshot.measures, false, 'None is no number');
    assert.equal(engineOf(snapshot, 'w1')?.config?.['kv_cache_size_tokens'], '5000');
  });
});
