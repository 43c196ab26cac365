/** From what is configured to what is scraped: DESIGN's discovery table. */
import { askActors, nodesOfEngines, type Actor } from './actors';
import { askTargets, askVersion, type Asking, type RayVersion } from './dashboard';
import { askNodeLoads, type LoadAverage } from './nodeLoads';
import { HttpError } from '../http/httpGet';
import { dashboardAddress } from './dashboardAddress';
import { readDiscoveryFile, type DiscoveryFile } from './discoveryFile';
import type { ServerSeen } from './serverProbe';
import { hostOf, serverTarget, withoutRepeats, type Target } from './targets';
import { tokenFor, type TokenState, type TokenStore } from './token';

/** What discovery is told. `path` is what the config says of the engines' metrics. */
export interface DiscoveryInput {
  path: 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';
  serverUrls: readonly string[];
  proxyUrl?: string;
  /** Servers to look for on the nodes: engines × data-parallel size. */
  servers: number;
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
  from: 'setting' | 'RAY_ADDRESS' | 'default';
  typedByUser: boolean;
  state: 'ok' | 'failed';
  error?: HttpError;
  /** Whether a token went there, never which. */
  token: TokenState;
}

export interface Discovery {
  targets: Target[];
  /** One sentence or two: why these. */
  why: string;
  /** Absent where Ray was not asked. */
  dashboard?: DashboardReport;
  file?: DiscoveryFile;
  ray: RayVersion;
}

/** What discovery asks with. */
export interface DiscoveryTools {
  asking: Asking;
  /** Unix ms. */
  now: number;
  /** Looks for so many servers on these nodes. */
  find: (nodes: readonly string[], count: number) => Promise<ServerSeen[]>;
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

type Found = Omit<Discovery, 'ray'> & { ray?: RayVersion };

/** Rows of the discovery table: each path of the config to its targets and the reason. */
const table: Record<DiscoveryInput['path'], (input: DiscoveryInput, tools: DiscoveryTools) => Found | Promise<Found>> =
  {
    ray: discoverRay,
    servers: discoverServers,
    'external-servers': ({ serverUrls }) => ({
      targets: serverUrls.map((url) => serverTarget(url, 'vllm', 'config')),
      why: 'The config names external servers.',
    }),
    'external-proxy': ({ proxyUrl }) => ({
      targets: proxyUrl === undefined ? [] : [serverTarget(proxyUrl, 'router', 'config')],
      why: 'The config names only an external proxy: a router, not an engine. Its servers are known to it alone; external_server_urls or skyrl.endpoints can name them.',
    }),
    none: () => ({ targets: [], why: 'The engine of this config publishes no metrics.' }),
  };

/** Targets of a run. Never rejects: what failed stands in the result. */
export async function discover(input: DiscoveryInput, tools: DiscoveryTools): Promise<Discovery> {
  const found = await table[input.path](input, tools);
  return { ray: {}, ...found, targets: withoutRepeats([...found.targets, ...endpointTargets(input)]) };
}

async function discoverRay(
  input: DiscoveryInput,
  { asking, now, distrustFile = false }: DiscoveryTools,
): Promise<Found> {
  const { url, from } = dashboardAddress(input.dashboardSetting, input.environment);
  const typedByUser = from === 'setting' && input.dashboardTyped;
  const { token, headers } = await tokenFor({ url, typedByUser }, input.environment, input.tokens);
  const asked: Asking = { ...asking, typedByUser, headers };
  const [file, version] = await Promise.all([
    readDiscoveryFile(input.environment, now),
    attempt(() => askVersion(url, asked)),
  ]);
  const ray = version.answer ?? {};
  const report = (error?: HttpError): DashboardReport => ({
    url,
    from,
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
    from !== 'default' && file?.session !== undefined && ray.session !== undefined && ray.session !== file.session;
  if (file?.fresh && !foreign && !distrustFile && file.targets.length > 0)
    return {
      ...base,
      targets: file.targets,
      why: 'Ray’s service-discovery file on this machine is fresh.',
      dashboard: report(silent),
    };
  const ended = distrustFile
    ? ' None of the targets in the service-discovery file answers: its cluster has ended.'
    : '';
  if (silent) return { ...base, targets: [], why: `The dashboard did not answer.${ended}`, dashboard: report(silent) };
  const { answer, error } = await attempt(() => askTargets(url, asked));
  return {
    ...base,
    targets: answer ?? [],
    why: (error ? 'The dashboard names no nodes.' : 'The dashboard names these nodes.') + ended,
    dashboard: report(error),
  };
}

/** Stats off: each server shows its own metrics, on the nodes that Ray names. Without a Ray it may be this machine. */
async function discoverServers(input: DiscoveryInput, tools: DiscoveryTools): Promise<Found> {
  const onRay = await discoverRay(input, tools);
  const actors = await discoverActors(onRay.dashboard, input, tools.asking);
  const all = [...new Set(onRay.targets.flatMap(({ url }) => hostOf(url) ?? []))];
  const holding = nodesOfEngines(actors?.values() ?? []);
  const nodes =
    holding.length > 0 ? holding : all.length > 0 || onRay.dashboard?.from !== 'default' ? all : ['127.0.0.1'];
  const seen = await tools.find(nodes, input.servers);
  const where =
    nodes.length === 0
      ? 'no node is known'
      : `${seen.length} of ${input.servers} answer at ports 8000 + 100 k of ${nodes.slice(0, 4).join(', ')}${nodes.length > 4 ? ` and ${nodes.length - 4} more` : ''}`;
  return {
    ...onRay,
    targets: seen.map(({ base }) => serverTarget(base, 'vllm', 'nodes')),
    why: `The config turns engine metrics on Ray off, so each server shows its own: ${where}.`,
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
  asking: Asking,
): Promise<Map<string, LoadAverage> | undefined> {
  if (dashboard?.state !== 'ok') return undefined;
  const { headers } = await tokenFor(dashboard, input.environment, input.tokens);
  return (await attempt(() => askNodeLoads(dashboard.url, { ...asking, typedByUser: dashboard.typedByUser, headers })))
    .answer;
}

/** The actors of the cluster, or undefined where the dashboard could not say. Never rejects. */
export async function discoverActors(
  dashboard: DashboardReport | undefined,
  input: DiscoveryInput,
  asking: Asking,
): Promise<Map<string, Actor> | undefined> {
  if (dashboard?.state !== 'ok') return undefined;
  const { headers } = await tokenFor(dashboard, input.environment, input.tokens);
  return (await attempt(() => askActors(dashboard.url, { ...asking, typedByUser: dashboard.typedByUser, headers })))
    .answer;
}
