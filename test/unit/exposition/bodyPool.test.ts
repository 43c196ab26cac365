import { strict as assert } from 'node:assert';
import { acquireBody, maxPooledBytes, pooledBytes, releaseBody } from '../../../src/exposition/bodyPool';
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

  it('holds no more than its memory, with the line tables, however many bodies are released', () => {
    const bodies = Array.from({ length: 40 }, () => new IndexedBody(400_000));
    for (const body of bodies) {
      body.reserve(60_000);
      releaseBody(body);
    }
    assert.ok(bodies.every(({ memoryBytes }) => memoryBytes > 60_000 * 28));
    assert.ok(pooledBytes() <= maxPooledBytes, `${pooledBytes()} bytes`);
  });

  it('keeps no body of which it could keep only one', () => {
    const kept = acquireBody(700_000);
    releaseBody(kept);
    releaseBody(new IndexedBody(maxPooledBytes));
    assert.ok(acquireBody(700_000) === kept);
  });
});
