/** Host names of the simulated machine. Its resolver can be taken away. */
import dns from 'node:dns';

/** Names that end with it lead to this machine. */
export const domain = 'chaos.test';

type LookupCallback = (error: NodeJS.ErrnoException | null, addresses: unknown, family?: number) => void;

/** The resolver of this process while names of `domain` are its own. */
export interface Resolver {
  /** Whether it answers. */
  isUp: boolean;
  close(): void;
}

/** Resolves the names of `domain` to 127.0.0.1 until it is closed; other names as ever. */
export function startResolver(): Resolver {
  const original = dns.lookup;
  const resolver: Resolver = {
    isUp: true,
    close: () => {
      dns.lookup = original;
    },
  };
  const lookup = (name: string, options: { all?: boolean }, callback: LookupCallback): void => {
    if (!name.endsWith(domain)) return void Reflect.apply(original, dns, [name, options, callback]);
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    });
    process.nextTick(() => {
      if (!resolver.isUp) callback(error, []);
      else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    });
  };
  dns.lookup = lookup as unknown as typeof dns.lookup;
  return resolver;
}
