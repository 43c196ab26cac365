/** From what is configured to what is scraped: DESIGN's discovery table. */
import { fetchActors, nodesOfEngines, type Actor } from './actors';
import { fetchTargets, fetchRayInfo, type DashboardRequestOptions, type RayInfo } from './dashboard';
import { fetchNodeLoads, type LoadAverage } from './nodeLoads';
import { HttpError } from '../http/httpGet';
import { dashboardAddress } from './dashboardAddress';
import { readDiscoveryFile, type DiscoveryFile } from './discoveryFile';
import type { DiscoveredServer } from './serverProbe';
import { hostnameOf, serverTarget, withoutRepeats, type Target } from './targets';
import { tokenFor, type TokenState, type TokenStore } from './token';

/** What discovery is told. `path` is what the config says of the engines' metrics. */
export interface DiscoveryInput {
  metricsPath: 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';
  serverUrls: readonly string[];
  proxyUrl?: string;
  /** Servers to look for on the nodes: engines × data-parallel size. */
  serverCount: number;
  dashboardSetting: string;
  /** A person typed it into user settings: then a link-local address is meant. */
  dashboardTyped: boolean;
  endpoints: readonly string[];
  endpointsTyped: boolean;
  environment: Record<string, string | undefined>;
  tokens: TokenStore;
}

export interface DashboardReport {
  url: string;
  configuredBy: 'setting' | 'RAY_ADDRESS' | 'default';
  typedByUser: boolean;
  state: 'ok' | 'failed';
  error?: HttpError;
  /** Whether a token went there, never which. */
  token: TokenState;
}

export interface Discovery {
  targets: Target[];
  /** One sentence or two: why these. */
  reason: string;
  /** Absent where Ray was not asked. */
  dashboard?: DashboardReport;
  file?: DiscoveryFile;
  ray: RayInfo;
}

/** What discovery asks with. */
export interface DiscoveryContext {
  requestOptions: DashboardRequestOptions;
  /** Unix ms. */
  now: number;
  /** Looks for so many servers on these nodes. */
  find: (nodes: readonly string[], count: number) => Promise<DiscoveredServer[]>;
  /** The targets of the service-discovery file refused all: it is of a cluster that has ended. */
  distrustFile?: boolean;
}

const toError = (error: unknown): HttpError =>
  error instanceof HttpError ? error : new HttpError('other', error instanceof Error ? error.message : String(error));

/** Dynamo's workers show their metrics there unless DYN_SYSTEM_PORT says otherwise. */
const dynamoPort = '8081';

function endpointTargets({ endpoints, endpointsTyped, environment }: DiscoveryInput): Target[] {
  const dynamo = environment['DYN_SYSTEM_PORT'] || dynamoPort;
  return endpoints.map((text) => {
    const target = serverTarget(text, 'vllm', 'setting');
    const isDynamo = URL.canParse(target.url) && new URL(target.url).port === dynamo;
    return { ...target, typedByUser: endpointsTyped, ...(isDynamo && { kind: 'dynamo' as const }) };
  });
}

type PartialDiscovery = Omit<Discovery, 'ray'> & { ray?: RayInfo };

/** Rows of the discovery table: each path of the config to its targets and the reason. */
const discoverers: Record<
  DiscoveryInput['metricsPath'],
  (input: DiscoveryInput, tools: DiscoveryContext) => PartialDiscovery | Promise<PartialDiscovery>
> = {
  ray: discoverRay,
  servers: discoverServers,
  'external-servers': ({ serverUrls }) => ({
    targets: serverUrls.map((url) => serverTarget(url, 'vllm', 'config')),
    reason: 'The config names external servers.',
  }),
  'external-proxy': ({ proxyUrl }) => ({
    targets: proxyUrl === undefined ? [] : [serverTarget(proxyUrl, 'router', 'config')],
    reason:
      'The config names only an external proxy: a router, not an engine. Its servers are known to it alone; external_server_urls or skyrl.endpoints can name them.',
  }),
  none: () => ({ targets: [], reason: 'The engine of this config publishes no metrics.' }),
};

/** Targets of a run. Never rejects: what failed stands in the result. */
export async function discover(input: DiscoveryInput, tools: DiscoveryContext): Promise<Discovery> {
  const found = await discoverers[input.metricsPath](input, tools);
  return { ray: {}, ...found, targets: withoutRepeats([...found.targets, ...endpointTargets(input)]) };
}

