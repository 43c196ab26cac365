/** Code, strings and comments of a query. */
import assert from 'node:assert/strict';
import { closers, scanQuery } from '../../../src/promql/scanQuery';

describe('Scanning a query', () => {
  it('tells strings with escapes, raw strings and comments from code, without gaps', () => {
    const text = 'a{b="c\\"#d", e=`f\\`} # "g\nh';
    const spans = scanQuery(text);
    assert.deepEqual(
      spans.filter(({ kind }) => kind !== 'code').map(({ from, to }) => text.slice(from, to)),
      ['"c\\"#d"', '`f\\`', '# "g'],
    );
    assert.equal(spans.map(({ from, to }) => text.slice(from, to)).join(''), text);
  });

  it('closes what is open, quotes first', () => {
    assert.equal(closers('sum by (le) (rate(x{a="b'), '"}))');
    assert.equal(closers('x{a="("} # ['), '');
  });
});
