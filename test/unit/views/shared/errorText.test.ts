/** Errors as text for notifications, in which VS Code makes links of Markdown. */
import assert from 'node:assert/strict';
import { errorText } from '../../../../src/views/shared/errorText';

describe('The text of an error', () => {
  it('is its message, or whatever was thrown', () => {
    assert.equal(errorText(new RangeError('too large')), 'too large');
    assert.equal(errorText('plain'), 'plain');
    assert.equal(errorText(undefined), 'undefined');
  });

  it('has no link of a name in it, such as one that runs a command', () => {
    const name = '[open](command:workbench.action.closeWindow) [[x]](https://host)';
    assert.doesNotMatch(errorText(new Error(`${name} cannot be read: it is damaged.`)), /\]\(/);
  });
});
