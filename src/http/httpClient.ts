/** The HTTP client: GET only, no redirects, with a deadline and a size limit for each response. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { allowedUrl } from './addressRules';
import { createDispatchers } from './dispatchers';
import { requestError, statusError } from './httpErrors';
import { HttpError, type GetOptions, type HttpGet, type HttpResponse } from './httpGet';
import { loadUndici } from './loadUndici';
import { noNetworkSettings, type NetworkSettings } from './networkSettings';
import { createBodySink, parseMediaType } from './responseBody';

/** A client with its connections. */
export interface HttpClient {
  get: HttpGet;
  /** Closes every connection. No request may follow. */
  close(): Promise<void>;
}

/**
 * Creates a client. `now` returns Unix ms; `network` returns the current settings and is asked at each request.
 * Nothing is loaded before the first request.
 */
export function createHttpClient(
  now: () => number,
  network: () => NetworkSettings = () => noNetworkSettings,
): HttpClient {
  const dispatchers = createDispatchers(network);
  const get: HttpGet = async (url, options) => {
    const { signal, timeoutMs, typedByUser, useProxy = false } = options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const dispatcher = await dispatchers.get(allowedUrl(url, typedByUser), useProxy);
      return await sendRequest(dispatcher, url, options, AbortSignal.any([signal, deadline]), now);
    } catch (error) {
      throw requestError(error, { signal, deadline, timeoutMs });
    }
  };
  return { get, close: () => dispatchers.close() };
}

async function sendRequest(
  dispatcher: Dispatcher,
  url: string,
  options: GetOptions,
  signal: AbortSignal,
  now: () => number,
): Promise<HttpResponse> {
  const { stream } = await loadUndici();
  let response: HttpResponse | undefined;
  await stream(
    url,
    { method: 'GET', dispatcher, signal, headers: options.headers ?? {} },
    ({ statusCode, headers }) => {
      const begun = (response = beginResponse(statusCode, headers, options, now()));
      return createBodySink(options.maxBytes, signal, (chunk) => {
        begun.bytes += chunk.byteLength;
        options.onChunk?.(chunk);
        return options.afterChunk?.();
      });
    },
  );
  return response as HttpResponse;
}

/** The response before its body arrives. Throws an HttpError for another status or media type than was asked for. */
function beginResponse(
  status: number,
  headers: IncomingHttpHeaders,
  { acceptType }: GetOptions,
  at: number,
): HttpResponse {
  if (status !== 200) throw statusError(status);
  const mediaType = parseMediaType(headers);
  if (acceptType && !acceptType(mediaType))
    throw new HttpError('wrong-type', `it answers with ${mediaType || 'no media type'}`);
  return { at, bytes: 0, mediaType, framed: 'content-length' in headers || 'transfer-encoding' in headers };
}
