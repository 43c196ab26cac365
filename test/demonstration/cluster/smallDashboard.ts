/** A dashboard with a few targets and actors that a test gives it. */
import { json, notFound, text } from '../http/answer';
import { serve, type FixtureServer } from '../http/server';
import type { Json } from '../json';

interface SmallActor {
  worker: string;
  node: string;
  job?: string;
  state?: string;
  /** Unix ms. */
  startedAt?: number;
  className?: string;
}

interface SmallCluster {
  version?: string;
  session?: string;
  /** `host:port`. */
  targets: string[];
  actors?: SmallActor[];
  /** Requires this token: 401 without one, 403 with another. */
  token?: string;
}

/** A running dashboard. */
export interface SmallDashboard extends FixtureServer {
  /** May be changed while it runs. */
  cluster: SmallCluster;
}

const actorJson = ({
  worker,
  node,
  job = '01000000',
  state = 'ALIVE',
  startedAt = 1,
  className = 'VLLMServerActor',
}: SmallActor): Json => ({
  actorId: `${worker}${job}`,
  jobId: job,
  className,
  actorClass: className,
  state,
  pid: 1,
  startTime: startedAt,
  endTime: state === 'DEAD' ? startedAt + 1 : 0,
  address: { nodeId: 'n', ipAddress: node, port: 1, workerId: worker },
});

/** Starts a dashboard that answers with what `cluster` has at the time of the request. */
export async function startSmallDashboard(cluster: SmallCluster): Promise<SmallDashboard> {
  const routes: Record<string, () => Json> = {
    '/api/version': () => ({
      version: '4',
      ray_version: cluster.version ?? '2.57.0',
      session_name: cluster.session ?? 'session_small',
    }),
    '/api/prometheus/sd': () => [{ labels: { job: 'ray' }, targets: cluster.targets }],
    '/logical/actors': () => ({
      result: true,
      msg: '',
      data: { actors: Object.fromEntries((cluster.actors ?? []).map((actor) => [actor.worker, actorJson(actor)])) },
    }),
  };
  const server = await serve(({ pathname }, { authorization }) => {
    if (cluster.token !== undefined && authorization === undefined)
      return text(401, 'Unauthorized: Missing authentication token');
    if (cluster.token !== undefined && authorization !== `Bearer ${cluster.token}`)
      return text(403, 'Forbidden: Invalid authentication token');
    const route = routes[pathname];
    return route ? json(route()) : notFound();
  });
  return { ...server, cluster };
}
