/** From what is configured to what is scraped: DESIGN's discovery table. */
import { askActors, type Actor } from './actors';
import { askTargets, askVersion, type Asking, type RayVersion } from './dashboard';
import { HttpError } from './http';
import { dashboardAddress } from './rayAddress';
import { readDiscoveryFile, type DiscoveryFile } from './rayFile';
import { serverTarget, withoutRepeats, type Target } from './targets';

/** What discovery is told. `path` is what the config says of the engines' metrics. */
export interface DiscoveryInput {
  path: 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';
  serverUrls: readonly string[];
  proxyUrl?: string;
  dashboardSetting: string;
  /** A person typed it into user settings: then a link-local address is meant. */
  dashboardTyped: boolean;
  endpoints: readonly string[];
  endpointsTyped: boolean;
  environment: Record<string, string | undefined>;
}

export interface DashboardReport {
  url: string;
  from: 'setting' | 'RAY_ADDRESS' | 'default';
  typedByUser: boolean;
  state: 'ok' | 'failed';
  error?: HttpError;
}

export interface Discovery {
  targets: Target[];
  /** One sentence: why these. */
  why: string;
  /** Absent where Ray was not asked. */
  dashboard?: DashboardReport;
  file?: DiscoveryFile;
  ray: RayVersion;
}

const toError = (error: unknown): HttpError => (error instanceof HttpError ? error : new HttpError('other', error instanceof Error ? error.message : String(error)));

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

/** Rows of the discovery table that need no look at Ray: targets and the reason. */
const fromConfig: Partial<Record<DiscoveryInput['path'], (input: DiscoveryInput) => readonly [Target[], string]>> = {
  'external-servers': ({ serverUrls }) => [serverUrls.map((url) => serverTarget(url, 'vllm', 'config')), 'The config names external servers.'],
  'external-proxy': ({ proxyUrl }) => [
    proxyUrl === undefined ? [] : [serverTarget(proxyUrl, 'router', 'config')],
    'The config names only an external proxy: a router, not an engine.',
  ],
  servers: () => [[], 'The config turns engine metrics on Ray off: each server shows its own, and skyrl.endpoints can name them.'],
  none: () => [[], 'The engine of this config publishes no metrics.'],
};

/** Targets of a run. Never rejects: what failed stands in the result. */
export async function discover(input: DiscoveryInput, asking: Asking, now: number): Promise<Discovery> {
  const named = fromConfig[input.path]?.(input);
  const found: Discovery = named ? { targets: named[0], why: named[1], ray: {} } : await discoverRay(input, asking, now);
  return { ...found, targets: withoutRepeats([...found.targets, ...endpointTargets(input)]) };
}

async function discoverRay(input: DiscoveryInput, asking: Asking, now: number): Promise<Discovery> {
  const { url, from } = dashboardAddress(input.dashboardSetting, input.environment);
  const asked: Asking = { ...asking, typedByUser: from === 'setting' && input.dashboardTyped };
  const [file, version] = await Promise.all([readDiscoveryFile(input.environment, now), attempt(() => askVersion(url, asked))]);
  const ray = version.answer ?? {};
  const report = (error?: HttpError): DashboardReport => ({ url, from, typedByUser: asked.typedByUser === true, state: error ? 'failed' : 'ok', ...(error && { error }) });
  const base = { ray, ...(file && { file }) };
  // Whoever answers with an error page may still be an old dashboard; whoever cannot be asked is not asked twice.
  const silent = version.error && version.error.kind !== 'status' && version.error.kind !== 'wrong-type' ? version.error : undefined;
  // A dashboard that somebody named speaks for another cluster when it names another session than the file's.
  const foreign = from !== 'default' && file?.session !== undefined && ray.session !== undefined && ray.session !== file.session;
  if (file?.fresh && !foreign && file.targets.length > 0)
    return { ...base, targets: file.targets, why: 'Ray’s service-discovery file on this machine is fresh.', dashboard: report(silent) };
  if (silent) return { ...base, targets: [], why: 'The dashboard did not answer.', dashboard: report(silent) };
  const { answer, error } = await attempt(() => askTargets(url, asked));
  return { ...base, targets: answer ?? [], why: error ? 'The dashboard names no nodes.' : 'The dashboard names these nodes.', dashboard: report(error) };
}

async function attempt<T>(ask: () => Promise<T>): Promise<{ answer?: T; error?: HttpError }> {
  try {
    return { answer: await ask() };
  } catch (error) {
    return { error: toError(error) };
  }
}

/** The actors of the cluster, or undefined where the dashboard could not say. Never rejects. */
export async function discoverActors(dashboard: DashboardReport | undefined, asking: Asking): Promise<Map<string, Actor> | undefined> {
  if (dashboard?.state !== 'ok') return undefined;
  return (await attempt(() => askActors(dashboard.url, { ...asking, typedByUser: dashboard.typedByUser }))).answer;
}
