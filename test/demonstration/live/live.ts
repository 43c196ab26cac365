/** The simulated run as a cluster. */
import { startCluster, type Cluster, type ClusterOptions, type ClusterSource } from '../cluster/cluster';
import { createBodyFormatter } from './agentBody';
import { createDashboardAnswers } from './dashboardAnswers';
import { demonstrationScenario } from './demonstrationScenario';
import type { Scenario } from './scenario';
import { advance, createSimulation, type Simulation } from './simulation';
import { loadTemplate } from './template';

interface LiveOptions {
  /** The present in Unix ms; the real clock by default. */
  now?: () => number;
  seed?: number;
  scenario?: Scenario;
}

type LiveSource = ClusterSource & { readonly simulation: Simulation };

/** A running cluster with its simulation. */
export type Live = Cluster & { readonly simulation: Simulation };

/** The run without servers. Each answer first simulates up to `now`. */
export function createLive({
  now = Date.now,
  seed = 1,
  scenario = demonstrationScenario,
}: LiveOptions = {}): LiveSource {
  const template = loadTemplate();
  const simulation = createSimulation(now(), seed, template.bounds, scenario);
  const formatBody = createBodyFormatter(template, simulation);
  const answers = createDashboardAnswers(simulation);
  return {
    simulation,
    nodes: scenario.nodes,
    session: simulation.session,
    body(node) {
      advance(simulation, now());
      return formatBody(node);
    },
    version: () => answers.version(),
    nodeSummary(ports) {
      advance(simulation, now());
      return answers.nodeSummary(ports);
    },
    actors() {
      advance(simulation, now());
      return answers.actors();
    },
  };
}

/** Starts the run on free ports. Like Ray's, its dashboard answers with what it computed at the request before. */
export async function startLive({ now, seed, scenario, ...options }: LiveOptions & ClusterOptions = {}): Promise<Live> {
  const source = createLive({
    ...(now && { now }),
    ...(seed !== undefined && { seed }),
    ...(scenario && { scenario }),
  });
  return { ...(await startCluster(source, { cached: true, ...options })), simulation: source.simulation };
}
