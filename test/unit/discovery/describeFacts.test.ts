import assert from 'node:assert/strict';
import { describeServerFacts, describeTokenState } from '../../../src/discovery/describeFacts';

describe('describeTokenState', () => {
  it('has a phrase for each state of the token', () => {
    assert.deepEqual(
      [
        describeTokenState({ state: 'none' }),
        describeTokenState({ state: 'sent', provider: 'command' }),
        describeTokenState({ state: 'sent', provider: 'RAY_AUTH_TOKEN' }),
      ],
      ['none found, none sent', 'sent, given by SkyRL: Set Dashboard Token', 'sent, from RAY_AUTH_TOKEN'],
    );
    assert.match(
      describeTokenState({ state: 'withheld', provider: '~/.ray/auth_token' }),
      /found in ~\/\.ray\/auth_token, not sent/,
    );
    assert.match(describeTokenState({ state: 'unusable', provider: 'RAY_AUTH_TOKEN' }), /not sent/);
  });
});

describe('describeServerFacts', () => {
  it('names what is known and leaves out the rest', () => {
    assert.equal(
      describeServerFacts({ version: '0.12.0', sleeping: false, paused: true, weightVersion: 'step-3' }),
      'vLLM 0.12.0, awake, paused, weights step-3',
    );
    assert.equal(describeServerFacts({ sleeping: true }), 'asleep');
    assert.equal(describeServerFacts({}), '');
  });
});
