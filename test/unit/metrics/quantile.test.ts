import { strict as assert } from 'node:assert';
import { bucketQuantile, coalesceBuckets, ensureMonotonic } from '../../../src/metrics/quantile';
import { targetA, newScene, measureOf, nativeEngine, type Samples } from './scene';

/** Buckets as cumulative counts by bound, a quantile, and Prometheus 2.42's result (undefined for NaN). */
const prometheusResults: readonly (readonly [buckets: string, quantile: number, result: number | undefined])[] = [
  ['0.1=0 1=10 +Inf=10', 0, undefined],
  ['0.1=5 1=10 +Inf=10', 0, 0],
  ['0.1=5 1=10 +Inf=10', 0.5, 0.1],
  ['0.1=5 1=10 +Inf=10', 1, 1],
  ['0.1=0 1=10 +Inf=10', 0.5, 0.55],
  ['0.1=5 1=10 +Inf=110', 0.99, 1],
  ['-1=5 0=6 1=7 +Inf=7', 0.5, -1],
  ['-1=5 0=6 1=7 +Inf=7', 0.9, 0.2999999999999998],
  ['0=5 1=7 +Inf=7', 0.5, 0],
  ['0.1=10 1=5 +Inf=10', 0.5, 0.05],
  ['0.1=10 1=5 5=8 +Inf=20', 0.9, 5],
  ['0.1=0 1=0 +Inf=0', 0.5, undefined],
  ['+Inf=5', 0.5, undefined],
  ['0.1=5 1=10', 0.5, undefined],
  ['1=1 1=3 +Inf=5', 0.5, 0.625],
  ['0.1=1 1=5 +Inf=NaN', 0.5, 1],
  ['0.1=NaN 1=5 +Inf=5', 0.5, undefined],
  ['1=2 2=2 4=8 +Inf=8', 0.25, 1],
  ['1=2 2=2 4=8 +Inf=8', 0.5, 2 + 2 * (2 / 6)],
  ['+Inf=10 1=10 0.1=5', 0.5, 0.1],
];

/** The samples of a histogram from cumulative counts by bound. */
const ttftBuckets = (counts: Readonly<Record<string, number>>): Samples =>
  Object.fromEntries(
    Object.entries(counts).map(([le, count]) => [`time_to_first_token_seconds_bucket{le="${le}"}`, count]),
  );

describe('bucketQuantile', () => {
  for (const [text, quantile, result] of prometheusResults) {
    it(`is ${result ?? 'undefined'} for ${text} and the quantile ${quantile}`, () => {
      const pairs = text.split(' ').map((bucket) => bucket.split('='));
      const buckets = coalesceBuckets({
        bounds: pairs.map(([bound]) => (bound === '+Inf' ? Infinity : Number(bound))),
        counts: pairs.map(([, count]) => Number(count)),
      });
      ensureMonotonic(buckets.counts);
      const value = bucketQuantile(quantile, buckets)?.value;
      if (result === undefined) assert.equal(value, undefined);
      else assert.ok(Math.abs((value ?? NaN) - result) < 1e-12, `${value}`);
    });
  }
});

describe('quantiles of a rate window', () => {
  it('are taken of what was counted in it, with the bucket that they lie in', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(ttftBuckets({ 0.5: 100, 1: 100, '+Inf': 100 })) });
    const snapshot = scene.scrape(10, { [targetA]: nativeEngine(ttftBuckets({ 0.5: 100, 1: 110, '+Inf': 110 })) });
    assert.deepEqual(
      [measureOf(snapshot, 'ttft_seconds_p50')?.value, measureOf(snapshot, 'ttft_seconds_p50')?.bucket],
      [0.75, { from: 0.5, to: 1 }],
    );
    assert.deepEqual(snapshot.distributions?.['ttft_seconds']?.counts, [0, 10, 0]);
    assert.deepEqual(snapshot.distributions?.['ttft_seconds']?.bounds, [0.5, 1]);
  });

  it('know only a lower limit beyond the last bound', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(ttftBuckets({ 0.5: 0, 1: 0, '+Inf': 0 })) });
    assert.deepEqual(
      measureOf(
        scene.scrape(10, { [targetA]: nativeEngine(ttftBuckets({ 0.5: 0, 1: 0, '+Inf': 4 })) }),
        'ttft_seconds_p95',
      )?.bucket,
      { from: 1 },
    );
  });

  it('are Prometheus’s or none without +Inf, with NaN, and with counts out of order', () => {
    for (const [counts, expected] of [
      [{ 0.5: 5, 1: 9 }, undefined],
      [{ 1: 9, 0.5: 9, '+Inf': 9 }, 0.25],
      [{ 0.5: NaN, 1: 9, '+Inf': 9 }, 0.5],
      [{ 0.5: 9, 1: 3, '+Inf': 9 }, 0.25],
    ] as const) {
      const scene = newScene('vllm');
      scene.scrape(0, { [targetA]: nativeEngine(ttftBuckets({ 0.5: 0, 1: 0, '+Inf': 0 })) });
      assert.equal(
        measureOf(scene.scrape(10, { [targetA]: nativeEngine(ttftBuckets(counts)) }), 'ttft_seconds_p50')?.value,
        expected,
        JSON.stringify(counts),
      );
    }
  });
});
