import { strict as assert } from 'node:assert';
import { catalogRow } from '../../../src/metrics/catalog';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';
import { targetA, at, targetB, engineOf, measureOf, newScene, rayEngine } from './scene';

const gauges = (worker: string, running: number, kv: number, labels: Record<string, string> = {}): string =>
  rayEngine(
    worker,
    { num_requests_running: running, num_requests_waiting: 1, kv_cache_usage_perc: kv, generation_tokens_total: 1 },
    labels,
  );
const silent = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('gauges: one of many', () => {
  const scene = newScene();
  const snapshot = scene.scrape(0, {
    [targetA]: gauges('w1', 3, 0.25) + gauges('w2', 5, 0.95),
    [targetB]: gauges('w3', 1, 0.3),
  });

  it('requests are summed, with the lowest and the highest engine', () => {
    assert.deepEqual(measureOf(snapshot, 'num_requests_running'), {
      value: 9,
      to: at(0),
      lowest: { engine: 'w3', value: 1 },
      highest: { engine: 'w2', value: 5 },
      counted: 3,
      of: 3,
    });
  });

  it('KV usage is shown by the fullest engine, the mean beside it', () => {
    assert.equal(measureOf(snapshot, 'kv_cache_usage_perc')?.value, 0.95);
    assert.deepEqual(measureOf(snapshot, 'kv_cache_usage_perc')?.highest, { engine: 'w2', value: 0.95 });
    assert.equal(measureOf(snapshot, 'kv_cache_usage_mean')?.value, 0.5);
    assert.equal(snapshot.values['vllm/kv_cache_usage_perc'], 0.5, 'SkyRL logs the mean');
  });

  it('a measure of a moment has no beginning', () =>
    assert.equal('from' in (measureOf(snapshot, 'kv_cache_usage_perc') ?? {}), false));

  it('an engine’s own measures have no spread and no count', () => {
    assert.deepEqual(engineOf(snapshot, 'w2')?.measures['kv_cache_usage_perc'], { value: 0.95, to: at(0) });
  });
});

describe('gauges: several of one engine', () => {
  it('requests of two models on one engine are summed, usage is the fuller one', () => {
    const { engines } = newScene().scrape(0, {
      [targetA]: gauges('w1', 3, 0.2) + gauges('w1', 4, 0.6, { model_name: 'lora' }),
    });
    assert.equal(engines.length, 1);
    assert.equal(engines[0]?.measures['num_requests_running']?.value, 7);
    assert.equal(engines[0]?.measures['kv_cache_usage_perc']?.value, 0.6);
  });
});

