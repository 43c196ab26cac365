/** The simulated machine and cluster of a run under faults, and what is true about them. */
import { realpathSync, rmSync, utimesSync } from 'node:fs';
import { startCluster, type Cluster } from '../demonstration/cluster/cluster';
import type { Scenario } from '../demonstration/live/scenario';
import type { Json } from '../demonstration/json';
import { createLive } from '../demonstration/live/live';
import type { Simulation } from '../demonstration/live/simulation';
import { domain, startResolver, type Resolver } from './names';
import { ServedBodies, type Honesty } from './servedBodies';
import { VirtualMachineTime } from './virtualClock';

/** Any time; the same one, so that a seed gives the same run. */
const anyStart = Date.UTC(2026, 4, 4, 9);
const token = 'chaos-token';

/** Answers of another cluster's dashboard, by path. */
type ForeignAnswers = Readonly<Record<string, () => Json>>;

/** The cluster, the machine that looks at it, and the truth. */
export interface ChaosCluster {
  readonly time: VirtualMachineTime;
  readonly cluster: Cluster;
  readonly simulation: Simulation;
  readonly resolver: Resolver;
  readonly served: ServedBodies;
  /** What a fault makes of the bodies of a node. */
  readonly honesty: Map<number, Honesty>;
  /** The true body of a node now. */
  body(node: number): Buffer;
  /** The true answer about actors now. */
  actors(): Json;
  /** The body of a node of another cluster now. */
  foreignBody(node: number): Buffer;
  readonly foreignAnswers: ForeignAnswers;
  readonly dashboardUrl: string;
  /** The URL of the metrics of a node, as the lists of targets have it. */
  targetUrl(node: number): string;
  /** Whether Ray still writes its service-discovery file. */
  isFileWritten: boolean;
  /** Whether the token is still known. */
  hasToken: boolean;
  /** The token that is known. */
  token(): string | undefined;
  /** Writes the service-discovery file, as old as the machine's clock says. */
  writeFile(): void;
  close(): Promise<void>;
}

/** Of a cluster. */
export interface ChaosClusterOptions {
  /** When its time begins, Unix ms. */
  start?: number;
  /** By their addresses instead of names that only this process resolves, and without a token. */
  isReachable?: boolean;
}

/** Starts a cluster whose every answer follows from the seed and the time. */
export async function startChaosCluster(
  seed: number,
  scenario: Scenario,
  { start = anyStart, isReachable = false }: ChaosClusterOptions = {},
): Promise<ChaosCluster> {
  const time = new VirtualMachineTime(start);
  const now = (): number => time.now();
  const source = createLive({ now, seed, scenario });
  const foreign = createLive({ now, seed: seed + 100_000, scenario: { ...scenario, headStartSeconds: 40 } });
  const served = new ServedBodies();
  const honesty = new Map<number, Honesty>();
  const hostOf = (name: string): string => (isReachable ? '127.0.0.1' : `${name}.${domain}`);
  const nodeHost = (node: number): string => hostOf(`node-${node}`);
  const cluster = await startCluster(
    {
      ...source,
      body(node) {
        const body = source.body(node);
        served.note(source.simulation, node, now(), honesty.get(node) ?? 'true');
        return body;
      },
    },
    { cached: true, rewriteDiscoveryFile: false, nodeHost, ...(!isReachable && { token }) },
  );
  const resolver = startResolver();
  // Closed ports.
  const foreignPorts = Array.from({ length: foreign.nodes }, (_, node) => 1 + node);
  const { port } = cluster.dashboard;
  const chaos: ChaosCluster = {
    time,
    cluster,
    simulation: source.simulation,
    resolver,
    served,
    honesty,
    body: (node) => source.body(node),
    actors: () => source.actors(),
    foreignBody: (node) => foreign.body(node),
    foreignAnswers: {
      '/api/version': () => foreign.version(),
      '/nodes': () => foreign.nodeSummary(foreignPorts),
      '/logical/actors': () => foreign.actors(),
      '/api/prometheus/sd': () => [
        { labels: { job: 'ray' }, targets: foreignPorts.map((each) => `127.0.0.1:${each}`) },
      ],
    },
    dashboardUrl: `http://${hostOf('head')}:${port}`,
    targetUrl: (node) => `http://${nodeHost(node)}:${cluster.nodes[node]?.port}/metrics`,
    isFileWritten: true,
    hasToken: true,
    token: () => (chaos.hasToken ? token : undefined),
    writeFile() {
      if (!chaos.isFileWritten) return;
      cluster.rayTmpDir.write();
      const seconds = time.wall() / 1000;
      utimesSync(realpathSync(cluster.rayTmpDir.discoveryFile), seconds, seconds);
    },
    async close() {
      resolver.close();
      await cluster.close();
      rmSync(cluster.rayTmpDir.path, { recursive: true, force: true });
    },
  };
  return chaos;
}
