/** The rollout in progress in the status bar's tooltip. */
import assert from 'node:assert/strict';
import { rolloutText } from '../../../../src/views/statusBar/rolloutText';
import { rolloutOf, rolloutsOf } from '../../rollouts/someRollouts';

describe('rolloutText', () => {
  const present = rolloutOf(3, { cut: true, isOpen: true });
  const now = present.from + 40_000;

  it('puts the age beside the median of those before', () => {
    const all = [...rolloutsOf(3), present];
    assert.equal(rolloutText({ all, present }, now), 'Rollout in progress: 40.0 s; median of the 3 before: 80.0 s.');
  });

  it('has no median without whole ones before, nor of another kind', () => {
    const all = [rolloutOf(0, { cut: true }), rolloutOf(1, { kind: 'step' }), present];
    assert.equal(rolloutText({ all, present }, now), 'Rollout in progress: 40.0 s.');
  });

  it('is empty while all engines rest', () => {
    assert.equal(rolloutText({ all: rolloutsOf(3) }, now), '');
  });
});
