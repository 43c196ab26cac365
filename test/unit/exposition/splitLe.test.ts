import { strict as assert } from 'node:assert';
import { splitLe } from '../../../src/exposition/splitLe';

describe('splitLe', () => {
  it('cuts `le` out only if it is certainly a label', () => {
    assert.deepEqual(splitLe('a="1",le="2",b="3"'), { head: 'a="1"', tail: ',b="3"', le: '2' });
    assert.deepEqual(splitLe('le="2",b="3"'), { head: '', tail: 'b="3"', le: '2' });
    assert.deepEqual(splitLe('role="x"'), { head: 'role="x"', tail: '', le: undefined });
    assert.equal(splitLe('a="x,le=",b="1"'), undefined);
    assert.equal(splitLe('a=",le="5""'), undefined);
  });
});
