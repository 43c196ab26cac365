import { strict as assert } from 'node:assert';
import { BucketSeries, HistogramSlots } from '../../../src/metrics/histogramSlots';
import { randomOf } from '../support/random';

describe('HistogramSlots', () => {
  it('groups slots by ascending bound, in whatever order buckets are added (property)', () => {
    const random = randomOf(17);
    const bounds = [-Infinity, 0.1, 0.5, 1, 2.5, 10, Infinity];
    for (let round = 0; round < 200; round += 1) {
      const histogram = new HistogramSlots();
      const slotsByBound = new Map<number, number[]>();
      for (let slot = 0; slot < 20; slot += 1) {
        const bound = bounds[Math.floor(random() * bounds.length)] as number;
        histogram.add(bound, slot);
        slotsByBound.set(bound, [...(slotsByBound.get(bound) ?? []), slot]);
        // Asking for them in between changes nothing.
        if (random() < 0.2) assert.equal(histogram.buckets.slots.length, slot + 1);
      }
      const sorted = [...slotsByBound].sort(([a], [b]) => (a < b ? -1 : 1));
      const { buckets } = histogram;
      assert.deepEqual(
        buckets.bounds,
        sorted.map(([bound]) => bound),
      );
      assert.deepEqual(
        buckets.ends.map((end, index) => buckets.slots.slice(buckets.ends[index - 1] ?? 0, end)),
        sorted.map(([, slots]) => slots),
      );
    }
  });

  it('returns the same buckets until one is added', () => {
    const histogram = new HistogramSlots();
    histogram.add(1, 0);
    const { buckets } = histogram;
    assert.ok(histogram.buckets === buckets);
    histogram.add(0.5, 1);
    assert.deepEqual(histogram.buckets, { bounds: [0.5, 1], slots: [1, 0], ends: [1, 2] });
  });
});

describe('BucketSeries', () => {
  it('finds what a map would, in whatever order bounds are asked for (property)', () => {
    const random = randomOf(23);
    const bounds = [-1, 0, 0.5, 1, 2, 5, 10, Infinity];
    for (let round = 0; round < 300; round += 1) {
      const series = new BucketSeries();
      const known = new Map<number, number>();
      for (let step = 0; step < 40; step += 1) {
        if (random() < 0.1) series.restart();
        const bound =
          random() < 0.7 ? (bounds[step % bounds.length] as number) : (bounds[Math.floor(random() * 8)] as number);
        const found = series.find(bound);
        assert.equal(found, known.get(bound), `round ${round}, step ${step}: ${bound}`);
        if (found !== undefined) continue;
        known.set(bound, 100 + step);
        series.add(bound, 100 + step);
      }
    }
  });
});
