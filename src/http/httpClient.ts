/** The HTTP client: GET only, no redirects, a deadline and a size cap for each answer. */
import type { IncomingHttpHeaders as Headers } from 'node:http';
import type { Dispatcher } from 'undici';
import { allowedUrl } from './addressRules';
import { HttpError, type GetOptions, type HttpResponse, type HttpGet } from './httpGet';
import { createBodySink, parseMediaType } from './responseBody';
import { statusError, toHttpError } from './httpErrors';
import { noNetworkSettings, type NetworkSettings } from './networkSettings';
import { loadUndici } from './loadUndici';
import { createDispatchers } from './dispatchers';

export interface HttpClient {
  get: HttpGet;
  /** Ends every connection; nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** `now` gives Unix milliseconds, `network` the settings of this moment. Nothing is loaded before the first request. */
export function createHttpClient(
  now: () => number,
  network: () => NetworkSettings = () => noNetworkSettings,
): HttpClient {
  const ways = createDispatchers(network);
  const get: HttpGet = async (url, options) => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    try {
      const allowed = allowedUrl(url, options.typedByUser);
      return await request(
        await ways.get(allowed, options.useProxy === true),
        url,
        options,
        AbortSignal.any([options.signal, deadline]),
        now,
      );
    } catch (error) {
      if (options.signal.aborted) throw new HttpError('cancelled', 'cancelled');
      if (deadline.aborted) throw new HttpError('time-out', `no answer within ${options.timeoutMs / 1000} s`);
      throw toHttpError(error);
    }
  };
  return { get, close: () => ways.close() };
}

async function request(
  dispatcher: Dispatcher,
  url: string,
  options: GetOptions,
  signal: AbortSignal,
  now: () => number,
): Promise<HttpResponse> {
  const { stream } = await loadUndici();
  let answer: HttpResponse | undefined;
  await stream(
    url,
    { method: 'GET', dispatcher, signal, headers: options.headers ?? {} },
    ({ statusCode, headers }) => {
      const own = (answer = beginResponse(statusCode, headers, options, now()));
      return createBodySink(options.maxBytes, signal, (part) => {
        own.bytes += part.byteLength;
        options.onChunk?.(part);
        return options.afterChunk?.();
      });
    },
  );
  return answer as HttpResponse;
}

/** An answer without its body yet. Throws where it is none that was asked for. */
function beginResponse(status: number, headers: Headers, { acceptType }: GetOptions, at: number): HttpResponse {
  if (status !== 200) throw statusError(status);
  const mediaType = parseMediaType(headers);
  if (acceptType && !acceptType(mediaType))
    throw new HttpError('wrong-type', `it answers with ${mediaType || 'no media type'}`);
  return { at, bytes: 0, mediaType, framed: 'content-length' in headers || 'transfer-encoding' in headers };
}
