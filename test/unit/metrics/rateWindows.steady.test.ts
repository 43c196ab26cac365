import { strict as assert } from 'node:assert';
import type { Trigger } from '../../../src/api';
import { randomOf } from '../support/random';
import { targetA, findingIds, newScene, rayEngine, generation } from './scene';

describe('rate windows of a steady engine: 100 tokens/s, reported every 10 s', () => {
  const intervals = [1, 3, 5, 8, 9.1, 9.9, 10, 10.3, 12, 14, 15, 20, 25, 60];

  function ratesAt(interval: number, trigger: Trigger, seed: number): number[] {
    const random = randomOf(seed);
    const scene = newScene();
    const phase = random() * 10;
    let second = 0;
    return Array.from({ length: 150 }, () => {
      // Responses and reports may be a moment late.
      second += interval + random() * 0.04;
      const reports = Math.floor((second + phase + random() * 0.1) / 10);
      const snapshot = scene.scrape(
        second,
        { [targetA]: rayEngine('w1', { num_requests_running: 4, generation_tokens_total: 5000 + 1000 * reports }) },
        { trigger },
      );
      assert.deepEqual(findingIds(snapshot), []);
      return generation(snapshot);
    })
      .slice(10)
      .filter((rate) => rate !== undefined);
  }

  for (const interval of intervals) {
    // A step of one report interval can hold two reports or none. Three rate windows even that out, one cannot.
    for (const [trigger, least, most] of [
      ['api', 49, 201],
      ['timer', 65, 135],
    ] as const) {
      it(`has 100 tokens/s on average, between ${least} and ${most}, scraped every ${interval} s (${trigger})`, () => {
        const rates = [1, 2, 3, 4].flatMap((seed) => ratesAt(interval, trigger, seed));
        const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
        assert.ok(Math.abs(mean - 100) < 2.5, `mean ${mean}`);
        assert.ok(
          Math.min(...rates) > least && Math.max(...rates) < most,
          `${Math.min(...rates)} to ${Math.max(...rates)}`,
        );
      });
    }
  }
});
