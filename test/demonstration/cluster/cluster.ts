/** A cluster as the extension sees one: a dashboard, an agent per node, and Ray's temporary folder of the head node. */
import type { FixtureServer, RecordedRequest } from '../http/server';
import type { Json } from '../json';
import { startDashboard, type Dashboard, type DashboardOptions } from './dashboard';
import { startNodeAgent } from './nodeAgent';
import { createRayTmpDir, type RayTmpDir } from './rayTmpDir';

/** Where the answers of a cluster come from: a recording or the simulation. Node 0 is the head. */
export interface ClusterSource {
  /** Number of nodes. */
  readonly nodes: number;
  readonly session: string;
  /** The `/metrics` body of a node's agent. */
  body(node: number): Buffer;
  version(): Json;
  /** `ports` are those of the agents, by node. */
  nodeSummary(ports: readonly number[]): Json;
  actors(): Json;
}

/** Options of a cluster and its dashboard. */
export interface ClusterOptions extends DashboardOptions {
  /** Whether the service-discovery file is rewritten every 5 s; true by default. */
  rewriteDiscoveryFile?: boolean;
  /** Content of `ray_current_cluster`, the `host:port` of the GCS; without it there is no such file. */
  currentCluster?: string;
  /** The host of a node in the lists of targets; 127.0.0.1 by default. */
  nodeHost?: (node: number) => string;
}

/** A running cluster. */
export interface Cluster {
  readonly dashboard: Dashboard;
  /** The agents, the head's first. */
  readonly nodes: readonly FixtureServer[];
  readonly rayTmpDir: RayTmpDir;
  /** Every request to the dashboard and the agents, oldest first. */
  requests(): RecordedRequest[];
  /** Empties the log of requests. */
  forgetRequests(): void;
  close(): Promise<void>;
}

/** Ray lists the autoscaler and the dashboard after the nodes. Here these ports are closed. */
const rayServices = ['127.0.0.1:44217', '127.0.0.1:44227'];

/** Starts a cluster on free ports of 127.0.0.1. */
export async function startCluster(source: ClusterSource, options: ClusterOptions = {}): Promise<Cluster> {
  const nodes = await Promise.all(
    Array.from({ length: source.nodes }, (_, node) => startNodeAgent(() => source.body(node))),
  );
  const ports = nodes.map(({ port }) => port);
  const { nodeHost = () => '127.0.0.1' } = options;
  const targets = (): string[] => [...ports.map((port, node) => `${nodeHost(node)}:${port}`), ...rayServices];
  const dashboard = await startDashboard(
    {
      version: () => source.version(),
      serviceDiscovery: () => [{ labels: { job: 'ray' }, targets: targets() }],
      nodeSummary: () => source.nodeSummary(ports),
      actors: () => source.actors(),
    },
    options,
  );
  const rayTmpDir = createRayTmpDir({
    session: source.session,
    targets,
    rewrite: options.rewriteDiscoveryFile ?? true,
    ...(options.currentCluster === undefined ? {} : { currentCluster: options.currentCluster }),
  });
  const servers = [dashboard, ...nodes];
  return {
    dashboard,
    nodes,
    rayTmpDir,
    requests: () => servers.flatMap(({ requests }) => requests).sort((a, b) => a.at - b.at),
    forgetRequests: () => servers.forEach(({ requests }) => requests.splice(0)),
    async close() {
      rayTmpDir.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
