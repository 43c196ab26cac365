/** How this machine goes out: proxies and the certificates it trusts. Only the dashboard and Prometheus go that way; targets are reached directly. */
import tls from 'node:tls';
import type { Agent, Dispatcher, EnvHttpProxyAgent } from 'undici';

export interface NetworkSettings {
  /** URL of the proxy for http, and for https; empty: none. */
  httpProxy: string;
  httpsProxy: string;
  /** Hosts that are asked directly, as in `NO_PROXY`: commas or blanks between, a name stands for its subdomains, too. */
  noProxy: string;
  /** Value of `Proxy-Authorization`. */
  proxyAuthorization?: string;
  /** False: no certificate is looked at, neither a proxy's nor a dashboard's. */
  strictSsl: boolean;
  /** The certificates of the operating system count beside Node's own. */
  systemCertificates: boolean;
}

export const noNetworkSettings: NetworkSettings = {
  httpProxy: '',
  httpsProxy: '',
  noProxy: '',
  strictSsl: true,
  systemCertificates: true,
};

/** Node 22.15 and newer; the types are of an older one. */
type Certificates = { getCACertificates?: (type: 'default' | 'system') => string[] };

/** PEM texts that are trusted, or undefined where Node's own list is all there is. Reads the system's store: some 20 ms, so not before https is asked. */
export function trustedCertificates({ systemCertificates }: NetworkSettings): string[] | undefined {
  const { getCACertificates } = tls as Certificates;
  if (!systemCertificates || !getCACertificates) return undefined;
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

interface Agents {
  Agent: typeof Agent;
  EnvHttpProxyAgent: typeof EnvHttpProxyAgent;
}

/** A dispatcher by these settings. `connect` holds what every connection has, such as a lookup. */
export function createProxyDispatcher(
  settings: NetworkSettings,
  secure: boolean,
  connect: object,
  { EnvHttpProxyAgent: ProxyAgents }: Agents,
): Dispatcher {
  const { httpProxy, httpsProxy, noProxy, proxyAuthorization, strictSsl } = settings;
  const ca = secure || /^https:/i.test(httpProxy + httpsProxy) ? trustedCertificates(settings) : undefined;
  const secured = { ...(ca && { ca }), rejectUnauthorized: strictSsl };
  return new ProxyAgents({
    httpProxy,
    httpsProxy,
    noProxy,
    requestTls: secured,
    proxyTls: secured,
    connect: { ...connect, ...secured },
    // Proxies open tunnels to port 443 only, as a rule; plain http goes the plain way.
    proxyTunnel: false,
    keepAliveTimeout: 30_000,
    ...(proxyAuthorization !== undefined && { token: proxyAuthorization }),
  });
}
