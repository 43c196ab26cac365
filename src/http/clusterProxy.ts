/**
 * The proxy of skyrl.proxy, by which every request to the cluster goes: nodes, servers and the dashboard
 * (docs/decisions.md, A proxy to the cluster).
 */
import type * as Undici from 'undici';
import { isObject } from '../shared/guards';
import { withoutBrackets } from './hostNames';
import { toHttpError } from './httpErrors';
import { HttpError, type HttpErrorKind } from './httpGet';
import { withoutCredentials } from './redact';

const socksProtocols: ReadonlySet<string> = new Set(['socks5:', 'socks5h:', 'socks:']);
const httpProtocols: ReadonlySet<string> = new Set(['http:', 'https:']);

/** Whether names are resolved by SOCKS; otherwise by HTTP. Throws an HttpError (`proxy-failed`) for any other text. */
export function isSocksProxy(proxy: string): boolean {
  const protocol = URL.canParse(proxy) ? new URL(proxy).protocol : '';
  if (socksProtocols.has(protocol)) return true;
  if (httpProtocols.has(protocol)) return false;
  throw new HttpError('proxy-failed', 'skyrl.proxy is not a socks5, http or https address');
}

/** The proxy as it may be shown: without user name and password. */
export const shownProxy = (proxy: string): string => withoutCredentials(proxy);

/**
 * A dispatcher that reaches every host by a SOCKS5 proxy, which resolves the names. `requestTls`: options of TLS to the
 * hosts.
 */
export function createSocksDispatcher(
  proxy: string,
  requestTls: object,
  { Socks5ProxyAgent }: Pick<typeof Undici, 'Socks5ProxyAgent'>,
): Undici.Dispatcher {
  const url = new URL(proxy.replace(/^socks(?:5h)?:/, 'socks5:'));
  const agent = new Socks5ProxyAgent(url, { requestTls } as Undici.Socks5ProxyAgent.Options);
  // undici gives an IPv6 address with its brackets, which SOCKS would take for a name.
  const tunnels = agent as unknown as { createSocks5Connection(host: string, port: number): Promise<unknown> };
  const connect = tunnels.createSocks5Connection.bind(agent);
  tunnels.createSocks5Connection = (host, port) => connect(withoutBrackets(host), port);
  return agent;
}

/** What a SOCKS5 proxy answers about the host behind it (RFC 1928, section 6). */
const replies: Record<string, readonly [HttpErrorKind, string]> = {
  UND_ERR_SOCKS5_REPLY_1: ['unreachable', 'the proxy could not connect to the host'],
  UND_ERR_SOCKS5_REPLY_2: ['proxy-failed', 'the proxy does not allow this connection'],
  UND_ERR_SOCKS5_REPLY_3: ['unreachable', 'the proxy does not reach the network of the host'],
  UND_ERR_SOCKS5_REPLY_4: ['unreachable', 'the proxy does not reach the host'],
  UND_ERR_SOCKS5_REPLY_5: ['refused', 'connection refused, says the proxy'],
  UND_ERR_SOCKS5_REPLY_6: ['time-out', 'the host did not answer the proxy in time'],
  UND_ERR_SOCKS5_AUTH_FAILED: ['proxy-failed', 'the proxy refuses the user name and password'],
  UND_ERR_SOCKS5_AUTH_REJECTED: ['proxy-failed', 'the proxy requires a user name and a password'],
};

/** Errors that, without a word of the proxy about the host, are about the way to the proxy itself. */
const aboutTheProxy: ReadonlySet<HttpErrorKind> = new Set(['refused', 'unreachable', 'name-not-resolved']);

/** Any thrown value of a request by the proxy as an HttpError: whether the proxy failed, or the host behind it. */
export function proxiedError(error: unknown, proxy: string): HttpError {
  if (error instanceof HttpError) return error.status === 407 ? credentialsError(error.status) : error;
  const { code, message } = isObject(error) ? error : {};
  const reply = typeof code === 'string' ? replies[code] : undefined;
  if (reply) return new HttpError(...reply);
  if (typeof code === 'string' && code.startsWith('UND_ERR_SOCKS5'))
    return new HttpError('proxy-failed', 'what answers at skyrl.proxy is not a SOCKS5 proxy');
  // What undici makes of an HTTP proxy's answer, with a tunnel and without one.
  const status = /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(String(message))?.[1];
  if (status === '407') return credentialsError(407);
  if (status !== undefined)
    return new HttpError('unreachable', `the proxy could not connect to the host (HTTP ${status})`);
  const made = toHttpError(error);
  return aboutTheProxy.has(made.kind)
    ? new HttpError('proxy-failed', `the proxy ${shownProxy(proxy)} cannot be reached: ${made.message}`)
    : made;
}

const credentialsError = (status: number): HttpError =>
  new HttpError('proxy-failed', 'the proxy requires another user name and password', status);
