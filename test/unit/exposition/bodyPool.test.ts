import { strict as assert } from 'node:assert';
import { releaseBody, acquireBody } from '../../../src/exposition/bodyPool';
import { IndexedBody } from '../../../src/exposition/indexedBody';

describe('the pool of bodies', () => {
  it('gives a released body to responses that are a little longer or shorter', () => {
    const first = acquireBody(640_000);
    releaseBody(first);
    const longer = acquireBody(644_000);
    assert.ok(longer === first);
    releaseBody(longer);
    assert.ok(acquireBody(638_000) === first);
  });

  it('drops bodies that fit no response, so that those that fit are kept', () => {
    // More bodies than the pool holds, of a length that no response has.
    for (let count = 0; count < 200; count += 1) releaseBody(new IndexedBody(300_001));
    const fitting = acquireBody(5_000_000);
    releaseBody(fitting);
    assert.ok(acquireBody(5_000_000) === fitting);
  });

  it('does not give a long body to a response that is far shorter', () => {
    const long = acquireBody(6_000_000);
    releaseBody(long);
    assert.ok(acquireBody(70_000) !== long);
  });
});
