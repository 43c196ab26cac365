import { strict as assert } from 'node:assert';
import { bucketQuantile, coalesceBuckets, ensureMonotonic } from '../../../src/metrics/quantile';
import { targetA, engineOf, measureOf, nativeEngine, newScene, type Samples } from './scene';

/** Cumulative buckets, quantile, what Prometheus 2.42 answers (undefined: NaN). */
const golden: readonly (readonly [
  buckets: readonly (readonly [le: number, count: number])[],
  q: number,
  answer: number | undefined,
])[] = [
  [
    [
      [0.1, 0],
      [1, 10],
      [Infinity, 10],
    ],
    0,
    undefined,
  ],
  [
    [
      [0.1, 5],
      [1, 10],
      [Infinity, 10],
    ],
    0,
    0,
  ],
  [
    [
      [0.1, 5],
      [1, 10],
      [Infinity, 10],
    ],
    0.5,
    0.1,
  ],
  [
    [
      [0.1, 5],
      [1, 10],
      [Infinity, 10],
    ],
    1,
    1,
  ],
  [
    [
      [0.1, 0],
      [1, 10],
      [Infinity, 10],
    ],
    0.5,
    0.55,
  ],
  [
    [
      [0.1, 5],
      [1, 10],
      [Infinity, 110],
    ],
    0.99,
    1,
  ],
  [
    [
      [-1, 5],
      [0, 6],
      [1, 7],
      [Infinity, 7],
    ],
    0.5,
    -1,
  ],
  [
    [
      [-1, 5],
      [0, 6],
      [1, 7],
      [Infinity, 7],
    ],
    0.9,
    0.2999999999999998,
  ],
  [
    [
      [0, 5],
      [1, 7],
      [Infinity, 7],
    ],
    0.5,
    0,
  ],
  [
    [
      [0.1, 10],
      [1, 5],
      [Infinity, 10],
    ],
    0.5,
    0.05,
  ],
  [
    [
      [0.1, 10],
      [1, 5],
      [5, 8],
      [Infinity, 20],
    ],
    0.9,
    5,
  ],
  [
    [
      [0.1, 0],
      [1, 0],
      [Infinity, 0],
    ],
    0.5,
    undefined,
  ],
  [[[Infinity, 5]], 0.5, undefined],
  [
    [
      [0.1, 5],
      [1, 10],
    ],
    0.5,
    undefined,
  ],
  [
    [
      [1, 1],
      [1, 3],
      [Infinity, 5],
    ],
    0.5,
    0.625,
  ],
  [
    [
      [0.1, 1],
      [1, 5],
      [Infinity, NaN],
    ],
    0.5,
    1,
  ],
  [
    [
      [0.1, NaN],
      [1, 5],
      [Infinity, 5],
    ],
    0.5,
    undefined,
  ],
  [
    [
      [1, 2],
      [2, 2],
      [4, 8],
      [Infinity, 8],
    ],
    0.25,
    1,
  ],
  [
    [
      [1, 2],
      [2, 2],
      [4, 8],
      [Infinity, 8],
    ],
    0.5,
    2 + 2 * (2 / 6),
  ],
  [
    [
      [Infinity, 10],
      [1, 10],
      [0.1, 5],
    ],
    0.5,
    0.1,
  ],
];

describe('quantiles from buckets, as Prometheus has them', () => {
  for (const [buckets, quantile, answer] of golden) {
    it(`${buckets.map(([le, count]) => `${le}=${count}`).join(' ')}, q ${quantile}: ${answer ?? 'NaN'}`, () => {
      const columns = coalesceBuckets({ bounds: buckets.map(([le]) => le), counts: buckets.map(([, count]) => count) });
      ensureMonotonic(columns.counts);
      const found = bucketQuantile(quantile, columns)?.value;
      if (answer === undefined) assert.equal(found, undefined);
      else assert.ok(Math.abs((found ?? NaN) - answer) < 1e-12, `${found}`);
    });
  }
});

const ttft = (counts: Readonly<Record<string, number>>): Samples =>
  Object.fromEntries(
    Object.entries(counts).map(([le, count]) => [`time_to_first_token_seconds_bucket{le="${le}"}`, count]),
  );

describe('quantiles of a window', () => {
  it('are of what the window counted, with the bucket they lie in', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(ttft({ 0.5: 100, 1: 100, '+Inf': 100 })) });
    const snapshot = scene.scrape(10, { [targetA]: nativeEngine(ttft({ 0.5: 100, 1: 110, '+Inf': 110 })) });
    assert.deepEqual(
      [measureOf(snapshot, 'ttft_seconds_p50')?.value, measureOf(snapshot, 'ttft_seconds_p50')?.bucket],
      [0.75, { from: 0.5, to: 1 }],
    );
    assert.deepEqual(snapshot.distributions?.['ttft_seconds']?.counts, [0, 10, 0]);
    assert.deepEqual(snapshot.distributions?.['ttft_seconds']?.bounds, [0.5, 1]);
  });

  it('beyond the last bound only that bound is known', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine(ttft({ 0.5: 0, 1: 0, '+Inf': 0 })) });
    assert.deepEqual(
      measureOf(scene.scrape(10, { [targetA]: nativeEngine(ttft({ 0.5: 0, 1: 0, '+Inf': 4 })) }), 'ttft_seconds_p95')
        ?.bucket,
      { from: 1 },
    );
  });

  it('engines with other bounds are not merged, and the measure says how many are left out', () => {
    const scene = newScene('vllm');
    const body = (n: number): string =>
      nativeEngine(ttft({ 0.5: n, '+Inf': n })) +
      nativeEngine(ttft({ 0.5: n, '+Inf': n }), '1') +
      nativeEngine(ttft({ 0.7: n, '+Inf': n }), '2');
    scene.scrape(0, { [targetA]: body(0) });
    const snapshot = scene.scrape(10, { [targetA]: body(10) });
    const { counted, of, unmerged, value } = measureOf(snapshot, 'ttft_seconds_p50') ?? {};
    assert.deepEqual([counted, of, unmerged, value], [2, 3, 1, 0.25]);
    assert.equal(engineOf(snapshot, `${targetA} 2`)?.measures['ttft_seconds_p50']?.value, 0.35);
    assert.deepEqual(
      snapshot.findings.map(({ id }) => id),
      ['bounds-differ'],
    );
  });

  it('no +Inf, NaN, counts out of order: no quantile or Prometheus’s, and no crash', () => {
    for (const [counts, expected] of [
      [{ 0.5: 5, 1: 9 }, undefined],
      [{ 1: 9, 0.5: 9, '+Inf': 9 }, 0.25],
      [{ 0.5: NaN, 1: 9, '+Inf': 9 }, 0.5],
      [{ 0.5: 9, 1: 3, '+Inf': 9 }, 0.25],
    ] as const) {
      const scene = newScene('vllm');
      scene.scrape(0, { [targetA]: nativeEngine(ttft({ 0.5: 0, 1: 0, '+Inf': 0 })) });
      assert.equal(
        measureOf(scene.scrape(10, { [targetA]: nativeEngine(ttft(counts)) }), 'ttft_seconds_p50')?.value,
        expected,
        JSON.stringify(counts),
      );
    }
  });
});
