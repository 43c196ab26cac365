/** Looks for vLLM servers at possible addresses and asks addresses that do not answer less and less often. */
import { hostOf } from '../http/hostNames';
import { toHttpError } from '../http/httpErrors';
import type { HttpError, HttpErrorKind } from '../http/httpGet';
import { defaultFirstPort, listServerAddresses, type ServerAddress } from './serverAddresses';
import { fetchServerFacts, type DiscoveredServer, type ProbeOptions } from './serverFacts';

/** Older facts are not reported. */
const factsMaxAgeMs = 60_000;
/** Delay after the first failure; it doubles with each further one. */
const firstRetryDelayMs = 10_000;
const maxRetryDelayMs = 300_000;

interface ProbeState {
  /** Number of failures in a row. */
  failures: number;
  triedAt: number;
  /** The last failure; missing while it answers as a server. */
  error?: HttpError;
  server?: DiscoveredServer;
  missingPaths: Set<string>;
}

/** Remembers which addresses are servers and when to ask the others again. */
export class ServerProbe {
  private readonly stateByBase = new Map<string, ProbeState>();

  /** Makes every address that is not a server due at once. */
  forgetFailures(): void {
    for (const [base, { server }] of this.stateByBase) if (!server) this.stateByBase.delete(base);
  }

  /** Asks the addresses that are due, and returns the servers among all of them, in their order. Never rejects. */
  async probeAll(addresses: readonly ServerAddress[], options: ProbeOptions): Promise<DiscoveredServer[]> {
    const listed = new Set(addresses.map(({ base }) => base));
    for (const base of this.stateByBase.keys()) if (!listed.has(base)) this.stateByBase.delete(base);
    const now = options.now();
    const due = addresses.filter(({ base }) => this.isDue(base, now));
    await Promise.all(due.map((address) => this.probe(address, options)));
    return addresses.flatMap(({ base }) => {
      const server = this.stateByBase.get(base)?.server;
      return server && options.now() - server.at <= factsMaxAgeMs ? [server] : [];
    });
  }

  /**
   * Looks for `count` servers on these nodes, counted from `firstPorts`. If some are missing, the next port of each address is asked, too, on
   * nodes that can be reached: a server moves there if its port is taken. Never rejects.
   */
  async find(
    nodes: readonly string[],
    count: number,
    options: ProbeOptions,
    firstPorts: readonly number[] = [defaultFirstPort],
  ): Promise<DiscoveredServer[]> {
    const addresses = listServerAddresses(nodes, count, { firstPorts });
    const shifted = listServerAddresses(nodes, count, { firstPorts, shift: 1 });
    const known = [...addresses, ...shifted].filter(({ base }) => this.stateByBase.get(base)?.server);
    if (known.length >= count) return this.probeAll(known, options);
    const triedBefore = shifted.filter(({ base }) => this.stateByBase.has(base));
    const found = await this.probeAll([...addresses, ...triedBefore], options);
    if (found.length >= count) return found;
    const unreachable = new Set(
      addresses.filter(({ base }) => this.isUnreachable(base)).map(({ base }) => hostOf(base)),
    );
    return this.probeAll([...addresses, ...shifted.filter(({ base }) => !unreachable.has(hostOf(base)))], options);
  }

  private isDue(base: string, now: number): boolean {
    const state = this.stateByBase.get(base);
    if (!state || state.failures === 0) return true;
    return now >= state.triedAt + Math.min(maxRetryDelayMs, firstRetryDelayMs * 2 ** (state.failures - 1));
  }

  /** Whether the node of an address could not be reached, so that another port of it need not be tried. */
  private isUnreachable(base: string): boolean {
    const error = this.stateByBase.get(base)?.error;
    return error !== undefined && unreachableKinds.has(error.kind);
  }

  private async probe(address: ServerAddress, options: ProbeOptions): Promise<void> {
    const { base } = address;
    const state: ProbeState = this.stateByBase.get(base) ?? { failures: 0, triedAt: 0, missingPaths: new Set() };
    this.stateByBase.set(base, state);
    state.triedAt = options.now();
    try {
      const facts = await fetchServerFacts(address, options, state.missingPaths);
      state.server = { base, at: options.now(), facts };
      state.failures = 0;
      delete state.error;
    } catch (error) {
      state.failures += 1;
      state.error = toHttpError(error);
      if (state.error.kind === 'refused') delete state.server;
    }
  }
}

const unreachableKinds: ReadonlySet<HttpErrorKind> = new Set([
  'time-out',
  'unreachable',
  'name-not-resolved',
  'not-allowed',
  'proxy-failed',
  'cancelled',
]);
