/** One round's questions to the servers themselves: those that are targets, and those of engines that report to Ray. */
import type { ServerFacts } from '../api';
import { workersByNode, type Actor } from '../discovery/actors';
import { assignFactsToWorkers, type ProbeOptions, type DiscoveredServer } from '../discovery/serverFacts';
import { ServerProbe } from '../discovery/serverProbe';
import { serverTarget, type Target } from '../discovery/targets';

interface FactsInput {
  targets: readonly Target[];
  /** Servers that were found while looking for targets: nobody is asked twice. */
  foundServers: readonly DiscoveredServer[];
  actors: ReadonlyMap<string, Actor> | undefined;
  otherWorkers: ReadonlySet<string>;
  /** Engines by the config; without it as many as live. */
  expectedEngines: number | undefined;
}

interface Facts {
  /** By the URL of the server's `/metrics`. */
  serverFactsByUrl: Map<string, ServerFacts>;
  /** By worker id. */
  serverFactsByWorker: Map<string, ServerFacts>;
}

const noFacts = (): Facts => ({ serverFactsByUrl: new Map(), serverFactsByWorker: new Map() });

const serverKinds = new Set<Target['kind']>(['vllm', 'dynamo']);
const metricsOf = (base: string): string => serverTarget(base, 'vllm', 'nodes').url;

export class ServerFactsReader {
  /** Of places on nodes, and of targets. */
  private readonly nodeServers = new ServerProbe();
  private readonly targetServers = new ServerProbe();

  forgetFailures(): void {
    this.nodeServers.forgetFailures();
    this.targetServers.forgetFailures();
  }

  /** Looks for servers on nodes. Never rejects. */
  findServers(nodes: readonly string[], count: number, options: ProbeOptions): Promise<DiscoveredServer[]> {
    return this.nodeServers.find(nodes, count, options);
  }

  /** Asks targets that are servers, and the servers of engines that report to Ray, on the nodes that hold them. Never rejects. */
  async readFacts(input: FactsInput, options: ProbeOptions): Promise<Facts> {
    const [ofTargets, onRay] = await Promise.all([
      this.readTargetFacts(input, options),
      this.readRayFacts(input, options),
    ]);
    return {
      serverFactsByUrl: new Map([...onRay.serverFactsByUrl, ...ofTargets]),
      serverFactsByWorker: onRay.serverFactsByWorker,
    };
  }

  private async readTargetFacts(
    { targets, foundServers }: FactsInput,
    options: ProbeOptions,
  ): Promise<Map<string, ServerFacts>> {
    const byBase = new Map(foundServers.map(({ base, facts }) => [base, facts]));
    const places = targets.filter(
      ({ url, kind }) => serverKinds.has(kind) && URL.canParse(url) && !byBase.has(new URL(url).origin),
    );
    const seen = await this.targetServers.probeAll(
      places.map(({ url, typedByUser = false }) => ({ base: new URL(url).origin, typedByUser })),
      options,
    );
    for (const { base, facts } of seen) byBase.set(base, facts);
    const known = targets.flatMap(({ url }) => {
      const facts = URL.canParse(url) ? byBase.get(new URL(url).origin) : undefined;
      return facts ? [[url, facts] as const] : [];
    });
    return new Map(known);
  }

  private async readRayFacts(
    { actors, otherWorkers, expectedEngines }: FactsInput,
    options: ProbeOptions,
  ): Promise<Facts> {
    const workers = workersByNode(actors?.values() ?? [], otherWorkers);
    if (workers.size === 0) return noFacts();
    const living = [...workers.values()].reduce((sum, { length }) => sum + length, 0);
    const seen = await this.findServers([...workers.keys()], expectedEngines ?? living, options);
    return {
      serverFactsByUrl: new Map(seen.map(({ base, facts }) => [metricsOf(base), facts])),
      serverFactsByWorker: assignFactsToWorkers(seen, workers),
    };
  }
}
