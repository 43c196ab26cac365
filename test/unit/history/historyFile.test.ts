import assert from 'node:assert/strict';
import { runFileKey } from '../../../src/history/historyFile';

describe('runFileKey', () => {
  it('is readable, valid in a file name, and different for any two runs', () => {
    assert.equal(runFileKey('session_2026-11-25_10-00-00_123456_7'), 'session_2026-11-25_10-00-00_123456_7');
    const [one, two] = [runFileKey('http://a:1/metrics'), runFileKey('http://a/1/metrics')];
    assert.notEqual(one, two);
    for (const name of [one, two, runFileKey('../../etc/passwd'), runFileKey('x'.repeat(5000))])
      assert.match(name, /^[\w-]{1,100}$/);
  });
});
