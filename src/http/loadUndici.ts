/** Loads undici at its first use and leaves the process-wide dispatcher as it was. */
import type * as Undici from 'undici';

// Importing undici registers its own Agent here; the built-in fetch of every extension in the process would then use
// it.
const dispatcherSymbols = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) => Symbol.for(name));
const globals = globalThis as unknown as Record<symbol, unknown>;

/** What is used of undici. The bundle has nothing else of it (scripts/lib/unusedParts.mjs). */
export type UndiciParts = Pick<typeof Undici, 'EnvHttpProxyAgent' | 'Socks5ProxyAgent'>;

let loading: Promise<UndiciParts> | undefined;

/** undici, loaded once. The process-wide dispatchers are restored afterwards. */
export function loadUndici(): Promise<UndiciParts> {
  loading ??= importUndici();
  return loading;
}

async function importUndici(): Promise<UndiciParts> {
  // Node's own fetch registers its dispatcher when it is first touched, and only then. If that happened during the
  // import, restoring would remove it, and every fetch of this process would fail.
  Reflect.get(globalThis, 'Response');
  const before = dispatcherSymbols.map((symbol) => globals[symbol]);
  const undici = await import('undici');
  dispatcherSymbols.forEach((symbol, index) => {
    if (globals[symbol] !== before[index]) globals[symbol] = before[index];
  });
  return undici;
}
