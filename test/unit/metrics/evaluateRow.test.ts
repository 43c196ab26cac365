import { strict as assert } from 'node:assert';
import { replayRecording } from '../support/replay';
import { targetA, engineOf, newScene, rayEngine, measureOf, nativeEngine, type Samples } from './scene';

const ttft = 'time_to_first_token_seconds';

/** The samples of a histogram of three buckets; `counts` are those of each bucket alone. */
function histogram(counts: readonly [number, number, number], sum: number): Samples {
  const [first, second, last] = counts;
  return {
    [`${ttft}_bucket{le="0.5"}`]: first,
    [`${ttft}_bucket{le="1.0"}`]: first + second,
    [`${ttft}_bucket{le="+Inf"}`]: first + second + last,
    [`${ttft}_count`]: first + second + last,
    [`${ttft}_sum`]: sum,
  };
}

describe('evaluateRow: means of histograms', () => {
  for (const name of ['ray-2.57', 'ray-2.57-speculation', 'ray-2.56'] as const) {
    it(`has bounds around every mean of ${name}, whose sums Ray rebuilt from buckets`, async () => {
      let seen = 0;
      for (const { step, snapshot } of await replayRecording(name)) {
        for (const measures of [snapshot.measures, ...snapshot.engines.map((engine) => engine.measures)]) {
          for (const id of ['ttft_seconds_avg', 'tpot_seconds_avg']) {
            const { value, bounds } = measures[id] ?? {};
            if (value === undefined) continue;
            seen += 1;
            assert.ok(bounds && bounds.low <= value && value <= (bounds.high ?? Infinity), `${step.name} ${id}`);
          }
        }
      }
      assert.ok(seen >= 12, `${seen} means`);
    });
  }

  it('has no bounds on ray-2.51 and on servers, which know their sums', async () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(histogram([0, 0, 0], 0)) });
    const snapshots = [
      scene.scrape(10, { [targetA]: nativeEngine(histogram([4, 2, 0], 3)) }),
      ...(await replayRecording('ray-2.51')).map(({ snapshot }) => snapshot),
    ];
    const means = snapshots.flatMap(({ measures }) => measures['ttft_seconds_avg'] ?? []);
    assert.ok(means.length >= 4);
    for (const mean of means) assert.equal('bounds' in mean, false);
    assert.equal(means[0]?.value, 0.5);
  });

  it('computes bounds from the lower and the upper bound of each bucket', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([10, 10, 0], 10)) });
    const { measures } = scene.scrape(10, { [targetA]: rayEngine('w1', histogram([13, 11, 0], 11.5)) });
    assert.deepEqual(
      [measures['ttft_seconds_avg']?.value, measures['ttft_seconds_avg']?.bounds],
      [1.5 / 4, { low: 0.5 / 4, high: (3 * 0.5 + 1) / 4 }],
    );
  });

  it('has no upper bound if something was counted beyond the last finite bucket', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([1, 0, 0], 1)) });
    assert.deepEqual(
      scene.scrape(10, { [targetA]: rayEngine('w1', histogram([2, 0, 1], 3)) }).measures['ttft_seconds_avg']?.bounds,
      { low: 0.5 },
    );
  });

  it('has no mean, and not 0, if no request got its first token in the rate window', () => {
    const scene = newScene();
    const body = (tokens: number): string =>
      rayEngine('w1', { ...histogram([5, 0, 0], 1), generation_tokens_total: tokens });
    scene.scrape(0, { [targetA]: body(10) });
    const { measures, values } = scene.scrape(10, { [targetA]: body(20) });
    assert.deepEqual(['ttft_seconds_avg' in measures, 'vllm/ttft_seconds_avg' in values], [false, false]);
  });
});

describe('evaluateRow: prefix-cache hit rate', () => {
  it('takes missing hits for 0 beside queries of the same engine, because Ray creates counters late', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', { prefix_cache_queries_total: 100 }) });
    const { measures, values } = scene.scrape(10, { [targetA]: rayEngine('w1', { prefix_cache_queries_total: 200 }) });
    assert.equal(measures['prefix_cache_hit_rate']?.value, 0);
    assert.equal('vllm/prefix_cache_hit_rate' in values, false, 'SkyRL leaves it out');
  });

  it('keeps an engine’s hits if another engine has none', () => {
    const scene = newScene();
    scene.scrape(0, {
      [targetA]:
        rayEngine('w1', { prefix_cache_queries_total: 0, prefix_cache_hits_total: 0 }) +
        rayEngine('w2', { prefix_cache_queries_total: 0 }),
    });
    const snapshot = scene.scrape(10, {
      [targetA]:
        rayEngine('w1', { prefix_cache_queries_total: 100, prefix_cache_hits_total: 80 }) +
        rayEngine('w2', { prefix_cache_queries_total: 300 }),
    });
    assert.equal(measureOf(snapshot, 'prefix_cache_hit_rate')?.value, 0.2);
    assert.deepEqual(
      [
        engineOf(snapshot, 'w1')?.measures['prefix_cache_hit_rate']?.value,
        engineOf(snapshot, 'w2')?.measures['prefix_cache_hit_rate']?.value,
      ],
      [0.8, 0],
    );
  });

  it('has no hit rate without queries', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', { prefix_cache_hits_total: 1 }) });
    assert.equal(
      'prefix_cache_hit_rate' in
        scene.scrape(10, { [targetA]: rayEngine('w1', { prefix_cache_hits_total: 2 }) }).measures,
      false,
    );
  });
});
