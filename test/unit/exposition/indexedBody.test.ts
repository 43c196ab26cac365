import { strict as assert } from 'node:assert';
import { Body, giveBack, takeBody } from '../../../src/exposition/indexedBody';

describe('bodies of answers', () => {
  it('serve again for answers that are a little longer or shorter', () => {
    const first = takeBody(640_000);
    giveBack(first);
    const longer = takeBody(644_000);
    assert.ok(longer === first);
    giveBack(longer);
    assert.ok(takeBody(638_000) === first);
  });

  it('are let go where nobody takes them, so that those that fit find room', () => {
    // Of a length that nobody asks for, more than are kept.
    for (let count = 0; count < 200; count += 1) giveBack(new Body(300_001));
    const fitting = takeBody(5_000_000);
    giveBack(fitting);
    assert.ok(takeBody(5_000_000) === fitting);
  });

  it('are not held for answers that are far shorter', () => {
    const long = takeBody(6_000_000);
    giveBack(long);
    assert.ok(takeBody(70_000) !== long);
  });
});
