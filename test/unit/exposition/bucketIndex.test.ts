import { strict as assert } from 'node:assert';
import { BucketIndex } from '../../../src/exposition/bucketIndex';
import { randomOf } from '../support/random';

describe('BucketIndex', () => {
  it('gives each bound the index that a map would, in whatever order bounds arrive (property)', () => {
    const random = randomOf(5);
    const lists = [
      ['1', '2', '3', '+Inf'],
      ['1', '2', '2.5', '3', '+Inf'],
      ['0.5', '1', '9'.repeat(100), '2'],
      ['9'.repeat(100), '1'],
      Array.from({ length: 300 }, (_, bound) => String(bound)),
    ];
    for (let round = 0; round < 400; round += 1) {
      const name = `m${round % 3}`;
      const histograms = Array.from({ length: 3 }, () => ({
        buckets: new BucketIndex(name),
        known: new Map<string, number>(),
      }));
      let size = 0;
      const look = ({ buckets, known }: (typeof histograms)[number], le: string): void => {
        const expected = known.get(le) ?? size;
        assert.equal(buckets.indexOf(le, size), expected, `round ${round}: ${le}`);
        known.set(le, expected);
        if (expected === size) size += 1;
      };
      for (let pass = 0; pass < 4; pass += 1) {
        const list = lists[Math.floor(random() * lists.length)] as string[];
        const order = random() < 0.2 ? [...list].sort(() => random() - 0.5) : list.filter(() => random() < 0.95);
        if (random() < 0.3) for (const le of order) histograms.forEach((histogram) => look(histogram, le));
        else for (const histogram of histograms) order.forEach((le) => look(histogram, le));
        // Another series arrives in between.
        if (random() < 0.5) size += 1;
      }
    }
  });
});
