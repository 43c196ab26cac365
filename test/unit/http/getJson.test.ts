import assert from 'node:assert/strict';
import { getJson } from '../../../src/http/getJson';
import { HttpError, type HttpGet } from '../../../src/http/httpGet';

const options = { signal: new AbortController().signal, timeoutMs: 1000, maxBytes: 1000 };

describe('getJson', () => {
  it('joins chunks whose buffer is reused, also within a character', async () => {
    const bytes = Buffer.from('{"name":"ä"}');
    const get: HttpGet = async (_url, { onChunk }) => {
      const chunk = Buffer.alloc(1);
      for (const byte of bytes) {
        chunk[0] = byte;
        onChunk?.(chunk);
      }
      return { at: 0, bytes: bytes.length, mediaType: '', framed: true };
    };
    assert.deepEqual(await getJson(get, 'http://h/', options, 'not JSON'), { name: 'ä' });
  });

  it('rejects with the given message if the body is not JSON, and with the error of the request', async () => {
    const page: HttpGet = async (_url, { onChunk }) => {
      onChunk?.(Buffer.from('<html>'));
      return { at: 0, bytes: 6, mediaType: 'text/html', framed: true };
    };
    await assert.rejects(getJson(page, 'http://h/', options, '/x is not JSON'), {
      name: 'HttpError',
      kind: 'wrong-type',
      message: '/x is not JSON',
    });
    const bomb: HttpGet = async (_url, { onChunk }) => {
      onChunk?.(Buffer.from('['.repeat(200)));
      return { at: 0, bytes: 200, mediaType: 'application/json', framed: true };
    };
    await assert.rejects(getJson(bomb, 'http://h/', options, ''), {
      kind: 'too-large',
      message: 'the JSON is nested more than 128 levels deep',
    });
    const refused = new HttpError('refused', 'no');
    await assert.rejects(
      getJson(() => Promise.reject(refused), 'http://h/', options, ''),
      refused,
    );
  });
});
