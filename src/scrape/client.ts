/** The HTTP client: GET only, no redirects, a deadline and a size cap for each answer. */
import type { Dispatcher } from 'undici';
import { allowedUrl } from '../discovery/address';
import { HttpError, type GetOptions, type HttpAnswer, type HttpGet } from '../discovery/http';
import { statusError, toHttpError } from './errors';
import { noNetworkSettings, type NetworkSettings } from './network';
import { loadUndici } from './undici';
import { createWays } from './ways';

export interface HttpClient {
  get: HttpGet;
  /** Ends every connection; nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** `now` gives Unix milliseconds, `network` the settings of this moment. Nothing is loaded before the first request. */
export function createHttpClient(now: () => number, network: () => NetworkSettings = () => noNetworkSettings): HttpClient {
  const ways = createWays(network);
  const get: HttpGet = async (url, options) => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    try {
      const allowed = allowedUrl(url, options.typedByUser);
      return await request(await ways.to(allowed, options.proxied === true), url, options, AbortSignal.any([options.signal, deadline]), now);
    } catch (error) {
      if (options.signal.aborted) throw new HttpError('cancelled', 'cancelled');
      if (deadline.aborted) throw new HttpError('time-out', `no answer within ${options.timeoutMs / 1000} s`);
      throw toHttpError(error);
    }
  };
  return { get, close: () => ways.close() };
}

async function request(dispatcher: Dispatcher, url: string, options: GetOptions, signal: AbortSignal, now: () => number): Promise<HttpAnswer> {
  const { request: send } = await loadUndici();
  const { statusCode, headers, body } = await send(url, { dispatcher, signal, headers: options.headers ?? {} });
  const at = now();
  // A body that is dropped before its end says so in an error event; nobody else listens.
  body.on('error', () => undefined);
  try {
    if (statusCode !== 200) throw statusError(statusCode);
    const mediaType = String(headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (options.acceptType && !options.acceptType(mediaType)) throw new HttpError('wrong-type', `it answers with ${mediaType || 'no media type'}`);
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > options.maxBytes) throw new HttpError('too-large', `the answer is larger than ${Math.round(options.maxBytes / 2 ** 20)} MiB`);
      options.onChunk?.(chunk);
      const pause = options.pause?.();
      if (pause) await pause;
    }
    const framed = 'content-length' in headers || 'transfer-encoding' in headers;
    return { at, bytes, mediaType, framed };
  } finally {
    body.destroy();
  }
}
