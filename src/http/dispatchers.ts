/**
 * The undici dispatchers: one each for direct and proxied, plain and encrypted connections, made from the current
 * settings.
 */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { Dispatcher } from 'undici';
import { isLoopback, mayConnect } from './addressRules';
import { createSocksDispatcher, isSocksProxy } from './clusterProxy';
import { HttpError } from './httpGet';
import { loadUndici } from './loadUndici';
import { createProxyDispatcher, tlsOptionsOf, type NetworkSettings } from './networkSettings';

interface Dispatchers {
  /**
   * `useProxy`: by proxy and system certificates, as for the dashboard and Prometheus; otherwise directly, as for
   * targets. `typedByUser`: as in `mayConnect`.
   */
  get(url: URL, useProxy: boolean, typedByUser: boolean): Promise<Dispatcher>;
  /** Closes every connection. */
  close(): Promise<void>;
}

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Resolves a name like `dns.lookup`, without addresses that may not be contacted. The connection is made to one of the
 * addresses that were checked: the name is not resolved again.
 */
const lookupAllowed =
  (typedByUser: boolean) =>
  (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = error ? [] : addresses.filter(({ address }) => mayConnect(address, typedByUser));
      const first = allowed[0];
      if (error) callback(error, []);
      else if (!first) callback(new HttpError('unreachable', 'the name leads to an address that is not contacted'), []);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

/**
 * An HTTP proxy to the cluster reaches every host, loopback too, which is the far end's. What VS Code's own proxy is
 * told is not for it.
 */
const toClusterProxy = ({ clusterProxy, strictSsl, systemCertificates }: NetworkSettings): NetworkSettings => ({
  clusterProxy,
  httpProxy: clusterProxy,
  httpsProxy: clusterProxy,
  noProxy: '',
  strictSsl,
  systemCertificates,
});

interface CachedDispatcher {
  /** The settings it was made with, as JSON. */
  settingsKey: string;
  dispatcher: Promise<Dispatcher>;
}

/**
 * Creates the dispatchers. `network` returns the current settings; a dispatcher is made at its first use and again
 * after a change of settings. Nothing is loaded before the first use.
 */
export function createDispatchers(network: () => NetworkSettings): Dispatchers {
  const cache = new Map<string, CachedDispatcher>();
  return {
    get({ protocol, hostname }, useProxy, typedByUser) {
      const secure = protocol === 'https:';
      const current = network();
      const { clusterProxy } = current;
      const isSocks = clusterProxy !== '' && isSocksProxy(clusterProxy);
      // No proxy can reach this machine's own addresses, whatever NO_PROXY says.
      const throughProxy = clusterProxy !== '' || (useProxy && !isLoopback(hostname));
      const settings: NetworkSettings = {
        ...(clusterProxy === '' ? current : toClusterProxy(current)),
        ...(!throughProxy && { httpProxy: '', httpsProxy: '' }),
        strictSsl: current.strictSsl || !useProxy,
      };
      const settingsKey = JSON.stringify(settings);
      const cacheKey = `${throughProxy} ${useProxy} ${secure} ${typedByUser}`;
      const cached = cache.get(cacheKey);
      if (cached?.settingsKey === settingsKey) return cached.dispatcher;
      const dispatcher = loadUndici().then((undici) =>
        isSocks
          ? createSocksDispatcher(clusterProxy, tlsOptionsOf(settings, secure), undici)
          : createProxyDispatcher(
              settings,
              secure,
              { lookup: lookupAllowed(typedByUser || clusterProxy !== '') },
              undici,
            ),
      );
      cache.set(cacheKey, { settingsKey, dispatcher });
      void cached?.dispatcher.then(
        (outdated) => outdated.close(),
        () => undefined,
      );
      return dispatcher;
    },
    close: async () => {
      await Promise.all([...cache.values()].map(async ({ dispatcher }) => (await dispatcher).destroy()));
    },
  };
}
