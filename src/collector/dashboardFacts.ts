/** What Ray's dashboard says beside the targets: actors, and load averages of nodes. */
import type { Actor } from '../discovery/actors';
import type { DashboardRequestOptions } from '../discovery/dashboard';
import { discoverActors, discoverLoads, type Discovery, type DiscoveryInput } from '../discovery/discover';
import type { LoadAverage } from '../discovery/nodeLoads';

/** A large cluster's list of nodes is long and a load average changes slowly, so it is read this often. */
const loadsIntervalMs = 30_000;

/** What the dashboard said in one scrape; undefined if it did not say, or was not asked. */
export interface DashboardFacts {
  /** By worker id. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** By node address. */
  loads: ReadonlyMap<string, LoadAverage> | undefined;
}

/** The dashboard said nothing that counts. */
export const noDashboardFacts: DashboardFacts = { actors: undefined, loads: undefined };

/** Asks the dashboard of a run whose engines are on Ray. */
export class DashboardFactsReader {
  private loadsReadAt = -Infinity;

  /** The machine's clock was set: what is due is not known. */
  forgetTimes(): void {
    this.loadsReadAt = -Infinity;
  }

  /** Never rejects. `now`: Unix ms. */
  async read(
    { targets, dashboard }: Discovery,
    input: DiscoveryInput,
    options: DashboardRequestOptions,
    now: number,
  ): Promise<DashboardFacts> {
    if (!targets.some(({ kind }) => kind === 'ray')) return noDashboardFacts;
    const loadsAreDue = now - this.loadsReadAt >= loadsIntervalMs;
    if (loadsAreDue) this.loadsReadAt = now;
    const [actors, loads] = await Promise.all([
      discoverActors(dashboard, input, options),
      loadsAreDue ? discoverLoads(dashboard, input, options) : undefined,
    ]);
    return { actors, loads };
  }
}
