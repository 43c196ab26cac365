/** The HTTP client: GET only, redirects within one origin, with a deadline and a size limit for each response. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { allowedUrl } from './addressRules';
import { createDispatchers } from './dispatchers';
import { proxiedError, shownProxy } from './clusterProxy';
import { requestError, statusError } from './httpErrors';
import { HttpError, type GetOptions, type HttpGet, type HttpResponse } from './httpGet';
import { noNetworkSettings, type NetworkSettings } from './networkSettings';
import { isRedirect, nextUrl, Redirect } from './redirects';
import { requestTarget } from './requestTarget';
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
    const { signal, timeoutMs, typedByUser = false, useProxy = false } = options;
    const deadline = AbortSignal.timeout(timeoutMs);
    const anySignal = AbortSignal.any([signal, deadline]);
    try {
      let stepUrl = url;
      for (let followed = 0; ; followed += 1) {
        // Each step is checked as the first one is.
        const dispatcher = await dispatchers.get(allowedUrl(stepUrl, typedByUser), useProxy, typedByUser);
        const answer = await sendRequest(dispatcher, stepUrl, options, anySignal, now);
        if (!(answer instanceof Redirect)) return answer;
        stepUrl = nextUrl(stepUrl, answer, followed);
      }
    } catch (error) {
      const { clusterProxy } = network();
      const limits = { signal, deadline, timeoutMs };
      if (clusterProxy === '') throw requestError(error, limits);
      throw requestError(proxiedError(error, clusterProxy), {
        ...limits,
        by: ` by the proxy ${shownProxy(clusterProxy)}`,
      });
    }
  };
  return { get, close: () => dispatchers.close() };
}

/** Sends one request. Resolves to a Redirect if the answer is one; its body is not read. */
async function sendRequest(
  dispatcher: Dispatcher,
  url: string,
  options: GetOptions,
  signal: AbortSignal,
  now: () => number,
): Promise<HttpResponse | Redirect> {
  let response: HttpResponse | undefined;
  let redirect: Redirect | undefined;
  try {
    await dispatcher.stream(
      { ...requestTarget(url), method: 'GET', signal, headers: options.headers ?? {} },
      ({ statusCode, headers }) => {
        if (isRedirect(statusCode)) throw (redirect = new Redirect(statusCode, headers.location));
        const begun = (response = beginResponse(statusCode, headers, options, now()));
        return createBodySink(options.maxBytes, signal, (chunk) => {
          begun.bytes += chunk.byteLength;
          const deliver = (): void => {
            if (!signal.aborted) options.onChunk?.(chunk);
          };
          const pause = options.beforeChunk?.();
          return pause ? pause.then(deliver) : deliver();
        });
      },
    );
  } catch (error) {
    if (redirect) return redirect;
    throw error;
  }
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
