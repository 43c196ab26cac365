/** How far back the queries of a snapshot reach. */
import assert from 'node:assert/strict';
import { queryRangesFor, rateWindowFor } from '../../../src/prometheus/queryRanges';

const hourMs = 3_600_000;

describe('the ranges of a snapshot’s queries', () => {
  const at = 100 * hourMs;

  it('take rates over four scrapes, at least a minute', () => {
    assert.deepEqual([5_000, 15_000, 30_000].map(rateWindowFor), [60_000, 60_000, 120_000]);
  });

  it('look back six hours for values that are set once, and later as far as the snapshot before is', () => {
    const first = queryRangesFor({ at, now: at, intervalMs: 10_000 }, undefined);
    assert.equal(first.lastValueRangeMs, 6 * hourMs);
    const previous = { at: at - 60_000, valuesFrom: at - 70_000 };
    assert.equal(queryRangesFor({ at, now: at, intervalMs: 10_000 }, previous).lastValueRangeMs, 120_000);
    const soon = { at: at - 5_000, valuesFrom: at - 15_000 };
    assert.equal(queryRangesFor({ at, now: at, intervalMs: 10_000 }, soon).lastValueRangeMs, 30_000);
  });

  it('run SkyRL’s values from the snapshot before', () => {
    const startAfter = (previousAt: number | undefined): number =>
      queryRangesFor(
        { at, now: at, intervalMs: 15_000 },
        previousAt === undefined ? undefined : { at: previousAt, valuesFrom: 7 },
      ).valuesFrom;
    assert.equal(startAfter(at - 40_000), at - 40_000);
    assert.equal(startAfter(undefined), at - 15_000);
    assert.equal(startAfter(at - 7 * hourMs), at - 15_000, 'too long ago');
    assert.equal(startAfter(at + 1), at - 15_000, 'the clock went back');
    assert.equal(startAfter(at), 7, 'no newer sample: the same window again');
  });
});
