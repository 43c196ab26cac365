/** A whole Ray-shaped cluster: a dashboard, one agent a node, and the head node's temporary folder. */
import type { FixtureServer, RecordedRequest } from '../http/server';
import type { Json } from '../json';
import { startDashboard, type Dashboard, type DashboardOptions } from './dashboard';
import { startNodeAgent } from './nodeAgent';
import { createRayTmpDir, type RayTmpDir } from './rayTmpDir';

/** Where a cluster's answers come from: a recording or the simulation. Node 0 is the head. `ports` are the agents', by node. */
export interface ClusterSource {
  readonly nodes: number;
  readonly session: string;
  body(node: number): Buffer;
  version(): Json;
  nodeSummary(ports: readonly number[]): Json;
  actors(): Json;
}

export interface ClusterOptions extends DashboardOptions {
  /** Whether the service-discovery file is written again every 5 s; true unless said otherwise. */
  rewriteDiscoveryFile?: boolean;
  /** Content of `ray_current_cluster`, a GCS `host:port`; no file without it. */
  currentCluster?: string;
}

export interface Cluster {
  readonly dashboard: Dashboard;
  /** The agents, head first. */
  readonly nodes: readonly FixtureServer[];
  readonly rayTmpDir: RayTmpDir;
  /** Every request to the dashboard and the nodes, oldest first. */
  requests(): RecordedRequest[];
  /** Forgets the requests so far. */
  forgetRequests(): void;
  close(): Promise<void>;
}

/** Ray lists the autoscaler and the dashboard after the nodes; nobody listens there here. */
const others = ['127.0.0.1:44217', '127.0.0.1:44227'];

/** Starts every part of a cluster on free ports of 127.0.0.1. */
export async function startCluster(source: ClusterSource, options: ClusterOptions = {}): Promise<Cluster> {
  const nodes = await Promise.all(
    Array.from({ length: source.nodes }, (_, node) => startNodeAgent(() => source.body(node))),
  );
  const ports = nodes.map(({ port }) => port);
  const targets = (): string[] => [...ports.map((port) => `127.0.0.1:${port}`), ...others];
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
