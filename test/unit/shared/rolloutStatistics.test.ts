/** Statistics over rollouts: medians, quarters and outliers. */
import assert from 'node:assert/strict';
import { rolloutFigure } from '../../../src/shared/rolloutFigures';
import {
  figureValues,
  medianOf,
  outlierOf,
  spreadOf,
  usualRange,
  usualRanges,
  wholeRollouts,
} from '../../../src/shared/rolloutStatistics';
import { rolloutOf, rolloutsOf } from '../rollouts/someRollouts';

const duration = rolloutFigure('seconds');

describe('Statistics of rollouts', () => {
  it('have median and quarters between neighbours', () => {
    assert.deepEqual(spreadOf([4, 1, 3, 2]), { count: 4, median: 2.5, low: 1.75, high: 3.25 });
    assert.deepEqual(spreadOf([7]), { count: 1, median: 7, low: 7, high: 7 });
    assert.equal(spreadOf([]), undefined);
    assert.equal(medianOf([]), undefined);
  });

  it('leave out what was cut off, and other kinds', () => {
    const rollouts = [rolloutOf(0), rolloutOf(1, { cut: true, seconds: 500 }), rolloutOf(2, { kind: 'step' })];
    assert.deepEqual(figureValues(wholeRollouts(rollouts, 'rollout'), duration), [80]);
  });

  it('mark what is far from the median of the others, on either side', () => {
    const rollouts = rolloutsOf(10, (index) => ({ seconds: [80, 81, 79, 82, 78, 80, 300, 81, 79, 20][index] ?? 80 }));
    const ranges = usualRanges(rollouts, 'rollout');
    assert.deepEqual(
      rollouts.map((rollout) => outlierOf(rollout, duration, ranges)),
      [...Array<undefined>(6).fill(undefined), 'high', undefined, undefined, 'low'],
    );
  });

  it('mark nothing among a few, among equal ones, within the error, or of what was cut off', () => {
    assert.equal(usualRange([1, 1, 1, 1, 1, 1, 100]), undefined, 'seven are too few');
    const equal = rolloutsOf(10, (index) => ({ seconds: index === 9 ? 83 : 80, uncertainty: 0 }));
    const ranges = usualRanges(equal, 'rollout');
    assert.deepEqual(
      equal.flatMap((rollout) => outlierOf(rollout, duration, ranges) ?? []),
      [],
    );
    assert.equal(outlierOf(rolloutOf(0, { seconds: 95, uncertainty: 10 }), duration, ranges), undefined);
    assert.equal(outlierOf(rolloutOf(0, { seconds: 95, uncertainty: 1 }), duration, ranges), 'high');
    assert.equal(outlierOf(rolloutOf(0, { seconds: 500, cut: true }), duration, ranges), undefined);
  });
});
