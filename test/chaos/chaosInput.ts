/** What the settings and the environment of the simulated machine give to each scrape. */
import type { CollectorInput } from '../../src/collector/round';
import type { ChaosCluster } from './chaosCluster';

/** The input of a scrape of this cluster. */
export function chaosInput(
  chaos: ChaosCluster,
  times: Pick<CollectorInput, 'timeoutMs' | 'intervalMs'>,
): CollectorInput {
  const { path } = chaos.cluster.rayTmpDir;
  const engineCount = chaos.simulation.slots.length;
  return {
    discovery: {
      metricsPath: 'ray',
      serverUrls: [],
      dashboardSetting: chaos.dashboardUrl,
      dashboardTyped: false,
      endpoints: [],
      endpointsTyped: false,
      serverCount: engineCount,
      environment: { RAY_TMPDIR: path, HOME: path },
      tokens: { get: () => Promise.resolve(chaos.token()), isOriginAllowed: () => false },
    },
    requestsAllowed: true,
    expectedEngines: engineCount,
    ...times,
    ignoreHold: false,
  };
}
