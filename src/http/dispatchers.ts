/** The ways out of this machine: one dispatcher each for what goes directly or by the proxy, in the clear or not, made by the settings of the moment. */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { Dispatcher } from 'undici';
import { isLinkLocal, isLoopback } from './addressRules';
import { createProxyDispatcher, type NetworkSettings } from './networkSettings';
import { loadUndici } from './loadUndici';

export interface Dispatchers {
  /** `proxied`: the dashboard's and Prometheus's way, by proxy and system certificates; else the targets', who are reached directly. */
  get(url: URL, proxied: boolean): Promise<Dispatcher>;
  /** Ends every connection. */
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
interface CachedDispatcher {
  settings: string;
  dispatcher: Promise<Dispatcher>;
}

/** `network` gives the settings of this moment. Nothing is loaded before the first use. */
export function createDispatchers(network: () => NetworkSettings): Dispatchers {
  const ways = new Map<string, CachedDispatcher>();
  return {
    get({ protocol, hostname }, proxied) {
      const secure = protocol === 'https:';
      // No proxy knows the way to this machine's own addresses, whatever NO_PROXY says.
      const byProxy = proxied && !isLoopback(hostname);
      const set = network();
      const chosen: NetworkSettings = {
        ...set,
        ...(!byProxy && { httpProxy: '', httpsProxy: '' }),
        strictSsl: set.strictSsl || !proxied,
      };
      const settings = JSON.stringify(chosen);
      const key = `${byProxy} ${proxied} ${secure}`;
      const known = ways.get(key);
      if (known?.settings === settings) return known.dispatcher;
      const dispatcher = loadUndici().then((undici) =>
        createProxyDispatcher(chosen, secure, { lookup: guardedLookup }, undici),
      );
      ways.set(key, { settings, dispatcher });
      void known?.dispatcher.then(
        (old) => old.close(),
        () => undefined,
      );
      return dispatcher;
    },
    close: async () => {
      await Promise.all([...ways.values()].map(async ({ dispatcher }) => (await dispatcher).destroy()));
    },
  };
}
