import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createBodySink } from '../../../src/http/responseBody';

const part = (bytes: number): Buffer => Buffer.alloc(bytes, 'x');
const never = new AbortController().signal;

describe('where a body goes', () => {
  it('takes as much as is allowed, and not a byte more', async () => {
    let taken = 0;
    const body = createBodySink(100, never, ({ byteLength }) => {
      taken += byteLength;
      return undefined;
    });
    body.write(part(60));
    body.write(part(40));
    assert.equal(taken, 100);
    body.write(part(1));
    const [error] = (await once(body, 'error')) as [Error];
    assert.match(error.message, /larger than/);
    assert.equal(taken, 100);
  });

  it('what waits within a pause counts: it ends with the next part, however little was taken', async () => {
    let taken = 0;
    let go = (): void => undefined;
    const body = createBodySink(100, never, ({ byteLength }) => {
      taken += byteLength;
      return new Promise((resolve) => (go = resolve));
    });
    assert.equal(body.write(part(10)), true);
    // Never full: whoever is told so holds the other side back.
    for (let more = 0; more < 50; more += 1) assert.equal(body.write(part(10)), true);
    const failed = once(body, 'error');
    go();
    const [error] = (await failed) as [Error];
    assert.match(error.message, /larger than/);
    assert.equal(taken, 10);
  });

  it('what a part throws, and what a pause rejects with, ends it', async () => {
    for (const take of [
      () => {
        throw new Error('no');
      },
      () => Promise.reject(new Error('no')),
    ]) {
      const body = createBodySink(100, never, take);
      const failed = once(body, 'error');
      body.write(part(1));
      assert.equal(((await failed) as [Error])[0].message, 'no');
    }
  });
});
