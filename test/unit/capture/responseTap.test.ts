import assert from 'node:assert/strict';
import { tapResponses } from '../../../src/capture/responseTap';
import type { GetOptions, HttpGet } from '../../../src/http/httpGet';

const options = (onChunk: GetOptions['onChunk']): GetOptions => ({
  signal: new AbortController().signal,
  timeoutMs: 1000,
  maxBytes: 1e9,
  ...(onChunk && { onChunk }),
});

describe('tapResponses', () => {
  it('passes every response on unchanged, and to the listener if there is one', async () => {
    const get: HttpGet = async (_url, { onChunk }) => {
      const reused = Buffer.from('ab');
      onChunk?.(reused);
      reused.write('cd');
      onChunk?.(reused);
      return { at: 5, bytes: 4, mediaType: 'text/plain', framed: true };
    };
    const tap = tapResponses(get);
    let text = '';
    const ask = (): Promise<unknown> =>
      tap.get(
        'http://a/metrics',
        options((chunk) => {
          text += Buffer.from(chunk).toString();
        }),
      );
    await ask();
    const seen: string[] = [];
    tap.listener = ({ url, response, body }) => seen.push(`${url} ${response.at} ${body.toString()}`);
    await ask();
    tap.listener = undefined;
    await ask();
    assert.deepEqual([text, seen], ['abcdabcdabcd', ['http://a/metrics 5 abcd']]);
  });
});
