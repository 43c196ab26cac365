/** Step and range of a plot. */
import assert from 'node:assert/strict';
import { maxSteps, resolveRange, resolveStep } from '../../../src/promql/timing';

describe('Timing of a plot', () => {
  it('has a round step, no shorter than a scrape interval', () => {
    assert.equal(resolveStep({ rangeMs: 1_800_000 }, 1000), 10_000);
    assert.equal(resolveStep({ rangeMs: 60_000 }, 15_000), 15_000);
  });

  it('never asks for more points than the server gives, and ends on whole steps', () => {
    for (const rangeMs of [300_000, 86_400_000, 31_536_000_000]) {
      const { from, to, stepMs } = resolveRange({ rangeMs }, 1000, 1_700_000_000_123);
      assert.ok((to - from) / stepMs <= maxSteps && to % stepMs === 0 && from % stepMs === 0);
    }
  });
});
