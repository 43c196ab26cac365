/** Zooming and moving a time range. */
import assert from 'node:assert/strict';
import { maxRangeMs, minRangeMs, shiftRange, timeRangeBetween, zoomRange } from '../../../webview/timeRange';

const now = 1_760_000_000_000;

describe('The time range of the chart', () => {
  it('is zoomed around a time that stays at its place, within the shortest and the longest range', () => {
    const range = { from: now - 100_000, to: now - 20_000 };
    assert.deepEqual(zoomRange(range, 0.5, now - 60_000, now), { from: now - 80_000, to: now - 40_000 });
    const shortest = zoomRange(range, 0.001, now - 60_000, now);
    assert.equal(shortest.to - shortest.from, minRangeMs);
    const longest = zoomRange(range, 1e9, now - 60_000, now);
    assert.deepEqual([longest.to <= now, longest.to - longest.from], [true, maxRangeMs]);
  });

  it('does not move beyond now', () => {
    assert.deepEqual(shiftRange({ from: now - 100, to: now - 10 }, 1, now), { from: now - 90, to: now });
  });

  it('is between the ends of a drag in either direction, if they differ', () => {
    assert.deepEqual(timeRangeBetween(now - 10_000, now - 90_000, now), { from: now - 90_000, to: now - 10_000 });
    assert.equal(timeRangeBetween(now, now, now), undefined);
  });
});
