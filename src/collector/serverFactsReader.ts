/** What vLLM servers report about themselves: servers that are targets, and servers of engines that report to Ray. */
import type { ServerFacts } from '../api';
import { workersByNode, type Actor } from '../discovery/actors';
import { assignFactsToWorkers, type DiscoveredServer, type ProbeOptions } from '../discovery/serverFacts';
import { ServerProbe } from '../discovery/serverProbe';
import { serverTarget, type Target } from '../discovery/targets';
import type { ServerFactsIndex } from './engineStates';

/** Whose servers are asked. */
export interface ServerFactsInput {
  targets: readonly Target[];
  /** Servers that discovery has asked in this scrape; they are not asked again. */
  foundServers: readonly DiscoveredServer[];
  /** By worker id; undefined if the dashboard did not say. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs. */
  otherWorkers: ReadonlySet<string>;
  /** Engines that the config asks for; if unknown, as many as are alive. */
  expectedEngines: number | undefined;
  /** Where servers on nodes begin to count. */
  firstPorts: readonly number[];
}

/** No server was asked, or none answered. */
export const noServerFacts: ServerFactsIndex = { serverFactsByUrl: new Map(), serverFactsByWorker: new Map() };

const serverKinds = new Set<Target['kind']>(['vllm', 'dynamo']);
const metricsUrl = (base: string): string => serverTarget(base, 'vllm', 'nodes').url;
const originOf = ({ url }: Target): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined);

/** Asks servers with GET requests, and remembers which addresses are not servers. */
export class ServerFactsReader {
  /** Addresses on nodes where a server may be. */
  private readonly nodeServers = new ServerProbe();
  private readonly targetServers = new ServerProbe();

  /** Asks again what failed before. */
  forgetFailures(): void {
    this.nodeServers.forgetFailures();
    this.targetServers.forgetFailures();
  }

  /** Looks for `count` servers on these nodes, counted from `firstPorts`. Never rejects. */
  findServers(
    nodes: readonly string[],
    count: number,
    firstPorts: readonly number[],
    options: ProbeOptions,
  ): Promise<DiscoveredServer[]> {
    return this.nodeServers.find(nodes, count, options, firstPorts);
  }

  /** The facts of all servers of a run. Never rejects. */
  async readFacts(input: ServerFactsInput, options: ProbeOptions): Promise<ServerFactsIndex> {
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
    { targets, foundServers }: ServerFactsInput,
    options: ProbeOptions,
  ): Promise<Map<string, ServerFacts>> {
    const factsByBase = new Map(foundServers.map(({ base, facts }) => [base, facts]));
    const unasked = targets.flatMap((target) => {
      const base = originOf(target);
      return base !== undefined && serverKinds.has(target.kind) && !factsByBase.has(base)
        ? [{ base, typedByUser: target.typedByUser ?? false }]
        : [];
    });
    for (const { base, facts } of await this.targetServers.probeAll(unasked, options)) factsByBase.set(base, facts);
    return new Map(
      targets.flatMap((target) => {
        const facts = factsByBase.get(originOf(target) ?? '');
        return facts ? [[target.url, facts] as const] : [];
      }),
    );
  }

  private async readRayFacts(
    { actors, otherWorkers, expectedEngines, firstPorts }: ServerFactsInput,
    options: ProbeOptions,
  ): Promise<ServerFactsIndex> {
    const workers = workersByNode(actors?.values() ?? [], otherWorkers);
    if (workers.size === 0) return noServerFacts;
    const livingEngines = [...workers.values()].reduce((sum, { length }) => sum + length, 0);
    const servers = await this.findServers([...workers.keys()], expectedEngines ?? livingEngines, firstPorts, options);
    return {
      serverFactsByUrl: new Map(servers.map(({ base, facts }) => [metricsUrl(base), facts])),
      serverFactsByWorker: assignFactsToWorkers(servers, workers),
    };
  }
}