describe('gauges: their age', () => {
  /** w2 says nothing any more, from second 10 on. */
  const ages: readonly (readonly [second: number, counted: number, running: number])[] = [
    [10, 2, 8],
    [19.9, 2, 8],
    [20, 1, 3],
    [60, 1, 3],
  ];
  for (const [second, counted, running] of ages) {
    it(`${second} s after its last gauge an engine ${counted === 2 ? 'still counts' : 'has left the aggregate, which says 1 of 2'}`, () => {
      const scene = newScene();
      scene.scrape(0, { [targetA]: gauges('w1', 3, 0.2) + gauges('w2', 5, 0.9) });
      const snapshot = scene.scrape(second, { [targetA]: gauges('w1', 3, 0.2) + silent('w2') });
      const measure = measureOf(snapshot, 'num_requests_running');
      assert.deepEqual([measure?.value, measure?.counted, measure?.of], [running, counted, 2]);
      assert.equal(engineOf(snapshot, 'w2')?.measures['num_requests_running']?.to, counted === 2 ? at(0) : undefined);
    });
  }

  it('a target that does not answer: its engines keep their last value with its age and leave the aggregates after 20 s', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: gauges('w1', 3, 0.2), [targetB]: gauges('w2', 5, 0.9) });
    assert.equal(
      measureOf(scene.scrape(10, { [targetA]: gauges('w1', 3, 0.2), [targetB]: undefined }), 'num_requests_running')
        ?.value,
      8,
    );
    const later = scene.scrape(30, { [targetA]: gauges('w1', 3, 0.2), [targetB]: undefined });
    assert.deepEqual(
      [measureOf(later, 'num_requests_running')?.value, measureOf(later, 'kv_cache_usage_perc')?.value],
      [3, 0.2],
    );
    assert.deepEqual(engineOf(later, 'w2')?.measures['kv_cache_usage_perc'], { value: 0.9, to: at(0) });
  });

  it('a rate of a target that does not answer leaves the aggregate too', () => {
    const scene = newScene();
    const tokens = (worker: string, count: number): string => rayEngine(worker, { generation_tokens_total: count });
    scene.scrape(0, { [targetA]: tokens('w1', 0), [targetB]: tokens('w2', 0) });
    scene.scrape(10, { [targetA]: tokens('w1', 1000), [targetB]: tokens('w2', 500) });
    scene.scrape(20, { [targetA]: tokens('w1', 2000), [targetB]: undefined });
    const { measures, engines } = scene.scrape(30, { [targetA]: tokens('w1', 3000), [targetB]: undefined });
    assert.deepEqual(
      [
        measures['generation_throughput_tok_s']?.value,
        measures['generation_throughput_tok_s']?.counted,
        measures['generation_throughput_tok_s']?.of,
      ],
      [100, 1, 2],
    );
    assert.equal(engines[1]?.measures['generation_throughput_tok_s']?.to, at(10));
  });

  it('Ray 2.51 repeats a dead worker’s gauges for two minutes: unchanged, unmoved and with nobody to ask they grow old', () => {
    const scene = newScene();
    const stuck = (count: number): string =>
      gauges('w1', 7, 0.4, { Version: '2.51.1' }) +
      rayEngine('w1', { prompt_tokens_total: count }, { Version: '2.51.1' });
    scene.scrape(0, { [targetA]: stuck(1) });
    scene.scrape(10, { [targetA]: stuck(5) });
    assert.equal(measureOf(scene.scrape(20, { [targetA]: stuck(5) }), 'num_requests_running')?.value, 7);
    const later = scene.scrape(30, { [targetA]: stuck(5) });
    assert.equal(measureOf(later, 'num_requests_running'), undefined);
    assert.deepEqual(
      later.engines.map(({ state }) => state),
      ['silent'],
    );
  });
});