async function discoverRay(
  input: DiscoveryInput,
  { requestOptions, now, distrustFile = false }: DiscoveryContext,
): Promise<PartialDiscovery> {
  const { url, configuredBy } = dashboardAddress(input.dashboardSetting, input.environment);
  const typedByUser = configuredBy === 'setting' && input.dashboardTyped;
  const { token, headers } = await tokenFor({ url, typedByUser }, input.environment, input.tokens);
  const asked: DashboardRequestOptions = { ...requestOptions, typedByUser, headers };
  const [file, version] = await Promise.all([
    readDiscoveryFile(input.environment, now),
    attempt(() => fetchRayInfo(url, asked)),
  ]);
  const ray = version.answer ?? {};
  const report = (error?: HttpError): DashboardReport => ({
    url,
    configuredBy,
    typedByUser,
    token,
    state: error ? 'failed' : 'ok',
    ...(error && { error }),
  });
  const base = { ray, ...(file && { file }) };
  // Whoever answers with an error page may still be an old dashboard; whoever cannot be asked is not asked twice.
  const silent =
    version.error && version.error.kind !== 'status' && version.error.kind !== 'wrong-type' ? version.error : undefined;
  // A dashboard that somebody named speaks for another cluster when it names another session than the file's.
  const foreign =
    configuredBy !== 'default' &&
    file?.session !== undefined &&
    ray.session !== undefined &&
    ray.session !== file.session;
  if (file?.isFresh && !foreign && !distrustFile && file.targets.length > 0)
    return {
      ...base,
      targets: file.targets,
      reason: 'Ray’s service-discovery file on this machine is fresh.',
      dashboard: report(silent),
    };
  const ended = distrustFile
    ? ' None of the targets in the service-discovery file answers: its cluster has ended.'
    : '';
  if (silent)
    return { ...base, targets: [], reason: `The dashboard did not answer.${ended}`, dashboard: report(silent) };
  const { answer, error } = await attempt(() => fetchTargets(url, asked));
  return {
    ...base,
    targets: answer ?? [],
    reason: (error ? 'The dashboard names no nodes.' : 'The dashboard names these nodes.') + ended,
    dashboard: report(error),
  };
}

/** Stats off: each server shows its own metrics, on the nodes that Ray names. Without a Ray it may be this machine. */
async function discoverServers(input: DiscoveryInput, tools: DiscoveryContext): Promise<PartialDiscovery> {
  const onRay = await discoverRay(input, tools);
  const actors = await discoverActors(onRay.dashboard, input, tools.requestOptions);
  const all = [...new Set(onRay.targets.flatMap(({ url }) => hostnameOf(url) ?? []))];
  const holding = nodesOfEngines(actors?.values() ?? []);
  const nodes =
    holding.length > 0 ? holding : all.length > 0 || onRay.dashboard?.configuredBy !== 'default' ? all : ['127.0.0.1'];
  const seen = await tools.find(nodes, input.serverCount);
  const where =
    nodes.length === 0
      ? 'no node is known'
      : `${seen.length} of ${input.serverCount} answer at ports 8000 + 100 k of ${nodes.slice(0, 4).join(', ')}${nodes.length > 4 ? ` and ${nodes.length - 4} more` : ''}`;
  return {
    ...onRay,
    targets: seen.map(({ base }) => serverTarget(base, 'vllm', 'nodes')),
    reason: `The config turns engine metrics on Ray off, so each server shows its own: ${where}.`,
  };
}

async function attempt<T>(ask: () => Promise<T>): Promise<{ answer?: T; error?: HttpError }> {
  try {
    return { answer: await ask() };
  } catch (error) {
    return { error: toError(error) };
  }
}

/** Load averages by node address, or undefined where the dashboard could not say. Never rejects. */
export async function discoverLoads(
  dashboard: DashboardReport | undefined,
  input: DiscoveryInput,
  asking: DashboardRequestOptions,
): Promise<Map<string, LoadAverage> | undefined> {
  if (dashboard?.state !== 'ok') return undefined;
  const { headers } = await tokenFor(dashboard, input.environment, input.tokens);
  return (
    await attempt(() => fetchNodeLoads(dashboard.url, { ...asking, typedByUser: dashboard.typedByUser, headers }))
  ).answer;
}

/** The actors of the cluster, or undefined where the dashboard could not say. Never rejects. */
export async function discoverActors(
  dashboard: DashboardReport | undefined,
  input: DiscoveryInput,
  asking: DashboardRequestOptions,
): Promise<Map<string, Actor> | undefined> {
  if (dashboard?.state !== 'ok') return undefined;
  const { headers } = await tokenFor(dashboard, input.environment, input.tokens);
  return (await attempt(() => fetchActors(dashboard.url, { ...asking, typedByUser: dashboard.typedByUser, headers })))
    .answer;
}
