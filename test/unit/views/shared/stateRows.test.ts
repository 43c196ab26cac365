import assert from 'node:assert/strict';
import { states, type StateAction, type StateId } from '../../../../src/shared/states';
import { actionRows, stateRows } from '../../../../src/views/shared/stateRows';

describe('stateRows', () => {
  for (const state of Object.keys(states) as StateId[]) {
    it(`has the message and the actions of ${state}`, () => {
      const [head, ...actions] = stateRows({ state, message: 'What happened.' });
      assert.equal(head?.label, 'What happened.');
      assert.deepEqual(
        actions.map(({ label, description, command }) => ({ label, description, command })),
        (states[state].actions as readonly StateAction[]).map(({ title, command, question = '' }) => ({
          label: title,
          description: question,
          command: { command, title },
        })),
      );
      assert.deepEqual(
        actionRows({ state, message: '' }, 'connection').map(({ id }) => id),
        actions.map(({ id }) => id),
      );
    });
  }
});
