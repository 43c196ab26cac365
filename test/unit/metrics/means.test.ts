import { strict as assert } from 'node:assert';
import { rayRecordings } from '../../demonstration/index';
import { replayRecording } from '../support/replay';
import { targetA, engineOf, measureOf, nativeEngine, newScene, rayEngine, type Samples } from './scene';

const ttft = 'time_to_first_token_seconds';
/** A histogram of three buckets; counts are those of each bucket alone. */
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

describe('means of histograms', () => {
  for (const name of ['ray-2.57', 'ray-2.57-speculation', 'ray-2.56'] as const) {
    it(`${name}: Ray ≥ 2.52 rebuilds sums from buckets, so every mean stands within its bounds`, async () => {
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

  it('ray-2.51 and native servers know their sums: no bounds', async () => {
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

  it('bounds by hand: from each bucket’s lower to its upper bound', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([10, 10, 0], 10)) });
    const { measures } = scene.scrape(10, { [targetA]: rayEngine('w1', histogram([13, 11, 0], 11.5)) });
    assert.deepEqual(
      [measures['ttft_seconds_avg']?.value, measures['ttft_seconds_avg']?.bounds],
      [1.5 / 4, { low: 0.5 / 4, high: (3 * 0.5 + 1) / 4 }],
    );
  });

  it('bounds with observations beyond the last bucket have no upper end', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([1, 0, 0], 1)) });
    assert.deepEqual(
      scene.scrape(10, { [targetA]: rayEngine('w1', histogram([2, 0, 1], 3)) }).measures['ttft_seconds_avg']?.bounds,
      { low: 0.5 },
    );
  });

  it('means of several engines are pooled, not averaged: many requests weigh more', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([0, 0, 0], 0)) + rayEngine('w2', histogram([0, 0, 0], 0)) });
    const { measures } = scene.scrape(10, {
      [targetA]: rayEngine('w1', histogram([9, 0, 0], 0.9)) + rayEngine('w2', histogram([0, 1, 0], 0.6)),
    });
    assert.equal(measures['ttft_seconds_avg']?.value, 0.15);
    assert.deepEqual(
      [measures['ttft_seconds_avg']?.lowest?.value, measures['ttft_seconds_avg']?.highest?.value],
      [0.1, 0.6],
    );
  });

  it('no request finished its first token in the window: no mean, not 0', () => {
    const scene = newScene();
    const body = (tokens: number): string =>
      rayEngine('w1', { ...histogram([5, 0, 0], 1), generation_tokens_total: tokens });
    scene.scrape(0, { [targetA]: body(10) });
    const { measures, values } = scene.scrape(10, { [targetA]: body(20) });
    assert.deepEqual(['ttft_seconds_avg' in measures, 'vllm/ttft_seconds_avg' in values], [false, false]);
  });

  it('le is compared as a number: 1 and 1.0 are one bucket', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([1, 1, 0], 1)) });
    const { measures } = scene.scrape(10, {
      [targetA]: rayEngine('w1', histogram([2, 2, 0], 2)).replace('le="1.0"', 'le="1"'),
    });
    assert.deepEqual(measures['ttft_seconds_avg']?.bounds, { low: 0.25, high: 0.75 });
  });

  for (const le of ['', 'x', '0x1']) {
    it(`a bucket with le=${JSON.stringify(le)} is no bucket, and no end of the histogram`, () => {
      const scene = newScene();
      const broken = (count: number): string => rayEngine('w1', { [`${ttft}_bucket{le="${le}"}`]: count });
      scene.scrape(0, { [targetA]: rayEngine('w1', histogram([1, 1, 0], 1)) + broken(0) });
      const { measures } = scene.scrape(10, { [targetA]: rayEngine('w1', histogram([2, 2, 0], 2)) + broken(7) });
      assert.deepEqual(measures['ttft_seconds_avg']?.bounds, { low: 0.25, high: 0.75 });
    });
  }
});

describe('prefix-cache hit rate', () => {
  it('hits missing beside their own engine’s queries are 0: Ray creates a counter at its first increment', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', { prefix_cache_queries_total: 100 }) });
    const { measures, values } = scene.scrape(10, { [targetA]: rayEngine('w1', { prefix_cache_queries_total: 200 }) });
    assert.equal(measures['prefix_cache_hit_rate']?.value, 0);
    assert.equal('vllm/prefix_cache_hit_rate' in values, false, 'SkyRL leaves it out');
  });

  it('another engine’s missing hits do not take these away', () => {
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

  it('queries missing: no rate at all', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', { prefix_cache_hits_total: 1 }) });
    assert.equal(
      'prefix_cache_hit_rate' in
        scene.scrape(10, { [targetA]: rayEngine('w1', { prefix_cache_hits_total: 2 }) }).measures,
      false,
    );
  });
});

describe('since engine start', () => {
  for (const name of rayRecordings) {
    it(`${name}: a first scrape has ratios over the engines’ lives, within 0 and 1 or positive`, async () => {
      const [first] = await replayRecording(name);
      const {
        prefix_cache_hit_rate: rate = NaN,
        ttft_seconds_avg: first_token = NaN,
        tpot_seconds_avg: between = NaN,
      } = first?.snapshot.sinceStart ?? {};
      assert.ok(
        rate > 0 && rate < 1 && first_token > 0 && between > 0 && between < first_token,
        JSON.stringify(first?.snapshot.sinceStart),
      );
    });
  }

  it('has no rates and no gauges, and nothing of an engine that is dead', () => {
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
