import { strict as assert } from 'node:assert';
import { targetA, newScene, rayEngine, type Samples } from './scene';

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

describe('bucketBound', () => {
  it('compares bounds as numbers: 1 and 1.0 are one bucket', () => {
    const scene = newScene();
    scene.scrape(0, { [targetA]: rayEngine('w1', histogram([1, 1, 0], 1)) });
    const { measures } = scene.scrape(10, {
      [targetA]: rayEngine('w1', histogram([2, 2, 0], 2)).replace('le="1.0"', 'le="1"'),
    });
    assert.deepEqual(measures['ttft_seconds_avg']?.bounds, { low: 0.25, high: 0.75 });
  });

  for (const le of ['', 'x', '0x1']) {
    it(`ignores a bucket with le=${JSON.stringify(le)}, and reads the other buckets`, () => {
      const scene = newScene();
      const broken = (count: number): string => rayEngine('w1', { [`${ttft}_bucket{le="${le}"}`]: count });
      scene.scrape(0, { [targetA]: rayEngine('w1', histogram([1, 1, 0], 1)) + broken(0) });
      const { measures } = scene.scrape(10, { [targetA]: rayEngine('w1', histogram([2, 2, 0], 2)) + broken(7) });
      assert.deepEqual(measures['ttft_seconds_avg']?.bounds, { low: 0.25, high: 0.75 });
    });
  }
});
