/** The guards of the messages between the host and the page of rollouts. */
import assert from 'node:assert/strict';
import { isRollout, isRolloutView, isToRolloutHost, isToRolloutPage } from '../../../src/shared/rolloutProtocol';
import { rolloutOf } from '../rollouts/someRollouts';

describe('The protocol of rollouts', () => {
  it('takes rollouts and steps as they are found', () => {
    const message = {
      type: 'rollouts',
      rollouts: [rolloutOf(0), rolloutOf(1, { kind: 'step' })],
      replace: true,
      removed: [],
    };
    assert.ok(isToRolloutPage(message));
    assert.ok(isToRolloutPage(JSON.parse(JSON.stringify(message))));
    assert.ok(isToRolloutPage({ type: 'status', message: '' }));
  });

  it('refuses what is not a rollout', () => {
    for (const changes of [
      { id: 1 },
      { kind: 'run' },
      { seconds: NaN },
      { cut: 'yes' },
      { tokens: { output: '5' } },
      { tokens: undefined },
      { idleShare: 1.5 },
      { phases: { eval: -1 } },
      { slowestEngine: { name: 'a' } },
      { isOpen: false },
    ])
      assert.equal(isRollout({ ...rolloutOf(0), ...changes }), false, JSON.stringify(changes));
    assert.equal(isToRolloutPage({ type: 'rollouts', rollouts: [{}], replace: true, removed: [] }), false);
    assert.equal(isToRolloutPage({ type: 'constructor' }), false);
  });

  it('takes from the page only what a person can do there', () => {
    for (const message of [
      { type: 'ready' },
      { type: 'show', range: { from: 1, to: 2 } },
      { type: 'take', what: 'csv', kind: 'step' },
      { type: 'drawn', rows: ['a'] },
      { type: 'ignored' },
    ])
      assert.ok(isToRolloutHost(message), message.type);
    for (const message of [
      { type: 'show', range: { from: 2, to: 1 } },
      { type: 'show' },
      { type: 'take', what: 'exe', kind: 'step' },
      { type: 'take', what: 'csv', kind: 'all' },
      { type: 'toString' },
      'ready',
      null,
    ])
      assert.equal(isToRolloutHost(message), false, JSON.stringify(message));
  });

  it('takes from storage only a view', () => {
    assert.ok(isRolloutView({ kind: 'step', sortBy: 'seconds', descending: false }));
    for (const state of [undefined, {}, { kind: 'x', sortBy: 'a', descending: true }, { kind: 'step', sortBy: 1 }])
      assert.equal(isRolloutView(state), false);
  });
});
