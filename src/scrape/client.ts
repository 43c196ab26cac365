/** The HTTP client: GET only, no redirects, a deadline and a size cap for each answer. */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { Dispatcher } from 'undici';
import { allowedUrl, isLinkLocal, isLoopback } from '../discovery/address';
import { HttpError, type GetOptions, type HttpAnswer, type HttpGet } from '../discovery/http';
import { statusError, toHttpError } from './errors';
import { noNetworkSettings, proxyDispatcher, type NetworkSettings } from './network';
import { loadUndici } from './undici';

export interface HttpClient {
  get: HttpGet;
  /** Ends every connection; nothing may be asked afterwards. */
  close(): Promise<void>;
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A name that resolves to a link-local address is refused like the address itself. */
export function guardedLookup(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const allowed = error ? [] : addresses.filter(({ address }) => !isLinkLocal(address));
    const first = allowed[0];
    if (error || !first) callback(error ?? Object.assign(new Error(hostname), { code: 'EHOSTUNREACH' }), []);
    else if (options.all) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
}

/** A dispatcher is made at its first use, and again when settings changed. */
interface Way {
  settings: string;
  dispatcher: Promise<Dispatcher>;
}

/** `now` gives Unix milliseconds, `network` the settings of this moment. Nothing is loaded before the first request. */
export function createHttpClient(now: () => number, network: () => NetworkSettings = () => noNetworkSettings): HttpClient {
  const ways = new Map<string, Way>();
  const dispatcherFor = ({ protocol, hostname }: URL, proxied: boolean): Promise<Dispatcher> => {
    const secure = protocol === 'https:';
    // No proxy knows the way to this machine's own addresses, whatever NO_PROXY says.
    const byProxy = proxied && !isLoopback(hostname);
    const set = network();
    const chosen: NetworkSettings = { ...set, ...(!byProxy && { httpProxy: '', httpsProxy: '' }), strictSsl: set.strictSsl || !proxied };
    const settings = JSON.stringify(chosen);
    const key = `${byProxy} ${proxied} ${secure}`;
    const known = ways.get(key);
    if (known?.settings === settings) return known.dispatcher;
    const dispatcher = loadUndici().then((undici) => proxyDispatcher(chosen, secure, { lookup: guardedLookup }, undici));
    ways.set(key, { settings, dispatcher });
    void known?.dispatcher.then((old) => old.close(), () => undefined);
    return dispatcher;
  };
  const get: HttpGet = async (url, options) => {
    const deadline = AbortSignal.timeout(options.timeoutMs);
    try {
      const allowed = allowedUrl(url, options.typedByUser);
      return await request(await dispatcherFor(allowed, options.proxied === true), url, options, AbortSignal.any([options.signal, deadline]), now);
    } catch (error) {
      if (options.signal.aborted) throw new HttpError('cancelled', 'cancelled');
      if (deadline.aborted) throw new HttpError('time-out', `no answer within ${options.timeoutMs / 1000} s`);
      throw toHttpError(error);
    }
  };
  return {
    get,
    close: async () => {
      await Promise.all([...ways.values()].map(async ({ dispatcher }) => (await dispatcher).destroy()));
    },
  };
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
    }
    const framed = 'content-length' in headers || 'transfer-encoding' in headers;
    return { at, bytes, mediaType, framed };
  } finally {
    body.destroy();
  }
}
