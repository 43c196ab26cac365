/** Finds the targets of a run from its config, the settings and the environment (docs/user-guide.md, Discovery). */
import { hostOf } from '../http/hostNames';
import { fetchActors, nodesOfEngines, type Actor } from './actors';
import type { DashboardRequestOptions } from './dashboard';
import {
  attempt,
  discoverRay,
  type DashboardReport,
  type RayDiscovery,
  type RayDiscoveryOptions,
  type RayLocation,
} from './discoverRay';
import { fetchNodeLoads, type LoadAverage } from './nodeLoads';
import { firstServerPorts } from './serverAddresses';
import type { DiscoveredServer } from './serverFacts';
import { maxTargets, serverTarget, withoutRepeats, type Target } from './targets';
import { tokenFor } from './token';

/** What config, settings and environment say about the targets. */
export interface DiscoveryInput extends RayLocation {
  /** Where the config puts the engines' metrics (docs/decisions.md, Where engine metrics are). */
  metricsPath: 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';
  /** Of external servers. */
  serverUrls: readonly string[];
  proxyUrl?: string;
  /** Number of servers to look for on the nodes: engines × data-parallel size. */
  serverCount: number;
  /** `skyrl.endpoints`: further targets. */
  endpoints: readonly string[];
  /** Whether a person typed them into user settings: then link-local addresses are intended. */
  endpointsTyped: boolean;
}

/** The targets of a run, and how they were found. */
export interface Discovery extends Omit<RayDiscovery, 'dashboard'> {
  /** Missing if Ray was not asked. */
  dashboard?: DashboardReport;
  /** How many targets were left out because there are too many. */
  omittedTargets?: number;
  /** How servers with metrics of their own were looked for, as a sentence; missing if the config asks for none. */
  serverSearch?: string;
}

interface DiscoveryOptions extends RayDiscoveryOptions {
  /** Looks for `count` servers on these nodes, counted from `firstPorts`. */
  find: (nodes: readonly string[], count: number, firstPorts: readonly number[]) => Promise<DiscoveredServer[]>;
}

type Discoverer = (
  input: DiscoveryInput,
  options: DiscoveryOptions,
) => Pick<Discovery, 'targets' | 'reason'> | Promise<RayDiscovery & Pick<Discovery, 'serverSearch'>>;

/** By path of the config: how its targets are found, and the reason in one or two sentences. */
const discoverers: Record<DiscoveryInput['metricsPath'], Discoverer> = {
  ray: discoverRay,
  servers: discoverServers,
  'external-servers': ({ serverUrls }) => ({
    targets: serverUrls.map((url) => serverTarget(url, 'vllm', 'config')),
    reason: 'The config names external servers.',
  }),
  'external-proxy': ({ proxyUrl }) => ({
    targets: proxyUrl === undefined ? [] : [serverTarget(proxyUrl, 'router', 'config')],
    reason:
      'The config names only an external proxy, which is a router. Name its servers in external_server_urls or skyrl.endpoints.',
  }),
  none: () => ({ targets: [], reason: 'The engine of this config publishes no metrics.' }),
};

/** Finds the targets of a run. Never rejects: errors are in the result. */
export async function discover(input: DiscoveryInput, options: DiscoveryOptions): Promise<Discovery> {
  const found = await discoverers[input.metricsPath](input, options);
  const endpoints = endpointTargets(input).slice(0, maxTargets);
  const all = withoutRepeats([...found.targets, ...endpoints]);
  if (all.length <= maxTargets) return { ray: {}, ...found, targets: all };
  // What a person typed is not left out.
  const targets = withoutRepeats([...found.targets.slice(0, maxTargets - endpoints.length), ...endpoints]);
  return {
    ray: {},
    ...found,
    targets,
    omittedTargets: all.length - targets.length,
    reason: `${found.reason} Only ${targets.length} of ${all.length} targets are scraped.`,
  };
}

/** Port of a Dynamo worker's metrics unless DYN_SYSTEM_PORT sets another one. */
const dynamoPort = '8081';

function endpointTargets({ endpoints, endpointsTyped, environment }: DiscoveryInput): Target[] {
  const dynamo = environment['DYN_SYSTEM_PORT'] || dynamoPort;
  return endpoints.map((endpoint) => {
    const target = serverTarget(endpoint, 'vllm', 'setting');
    const isDynamo = URL.canParse(target.url) && new URL(target.url).port === dynamo;
    return { ...target, typedByUser: endpointsTyped, ...(isDynamo && { kind: 'dynamo' as const }) };
  });
}

/**
 * With engine stats off, each server publishes its own metrics, on the nodes of the Ray cluster or, without one, here.
 */
async function discoverServers(
  input: DiscoveryInput,
  options: DiscoveryOptions,
): Promise<RayDiscovery & Pick<Discovery, 'serverSearch'>> {
  const cluster = await discoverRay(input, options);
  const actors = await discoverActors(cluster.dashboard, input, options.requestOptions);
  const allNodes = [...new Set(cluster.targets.flatMap(({ url }) => hostOf(url) ?? []))];
  const engineNodes = nodesOfEngines(actors?.values() ?? []);
  const isWithoutCluster = allNodes.length === 0 && cluster.dashboard.configuredBy === 'default';
  const nodes = engineNodes.length > 0 ? engineNodes : isWithoutCluster ? ['127.0.0.1'] : allNodes;
  const firstPorts = firstServerPorts(input.environment, input.hints);
  const servers = await options.find(nodes, input.serverCount, firstPorts);
  const search = describeSearch(nodes, servers.length, input.serverCount, firstPorts);
  return {
    ...cluster,
    targets: servers.map(({ base }) => serverTarget(base, 'vllm', 'nodes')),
    serverSearch: `Each server has its own: ${search}.`,
    reason: `The config turns off engine metrics on Ray, so each server has its own: ${search}.`,
  };
}

/** The result of looking for servers as a clause; at most four nodes are named. */
function describeSearch(
  nodes: readonly string[],
  found: number,
  wanted: number,
  firstPorts: readonly number[],
): string {
  if (nodes.length === 0) return 'no node is known';
  const more = nodes.length > 4 ? ` and ${nodes.length - 4} more` : '';
  return `${found} of ${wanted} answer at ports ${firstPorts.join(' or ')} + 100 k of ${nodes.slice(0, 4).join(', ')}${more}`;
}

/** Load averages by address of the node; undefined if the dashboard does not report them. Never rejects. */
export async function discoverLoads(
  dashboard: DashboardReport | undefined,
  location: RayLocation,
  options: DashboardRequestOptions,
): Promise<Map<string, LoadAverage> | undefined> {
  return requestWithToken(fetchNodeLoads, dashboard, location, options);
}

/** The actors of the cluster by worker id; undefined if the dashboard does not report them. Never rejects. */
export async function discoverActors(
  dashboard: DashboardReport | undefined,
  location: RayLocation,
  options: DashboardRequestOptions,
): Promise<Map<string, Actor> | undefined> {
  return requestWithToken(fetchActors, dashboard, location, options);
}

async function requestWithToken<T>(
  request: (dashboard: string, options: DashboardRequestOptions) => Promise<T>,
  dashboard: DashboardReport | undefined,
  { environment, tokens, isRemote = false }: RayLocation,
  options: DashboardRequestOptions,
): Promise<T | undefined> {
  if (dashboard?.state !== 'ok' || dashboard.isOfAnotherCluster) return undefined;
  const { url, typedByUser } = dashboard;
  const { headers } = await tokenFor({ ...dashboard, isRemote }, environment, tokens);
  return (await attempt(() => request(url, { ...options, typedByUser, headers }))).result;
}