describe('absent is not zero', () => {
  it('no gauge anywhere: no key in values, measures or an engine’s measures', () => {
    const { values, measures, engines } = newScene().scrape(0, { [targetA]: silent('w1') });
    assert.deepEqual([values, measures, engines[0]?.measures], [{}, {}, {}]);
  });

  for (const name of rayRecordings) {
    it(`${name}: every measure is a finite number with a time, and every aggregate lies within its spread or is its sum`, async () => {
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

  it('ray-2.57 07: idle engines have no gauges, so there is no KV usage and no number of requests', async () => {
    const { snapshot } = (await replayRecording('ray-2.57'))[6] ?? assert.fail();
    for (const id of ['kv_cache_usage_perc', 'kv_cache_usage_mean', 'num_requests_running', 'num_requests_waiting'])
      assert.equal(id in snapshot.measures, false, id);
  });
});

describe('load averages', () => {
  it('are the dashboard’s, kept with their age; the busiest node is named; a node that reports nothing has none', () => {
    const scene = newScene();
    const node = (ip: string): string => `ray_node_cpu_utilization{ip="${ip}",Version="2.57.0"} 50\n`;
    scene.scrape(
      0,
      { [targetA]: node('192.0.2.2'), [targetB]: node('192.0.2.3') },
      { loads: { '192.0.2.2': 3, '192.0.2.3': 9, '192.0.2.4': 99 } },
    );
    const snapshot = scene.scrape(60, { [targetA]: node('192.0.2.2'), [targetB]: node('192.0.2.3') });
    const { value, to, highest, counted, of } = measureOf(snapshot, 'node_load') ?? {};
    assert.deepEqual([value, to, highest, counted, of], [9, at(0), { engine: 'node 192.0.2.3', value: 9 }, 2, 2]);
    assert.equal(measureOf(snapshot, 'node_cpu')?.value, 0.5, 'Ray’s percent is a fraction');
  });
});

describe('gauges of nodes and GPUs', () => {
  it('are in true units: Ray’s text says bytes of GPU memory, its number is MiB', () => {
    const gpu = (index: number, used: number, free: number): string =>
      ['used', 'available']
        .map(
          (part) =>
            `ray_node_gram_${part}{ip="192.0.2.2",GpuIndex="${index}",Version="2.57.0"} ${part === 'used' ? used : free}\n`,
        )
        .join('');
    const snapshot = newScene().scrape(0, { [targetA]: gpu(0, 60 * 1024, 20 * 1024) + gpu(1, 20 * 1024, 60 * 1024) });
    assert.equal(measureOf(snapshot, 'gpu_memory_used')?.value, 80 * 2 ** 30);
    assert.deepEqual(
      [measureOf(snapshot, 'gpu_memory_share')?.value, measureOf(snapshot, 'gpu_memory_share')?.highest?.engine],
      [0.75, 'gpu 192.0.2.2 0'],
    );
    assert.deepEqual(
      snapshot.parts?.map(({ kind, name }) => [kind, name]),
      [
        ['gpu', 'GPU 0 on 192.0.2.2'],
        ['gpu', 'GPU 1 on 192.0.2.2'],
      ],
    );
  });
});

describe('what is said once', () => {
  const phase = (name: string, value: number): string =>
    `ray_skyrl_training_phase{WorkerId="t",phase="${name}",NodeAddress="192.0.2.2",Version="2.57.0"} ${value}\n`;

  it('the training phase stays until another begins, with when it was seen first and confirmed last; all at 0 is none', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: phase('run_training', 1) });
    assert.deepEqual(scene.scrape(10, { [targetA]: phase('run_training', 1) }).phase, {
      name: 'run_training',
      since: at(0),
      at: at(10),
    });
    assert.deepEqual(
      scene.scrape(90, { [targetA]: silent('w1') }).phase,
      { name: 'run_training', since: at(0), at: at(10) },
      'the gauge is gone after 20 s, the phase is not',
    );
    assert.deepEqual(scene.scrape(100, { [targetA]: phase('run_training', 0) + phase('sync_weights', 1) }).phase, {
      name: 'sync_weights',
      since: at(100),
      at: at(100),
    });
    assert.equal(
      scene.scrape(110, { [targetA]: phase('run_training', 0) + phase('sync_weights', 0) }).phase,
      undefined,
    );
  });

  it('the cache’s size stays with its age, as do the engine’s own words', () => {
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

describe('bad input', () => {
  const busy = (tokens: number | string, running: number | string = 1): string =>
    rayEngine('w1', { generation_tokens_total: tokens, num_requests_running: running });

  it('NaN, Inf and 1e308 are no numbers of a person’s run: no crash, and nothing that is not finite', () => {
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

  it('a clock that goes back opens the windows anew: no negative rate, no finding, and it goes on', () => {
    const scene = newScene();
    scene.scrape(100, { [targetA]: busy(1000) });
    scene.scrape(110, { [targetA]: busy(2000) });
    const back = scene.scrape(50, { [targetA]: busy(3000) });
    assert.deepEqual([measureOf(back, 'generation_throughput_tok_s'), back.findings], [undefined, []]);
    assert.equal(measureOf(scene.scrape(60, { [targetA]: busy(4000) }), 'generation_throughput_tok_s')?.value, 100);
  });

  it('an engine without the label engine, an unknown finished_reason and labels of another release', () => {
    const scene = newScene();
    const done = (reason: string, count: number): string =>
      `ray_vllm_request_success_total{WorkerId="w1",NodeAddress="192.0.2.2",Version="2.57.0",finished_reason="${reason}",priority="3",new_label="x"} ${count}\n`;
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
