/** Muting lines in a legend. */
import assert from 'node:assert/strict';
import { isolate, setShown } from '../../../webview/mutedLines';

describe('Muted lines', () => {
  it('are added and removed one by one', () => {
    assert.deepEqual(setShown(['a'], ['b'], false), ['a', 'b']);
    assert.deepEqual(setShown(['a', 'b'], ['a'], true), ['b']);
    assert.deepEqual(setShown(['a'], ['a'], false), ['a']);
  });

  it('are all others after a line is isolated, and none after it is isolated again', () => {
    const keys = ['a', 'b', 'c'];
    const isolated = isolate(['b'], 'b', keys);
    assert.deepEqual(isolated, ['a', 'c']);
    assert.deepEqual(isolate(isolated, 'b', keys), []);
  });

  it('of other plots stay muted', () => {
    assert.deepEqual(isolate(['x'], 'a', ['a', 'b']), ['x', 'b']);
    assert.deepEqual(isolate(['x', 'b'], 'a', ['a', 'b']), ['x']);
  });
});
