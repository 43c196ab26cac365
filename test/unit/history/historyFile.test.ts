import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { parseFileName, runFileKey } from '../../../src/history/historyFile';

describe('runFileKey', () => {
  it('is readable, valid in a file name, and different for any two runs', () => {
    assert.equal(runFileKey('session_2026-11-25_10-00-00_123456_7'), 'session_2026-11-25_10-00-00_123456_7');
    const [one, two] = [runFileKey('http://a:1/metrics'), runFileKey('http://a/1/metrics')];
    assert.notEqual(one, two);
    for (const name of [one, two, runFileKey('../../etc/passwd'), runFileKey('x'.repeat(5000))])
      assert.match(name, /^[\w-]{1,100}$/);
  });

  it('is read back from the name of a file, whatever the run is called', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: fc.constantFrom(...'./\\:*?"<>|-_a \0\né') }), fc.string()), (run) => {
        const key = runFileKey(run);
        assert.equal(parseFileName(`${key}.points.1.w.skyrl`)?.run, key);
        assert.equal(path.basename(key), key);
      }),
    ));
});
