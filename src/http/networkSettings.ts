/** Proxies and trusted certificates. Those of VS Code are for the dashboard and Prometheus, skyrl.proxy is for the cluster. */
import tls from 'node:tls';
import type * as Undici from 'undici';

/** How this machine reaches other networks. */
export interface NetworkSettings {
  /** URL of the proxy for http; empty: none. */
  httpProxy: string;
  /** URL of the proxy for https; empty: none. */
  httpsProxy: string;
  /** Hosts that are contacted directly, as in `NO_PROXY`: separated by commas or blanks, subdomains included. */
  noProxy: string;
  /** Value of the header `Proxy-Authorization`. */
  proxyAuthorization?: string;
  /** False: no certificate is checked, neither a proxy's nor a dashboard's. */
  strictSsl: boolean;
  /** skyrl.proxy: the way to nodes, servers and the dashboard, whatever the other proxies are; empty: none. */
  clusterProxy: string;
  /** Trust the operating system's certificates beside Node's own. */
  systemCertificates: boolean;
}

/** No proxy, certificates are checked. */
export const noNetworkSettings: NetworkSettings = {
  httpProxy: '',
  httpsProxy: '',
  noProxy: '',
  strictSsl: true,
  clusterProxy: '',
  systemCertificates: true,
};

/** Of Node 22.15 and newer; the installed types are older. */
type CertificateStore = { getCACertificates?: (type: 'default' | 'system') => string[] };

/**
 * The trusted certificates as PEM texts; undefined if only Node's own list applies. Reading the system's store takes
 * some 20 ms, so it is read for https only.
 */
export function trustedCertificates({ systemCertificates }: NetworkSettings): string[] | undefined {
  const { getCACertificates } = tls as CertificateStore;
  if (!systemCertificates || !getCACertificates) return undefined;
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

/** Options of TLS by these settings. `secure`: TLS is used, so that the system's certificates are worth reading. */
export function tlsOptionsOf(
  settings: NetworkSettings,
  secure: boolean,
): { ca?: string[]; rejectUnauthorized: boolean } {
  const ca = secure ? trustedCertificates(settings) : undefined;
  return { ...(ca && { ca }), rejectUnauthorized: settings.strictSsl };
}

/**
 * Creates a dispatcher that follows these settings. `secure`: for https. `connect` holds options of every connection.
 */
export function createProxyDispatcher(
  settings: NetworkSettings,
  secure: boolean,
  connect: object,
  { EnvHttpProxyAgent }: Pick<typeof Undici, 'EnvHttpProxyAgent'>,
): Undici.Dispatcher {
  const { httpProxy, httpsProxy, noProxy, proxyAuthorization } = settings;
  const tlsOptions = tlsOptionsOf(settings, secure || /^https:/i.test(httpProxy + httpsProxy));
  return new EnvHttpProxyAgent({
    httpProxy,
    httpsProxy,
    noProxy,
    requestTls: tlsOptions,
    proxyTls: tlsOptions,
    connect: { ...connect, ...tlsOptions },
    // Most proxies open tunnels to port 443 only, so plain http is sent to the proxy without a tunnel.
    proxyTunnel: false,
    keepAliveTimeout: 30_000,
    ...(proxyAuthorization !== undefined && { token: proxyAuthorization }),
  });
}
