/** The demonstration run as a cluster. */
import { startCluster, type Cluster, type ClusterOptions, type ClusterSource } from '../parts/cluster';
import { createDashboardAnswers } from './dashboardAnswers';
import { nodeAddresses } from './names';
import { createRenderer } from './render';
import { advance, createSimulation, type Simulation } from './simulation';
import { loadTemplate } from './template';

export interface LiveOptions {
  /** Unix ms; the real clock unless said otherwise. */
  now?: () => number;
  seed?: number;
}

export type LiveSource = ClusterSource & { readonly simulation: Simulation };
export type Live = Cluster & { readonly simulation: Simulation };

/** The live run without servers: each answer first brings the simulation up to `now`. */
export function createLive({ now = Date.now, seed = 1 }: LiveOptions = {}): LiveSource {
  const template = loadTemplate();
  const simulation = createSimulation(now(), seed, template.bounds);
  const render = createRenderer(template, simulation);
  const answers = createDashboardAnswers(simulation);
  const upToDate = (): void => advance(simulation, now());
  return {
    simulation,
    nodes: nodeAddresses.length,
    session: simulation.session,
    body(node) {
      upToDate();
      return render(node);
    },
    version: () => answers.version(),
    nodeSummary(ports) {
      upToDate();
      return answers.nodeSummary(ports);
    },
    actors() {
      upToDate();
      return answers.actors();
    },
  };
}

/** Starts the demonstration run on free ports; its dashboard answers late, as Ray's does, unless told otherwise. */
export async function startLive({ now, seed, ...options }: LiveOptions & ClusterOptions = {}): Promise<Live> {
  const source = createLive({ ...(now && { now }), ...(seed !== undefined && { seed }) });
  return { ...(await startCluster(source, { cached: true, ...options })), simulation: source.simulation };
}
