import { strict as assert } from 'node:assert';
import { BucketSeries, HistogramSlots } from '../../../src/metrics/histogramSlots';
import { stepGrowth } from '../support/countSteps';
import { randomOf } from '../support/random';

const ascending = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const orders: Readonly<Record<string, (count: number) => number[]>> = {
  ascending,
  descending: (count) => ascending(count).reverse(),
  shuffled: (count) => {
    const random = randomOf(count);
    return ascending(count)
      .map((bound) => [random(), bound] as const)
      .sort(([a], [b]) => a - b)
      .map(([, bound]) => bound);
  },
};

describe('HistogramSlots', () => {
  for (const [order, boundsOf] of Object.entries(orders)) {
    it(`takes steps in proportion to the buckets if they arrive ${order}`, () => {
      const growth = stepGrowth(2000, boundsOf, (bounds) => {
        const histogram = new HistogramSlots();
        bounds.forEach((bound, slot) => histogram.add(bound, slot));
        assert.equal(histogram.buckets.bounds.length, bounds.length);
      });
      assert.ok(growth < 5, `four times the buckets take ${growth} times the steps`);
    });

    it(`takes steps in proportion to the label sets, each with 20 buckets that arrive ${order}`, () => {
      const growth = stepGrowth(
        100,
        (count) => Array.from({ length: count }, () => boundsOf(20)),
        (labelSets) => {
          const histogram = new HistogramSlots();
          for (const bounds of labelSets) bounds.forEach((bound, slot) => histogram.add(bound, slot));
          assert.equal(histogram.buckets.slots.length, 20 * labelSets.length);
        },
      );
      assert.ok(growth < 5, `four times the label sets take ${growth} times the steps`);
    });
  }
});

describe('BucketSeries', () => {
  for (const [order, boundsOf] of Object.entries(orders)) {
    it(`takes steps in proportion to the buckets if they arrive ${order}, new and known`, () => {
      const growth = stepGrowth(2000, boundsOf, (bounds) => {
        const series = new BucketSeries();
        for (const bound of bounds) if (series.find(bound) === undefined) series.add(bound, bound);
        series.restart();
        for (const bound of bounds) assert.equal(series.find(bound), bound);
      });
      assert.ok(growth < 5, `four times the buckets take ${growth} times the steps`);
    });
  }
});
