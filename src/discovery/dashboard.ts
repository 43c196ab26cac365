/** Ray's dashboard, asked with GET only. Shapes are read defensively: what is not there is left out. */
import { HttpError, type HttpGet } from '../http/httpGet';
import { asObject, asPositiveNumber, asNonEmptyText } from '../shared/json';
import { parseDiscoveryList } from './discoveryFile';
import { rayTarget, type Target } from './targets';

/** A cluster of 64 nodes answers `/nodes?view=summary` with a few MB, ten thousand actors make some 30. */
const maxBytes = 32 * 2 ** 20;
/** From one question to the next: the dashboard answers with what it computed at the question before (2.57). */
const refetchDelayMs = 250;

export interface DashboardRequestOptions {
  get: HttpGet;
  signal: AbortSignal;
  timeoutMs: number;
  /** As in `GetOptions`. */
  typedByUser?: boolean;
  /** May hold the dashboard's token: for its requests only. */
  headers?: Record<string, string>;
  /** Resolves after so many ms, at once when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface RayInfo {
  version?: string;
  session?: string;
}

/** One answer of the dashboard as JSON. Rejects with an HttpError. */
export async function fetchDashboardJson(
  dashboard: string,
  path: string,
  asking: DashboardRequestOptions,
): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  const { signal, timeoutMs, typedByUser = false, headers = {} } = asking;
  await asking.get(`${dashboard}${path}`, {
    signal,
    timeoutMs,
    maxBytes,
    typedByUser,
    headers,
    useProxy: true,
    onChunk: (chunk) => chunks.push(Uint8Array.from(chunk)),
  });
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new HttpError('wrong-type', `${path} does not answer with JSON: is this a Ray dashboard?`);
  }
}

/** Ray's version and the session's name. Rejects with an HttpError. */
export async function fetchRayInfo(dashboard: string, asking: DashboardRequestOptions): Promise<RayInfo> {
  const answer = asObject(await fetchDashboardJson(dashboard, '/api/version', asking));
  const version = asNonEmptyText(answer['ray_version']);
  const session = asNonEmptyText(answer['session_name']);
  return { ...(version !== undefined && { version }), ...(session !== undefined && { session }) };
}

/** The targets by service discovery; on a 404 (older Ray) the living nodes' own ports. Rejects with an HttpError. */
export async function fetchTargets(dashboard: string, asking: DashboardRequestOptions): Promise<Target[]> {
  try {
    return parseDiscoveryList(await fetchDashboardJson(dashboard, '/api/prometheus/sd', asking), 'dashboard');
  } catch (error) {
    if (error instanceof HttpError && error.status !== 404 && error.kind !== 'wrong-type') throw error;
    return fetchNodeTargets(dashboard, asking);
  }
}

/** Asks twice, a moment apart: the first answer is as old as the last question. */
export async function fetchTwice(dashboard: string, path: string, asking: DashboardRequestOptions): Promise<unknown> {
  await fetchDashboardJson(dashboard, path, asking);
  await asking.sleep(refetchDelayMs, asking.signal);
  return fetchDashboardJson(dashboard, path, asking);
}

async function fetchNodeTargets(dashboard: string, asking: DashboardRequestOptions): Promise<Target[]> {
  const data = asObject(asObject(await fetchTwice(dashboard, '/nodes?view=summary', asking))['data']);
  const summary = Array.isArray(data['summary']) ? data['summary'] : [];
  return summary.flatMap((node) => {
    const raylet = asObject(asObject(node)['raylet']);
    const address = asNonEmptyText(raylet['nodeManagerAddress']);
    const port = asPositiveNumber(raylet['metricsExportPort']);
    // Dead nodes stay listed.
    if (raylet['state'] !== 'ALIVE' || address === undefined || port === undefined) return [];
    return rayTarget(`${address.includes(':') ? `[${address}]` : address}:${port}`, 'nodes') ?? [];
  });
}
