import { strict as assert } from 'node:assert';
import { addBucketSlot, newHistogramSlots } from '../../../src/metrics/histogramSlots';
import { randomOf } from '../support/random';

describe('histogramSlots', () => {
  it('keeps slots grouped by ascending bound, in whatever order buckets are added (property)', () => {
    const random = randomOf(17);
    const bounds = [0.1, 0.5, 1, 2.5, 10, Infinity];
    for (let round = 0; round < 200; round += 1) {
      const histogram = newHistogramSlots();
      const slotsByBound = new Map<number, number[]>();
      for (let slot = 0; slot < 20; slot += 1) {
        const bound = bounds[Math.floor(random() * bounds.length)] as number;
        addBucketSlot(histogram, bound, slot);
        slotsByBound.set(bound, [...(slotsByBound.get(bound) ?? []), slot]);
      }
      const sorted = [...slotsByBound].sort(([a], [b]) => a - b);
      assert.deepEqual(
        histogram.bounds,
        sorted.map(([bound]) => bound),
      );
      assert.deepEqual(
        histogram.ends.map((end, index) => histogram.slots.slice(histogram.ends[index - 1] ?? 0, end).sort()),
        sorted.map(([, slots]) => slots.sort()),
      );
    }
  });
});
