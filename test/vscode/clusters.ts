/** What suites do with fixture clusters. */
import type { Api } from '../../src/api';
import type { Cluster } from '../demonstration/index';
import { activate, configure } from './support';

let sessions = 0;

/** Scrapes another Ray session in between, so that the next scrape is of a new run. */
export async function newRun(api: Api, { nodes }: Cluster): Promise<void> {
  sessions += 1;
  const body = `ray_vllm_num_requests_running{SessionName="session_between_${process.hrtime.bigint()}_${sessions}",WorkerId="between",Version="2.57.0"} 0\n`;
  for (const node of nodes) await node.fault({ kind: 'body', body });
  await api.scrape();
  for (const node of nodes) await node.fault(undefined);
}

/** Lets the extension watch this cluster as a new run; resolves to its API. */
export async function watchCluster(cluster: Cluster): Promise<Api> {
  const api = await activate();
  await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
  await newRun(api, cluster);
  return api;
}

/** How many requests the nodes got, without those to the dashboard. */
export const nodeRequests = ({ nodes }: Cluster): number =>
  nodes.reduce((sum, { requests }) => sum + requests.length, 0);
