/** The discovery of one scrape, with the servers it found on the way. */
import { discover, type Discovery } from '../discovery/discover';
import type { DashboardRequestOptions } from '../discovery/dashboard';
import type { DiscoveredServer, ProbeOptions } from '../discovery/serverFacts';
import type { CollectorInput } from './round';
import type { ServerFactsReader } from './serverFactsReader';

/** The targets of an untrusted folder: none. */
const emptyDiscovery: Discovery = { targets: [], reason: 'Nothing may be asked.', ray: {} };

/** What discovery makes its requests with. */
export type DiscoveryOptions = ProbeOptions & Pick<DashboardRequestOptions, 'sleep'>;

/** Discovers the targets of one scrape, once or, if Ray's service-discovery file turns out to be dead, twice. */
export class ScrapeDiscovery {
  /** Servers that the newest discovery found on nodes. */
  foundServers: readonly DiscoveredServer[] = [];

  constructor(
    private readonly input: CollectorInput,
    private readonly options: DiscoveryOptions,
    private readonly servers: Pick<ServerFactsReader, 'findServers'>,
  ) {}

  /** Never rejects: what failed is part of the discovery. `distrustFile`: leaves out Ray's service-discovery file. */
  async discover(distrustFile: boolean): Promise<Discovery> {
    const { input, options } = this;
    if (!input.requestsAllowed) return emptyDiscovery;
    const { get, signal, timeoutMs, sleep, now } = options;
    return discover(input.discovery, {
      requestOptions: { get, signal, timeoutMs, sleep },
      now: now(),
      distrustFile,
      find: async (nodes, count, firstPorts) => {
        // If another source replaces the targets, their servers are not looked for.
        this.foundServers = input.source ? [] : await this.servers.findServers(nodes, count, firstPorts, options);
        return [...this.foundServers];
      },
    });
  }
}
