/** One request to a Prometheus: GET or a form by POST, and the answer whole, whatever its status. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { HttpError } from '../http/httpGet';
import { allowedUrl } from '../http/addressRules';
import { createBodySink, parseMediaType } from '../http/responseBody';
import { requestError, tooLargeError } from '../http/httpErrors';
import { noNetworkSettings, type NetworkSettings } from '../http/networkSettings';
import { loadUndici } from '../http/loadUndici';
import { createDispatchers } from '../http/dispatchers';

export interface PrometheusRequest {
  url: string;
  method: 'GET' | 'POST';
  /** A urlencoded form; only with POST. */
  form?: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** For the whole answer, in milliseconds. */
  timeoutMs: number;
  typedByUser: boolean;
}

export interface PrometheusResponse {
  status: number;
  /** Lower case, without parameters; empty where none was said. */
  mediaType: string;
  text: string;
}

/** Rejects with an HttpError where no whole answer came. Follows no redirect. */
export type Send = (sending: PrometheusRequest) => Promise<PrometheusResponse>;

export interface Sender {
  send: Send;
  close(): Promise<void>;
}

/** An answer larger than this is nobody's to read in an editor. */
const maxBytes = 64 * 2 ** 20;
const gunzipped = promisify(gunzip);

/** Goes the dashboard's way: by the proxy and the certificates of these settings. Nothing is loaded before the first request. */
export function createSender(network: () => NetworkSettings = () => noNetworkSettings): Sender {
  const ways = createDispatchers(network);
  const send: Send = async (sending) => {
    const deadline = AbortSignal.timeout(sending.timeoutMs);
    try {
      const url = allowedUrl(sending.url, sending.typedByUser);
      return await exchange(await ways.get(url, true), sending, AbortSignal.any([sending.signal, deadline]));
    } catch (error) {
      throw requestError(error, { signal: sending.signal, deadline, timeoutMs: sending.timeoutMs });
    }
  };
  return { send, close: () => ways.close() };
}

async function exchange(
  dispatcher: Dispatcher,
  { url, method, form, headers }: PrometheusRequest,
  signal: AbortSignal,
): Promise<PrometheusResponse> {
  const { stream } = await loadUndici();
  const parts: Uint8Array[] = [];
  let status = 0;
  let [mediaType, coding] = ['', ''];
  await stream(
    url,
    {
      dispatcher,
      signal,
      method,
      headers: {
        ...headers,
        'accept-encoding': 'gzip',
        ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form !== undefined && { body: form }),
    },
    (begun) => {
      status = begun.statusCode;
      mediaType = parseMediaType(begun.headers);
      coding = String(begun.headers['content-encoding'] ?? '').toLowerCase();
      return createBodySink(maxBytes, signal, (part) => {
        parts.push(part);
        return undefined;
      });
    },
  );
  const bytes = Buffer.concat(parts);
  return { status, mediaType, text: (coding === 'gzip' ? await unzip(bytes) : bytes).toString('utf8') };
}

async function unzip(bytes: Buffer): Promise<Buffer> {
  try {
    return await gunzipped(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw error instanceof RangeError ? tooLargeError(maxBytes) : new HttpError('cut', 'the answer broke off');
  }
}
