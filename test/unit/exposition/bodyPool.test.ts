import { strict as assert } from 'node:assert';
import { releaseBody, acquireBody } from '../../../src/exposition/bodyPool';
import { IndexedBody } from '../../../src/exposition/indexedBody';

describe('bodies of answers', () => {
  it('serve again for answers that are a little longer or shorter', () => {
    const first = acquireBody(640_000);
    releaseBody(first);
    const longer = acquireBody(644_000);
    assert.ok(longer === first);
    releaseBody(longer);
    assert.ok(acquireBody(638_000) === first);
  });

  it('are let go where nobody takes them, so that those that fit find room', () => {
    // Of a length that nobody asks for, more than are kept.
    for (let count = 0; count < 200; count += 1) releaseBody(new IndexedBody(300_001));
    const fitting = acquireBody(5_000_000);
    releaseBody(fitting);
    assert.ok(acquireBody(5_000_000) === fitting);
  });

  it('are not held for answers that are far shorter', () => {
    const long = acquireBody(6_000_000);
    releaseBody(long);
    assert.ok(acquireBody(70_000) !== long);
  });
});
