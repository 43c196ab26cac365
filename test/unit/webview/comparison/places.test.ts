/** Places on the axis of lines: the nearest one, where it is, and where keys move. */
import assert from 'node:assert/strict';
import { indexAfterKey, nearestIndex, shareOf } from '../../../../webview/comparison/places';

const places = [0, 10, 1000, 1010, 4000];

describe('Places of lines over each other', () => {
  it('are found by the nearest one, also outside of the axis', () => {
    for (const [at, index] of [
      [-5, 0],
      [0, 0],
      [4, 0],
      [6, 1],
      [504, 1],
      [506, 2],
      [1004, 2],
      [1006, 3],
      [4000, 4],
      [1e9, 4],
    ] as const)
      assert.equal(nearestIndex(places, at), index, String(at));
    assert.equal(nearestIndex([], 5), 0);
    assert.equal(nearestIndex([7], 5), 0);
  });

  it('are as far along the axis as in the picture, not by their number', () => {
    assert.deepEqual(
      places.map((_, index) => shareOf(places, index)),
      [0, 0.0025, 0.25, 0.2525, 1],
    );
    assert.deepEqual(
      [-20, -10, 20].map((_, index, all) => shareOf(all, index)),
      [0, 0.25, 1],
      'the time before the first rollout',
    );
    assert.equal(shareOf([7], 0), 0);
    assert.equal(shareOf([], 0), 0);
    assert.equal(shareOf([3, 3], 1), 0);
  });

  it('are walked with keys, one by one, by a tenth, and to the ends', () => {
    const moved = (key: string, index: number, count = 50): number | undefined => indexAfterKey(key, index, count);
    assert.deepEqual(
      ['ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].map((key) =>
        moved(key, 20),
      ),
      [21, 21, 19, 19, 25, 15, 0, 49],
    );
    assert.deepEqual([moved('ArrowLeft', 0), moved('ArrowRight', 49), moved('PageUp', 47)], [0, 49, 49]);
    assert.equal(moved('PageUp', 0, 3), 1, 'a page is one place at least');
    for (const key of ['Tab', 'a', 'toString', 'constructor']) assert.equal(moved(key, 20), undefined);
  });
});
