/** From what is configured to what is scraped: DESIGN's discovery table. */
import { allowedUrl } from './address';
import { askActors, askTargets, askVersion, type Actor, type Asking, type RayVersion } from './dashboard';
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
  endpoints: readonly string[];
  environment: Record<string, string | undefined>;
}

export interface DashboardReport {
  url: string;
  from: 'setting' | 'RAY_ADDRESS' | 'default';
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

function endpointTargets(endpoints: readonly string[]): Target[] {
  return endpoints.map((url) => serverTarget(url, url.includes(':8081') ? 'dynamo' : 'vllm', 'setting'));
}

/** Targets of a run. Never rejects: what failed stands in the result. */
export async function discover(input: DiscoveryInput, asking: Asking, now: number): Promise<Discovery> {
  const added = endpointTargets(input.endpoints);
  const fromConfig: Partial<Record<DiscoveryInput['path'], () => [Target[], string]>> = {
    'external-servers': () => [input.serverUrls.map((url) => serverTarget(url, 'vllm', 'config')), 'The config names external servers.'],
    'external-proxy': () => [[serverTarget(input.proxyUrl ?? '', 'router', 'config')], 'The config names only an external proxy: a router, not an engine.'],
    none: () => [[], 'The engine of this config publishes no metrics.'],
  };
  const named = fromConfig[input.path]?.();
  if (named) return { targets: withoutRepeats([...named[0], ...added]), why: named[1], ray: {} };
  const ray = await discoverRay(input, asking, now);
  return { ...ray, targets: withoutRepeats([...ray.targets, ...added]) };
}

async function discoverRay(input: DiscoveryInput, asking: Asking, now: number): Promise<Discovery> {
  const { url, from } = dashboardAddress(input.dashboardSetting, input.environment);
  const [file, version] = await Promise.all([readDiscoveryFile(input.environment, now), askAllowed(url, from, (base) => askVersion(base, asking))]);
  const ray = version.answer ?? {};
  const report = (error?: HttpError): DashboardReport => ({ url, from, state: error ? 'failed' : 'ok', ...(error && { error }) });
  const base = { ray, ...(file && { file }) };
  // A dashboard that somebody named speaks for another cluster when it names another session than the file's.
  const foreign = from !== 'default' && file?.session !== undefined && ray.session !== undefined && ray.session !== file.session;
  if (file?.fresh && !foreign && file.targets.length > 0)
    return { ...base, targets: file.targets, why: 'Ray’s service-discovery file on this machine is fresh.', dashboard: report(version.error) };
  // A dashboard that did not answer one question is not asked the next; only an old one knows no version.
  if (version.error && version.error.status !== 404) return { ...base, targets: [], why: 'The dashboard did not answer.', dashboard: report(version.error) };
  const targets = await askAllowed(url, from, (dashboard) => askTargets(dashboard, asking));
  return { ...base, targets: targets.answer ?? [], why: targets.error ? 'The dashboard names no nodes.' : 'The dashboard names these nodes.', dashboard: report(targets.error) };
}

async function askAllowed<T>(url: string, from: DashboardReport['from'], ask: (url: string) => Promise<T>): Promise<{ answer?: T; error?: HttpError }> {
  try {
    allowedUrl(url, from === 'setting');
    return { answer: await ask(url) };
  } catch (error) {
    return { error: toError(error) };
  }
}

/** The actors of the cluster, or undefined where the dashboard could not say. Never rejects. */
export async function discoverActors(dashboard: DashboardReport | undefined, asking: Asking): Promise<Map<string, Actor> | undefined> {
  if (dashboard?.state !== 'ok') return undefined;
  return askActors(dashboard.url, asking).catch(() => undefined);
}
