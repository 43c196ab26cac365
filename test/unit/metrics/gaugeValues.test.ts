import { strict as assert } from 'node:assert';
import { targetA, targetB, at, engineOf, newScene, rayEngine, measureOf } from './scene';

const gauges = (worker: string, running: number, kv: number, labels: Record<string, string> = {}): string =>
  rayEngine(
    worker,
    { num_requests_running: running, num_requests_waiting: 1, kv_cache_usage_perc: kv, generation_tokens_total: 1 },
    labels,
  );

const silent = (worker: string): string => rayEngine(worker, { generation_tokens_total: 1 });

describe('gauges and their age', () => {
  /** The second scrape, in which w2 has no gauges any more. */
  const ages: readonly (readonly [second: number, counted: number, running: number])[] = [
    [10, 2, 8],
    [19.9, 2, 8],
    [20, 1, 3],
    [60, 1, 3],
  ];

  for (const [second, counted, running] of ages) {
    const effect = counted === 2 ? 'counts an engine' : 'leaves an engine out of the aggregate';
    it(`${effect} ${second} s after its last gauge`, () => {
      const scene = newScene();
      scene.scrape(0, { [targetA]: gauges('w1', 3, 0.2) + gauges('w2', 5, 0.9) });
      const snapshot = scene.scrape(second, { [targetA]: gauges('w1', 3, 0.2) + silent('w2') });
      const measure = measureOf(snapshot, 'num_requests_running');
      assert.deepEqual([measure?.value, measure?.counted, measure?.of], [running, counted, 2]);
      assert.equal(engineOf(snapshot, 'w2')?.measures['num_requests_running']?.to, counted === 2 ? at(0) : undefined);
    });
  }

  it('keeps values with their age if a target does not answer, and leaves them out of aggregates after 20 s', () => {
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

  it('leaves the rates of a target that does not answer out of aggregates as well', () => {
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

  /** Ray 2.51 repeats a dead worker’s gauges for two minutes. */
  it('lets the gauges of Ray 2.51 grow old if they are unchanged, nothing moves and no actor is known', () => {
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
