import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { createBodySink } from '../../../src/http/responseBody';

const chunk = (bytes: number): Buffer => Buffer.alloc(bytes, 'x');
const never = new AbortController().signal;

describe('createBodySink', () => {
  it('accepts as many bytes as are allowed and not one more', async () => {
    let taken = 0;
    const body = createBodySink(100, never, ({ byteLength }) => {
      taken += byteLength;
      return undefined;
    });
    body.write(chunk(60));
    body.write(chunk(40));
    assert.equal(taken, 100);
    body.write(chunk(1));
    const [error] = (await once(body, 'error')) as [Error];
    assert.match(error.message, /larger than/);
    assert.equal(taken, 100);
  });

  it('counts bytes that wait while a chunk is handled, and fails with the next chunk', async () => {
    let taken = 0;
    let go = (): void => undefined;
    const body = createBodySink(100, never, ({ byteLength }) => {
      taken += byteLength;
      return new Promise((resolve) => (go = resolve));
    });
    assert.equal(body.write(chunk(10)), true);
    // It must never report that it is full: undici would then apply backpressure.
    for (let more = 0; more < 50; more += 1) assert.equal(body.write(chunk(10)), true);
    const failed = once(body, 'error');
    go();
    const [error] = (await failed) as [Error];
    assert.match(error.message, /larger than/);
    assert.equal(taken, 10);
  });

  it('fails with what the handler throws or rejects with', async () => {
    for (const handleChunk of [
      () => {
        throw new Error('no');
      },
      () => Promise.reject(new Error('no')),
    ]) {
      const body = createBodySink(100, never, handleChunk);
      const failed = once(body, 'error');
      body.write(chunk(1));
      assert.equal(((await failed) as [Error])[0].message, 'no');
    }
  });
});
