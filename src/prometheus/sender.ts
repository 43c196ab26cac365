/** Requests to a Prometheus: GET, or a form by POST, and the whole response, whatever its status. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { allowedUrl } from '../http/addressRules';
import { createDispatchers } from '../http/dispatchers';
import { requestError, tooLargeError } from '../http/httpErrors';
import { HttpError } from '../http/httpGet';
import { noNetworkSettings, type NetworkSettings } from '../http/networkSettings';
import { requestTarget } from '../http/requestTarget';
import { createBodySink, parseMediaType } from '../http/responseBody';

/** One request. */
export interface PrometheusRequest {
  url: string;
  method: 'GET' | 'POST';
  /** A URL-encoded form; only with POST. */
  form?: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** For the whole response, in ms. */
  timeoutMs: number;
  /** The URL is in the user's own settings, so a link-local address is intended. */
  typedByUser: boolean;
}

/** A response with any status. */
export interface PrometheusResponse {
  status: number;
  /** Lower case, without parameters; empty if there is none. */
  mediaType: string;
  /** In UTF-8. */
  body: Uint8Array;
}

/** Sends one request. Rejects with an HttpError if there is no whole response. Follows no redirect. */
export type Send = (request: PrometheusRequest) => Promise<PrometheusResponse>;

/** Sends requests over connections that it keeps. */
export interface Sender {
  send: Send;
  close(): Promise<void>;
}

/** The largest response, unzipped: more cannot be read in an editor. */
const maxBytes = 64 * 2 ** 20;
const gunzipAsync = promisify(gunzip);

/**
 * A sender that uses the proxy and the certificates of the settings, as for Ray's dashboard. The HTTP library is loaded
 * with the first request.
 */
export function createSender(network: () => NetworkSettings = () => noNetworkSettings): Sender {
  const dispatchers = createDispatchers(network);
  const send: Send = async (request) => {
    const deadline = AbortSignal.timeout(request.timeoutMs);
    try {
      const url = allowedUrl(request.url, request.typedByUser);
      return await exchange(
        await dispatchers.get(url, true, request.typedByUser),
        request,
        AbortSignal.any([request.signal, deadline]),
      );
    } catch (error) {
      throw requestError(error, { signal: request.signal, deadline, timeoutMs: request.timeoutMs });
    }
  };
  return { send, close: () => dispatchers.close() };
}

async function exchange(
  dispatcher: Dispatcher,
  { url, method, form, headers }: PrometheusRequest,
  signal: AbortSignal,
): Promise<PrometheusResponse> {
  const chunks: Uint8Array[] = [];
  let status = 0;
  let [mediaType, encoding] = ['', ''];
  await dispatcher.stream(
    {
      ...requestTarget(url),
      signal,
      method,
      headers: {
        ...headers,
        'accept-encoding': 'gzip',
        ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form !== undefined && { body: form }),
    },
    (response) => {
      status = response.statusCode;
      mediaType = parseMediaType(response.headers);
      encoding = String(response.headers['content-encoding'] ?? '').toLowerCase();
      return createBodySink(maxBytes, signal, (chunk) => {
        chunks.push(chunk);
        return undefined;
      });
    },
  );
  const body = Buffer.concat(chunks);
  return { status, mediaType, body: encoding === 'gzip' ? await unzip(body) : body };
}

async function unzip(body: Buffer): Promise<Buffer> {
  try {
    return await gunzipAsync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    throw error instanceof RangeError ? tooLargeError(maxBytes) : new HttpError('cut', 'the answer broke off');
  }
}
