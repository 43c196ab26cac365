/** GET requests to Ray's dashboard. Answers are read defensively: a field of another shape counts as missing. */
import { getJson } from '../http/getJson';
import { toUrlHost } from '../http/hostNames';
import { HttpError, type HttpGet } from '../http/httpGet';
import { maxBodyBytes } from '../http/responseBody';
import type { JsonObject } from '../shared/guards';
import { asNonEmptyText, asObject, asPositiveNumber } from '../shared/json';
import { runInSlices } from '../shared/timeSlice';
import { parseDiscoveryList } from './discoveryFile';
import { rayTarget, type Target } from './targets';

/** Time between the two requests of `fetchTwice`. */
const refetchDelayMs = 250;

/** What a request to the dashboard needs. */
export interface DashboardRequestOptions {
  get: HttpGet;
  signal: AbortSignal;
  timeoutMs: number;
  /** As in `GetOptions`. */
  typedByUser?: boolean;
  /** May hold the dashboard's token, so they are for its requests only. */
  headers?: Record<string, string>;
  /** Resolves after so many ms, or at once when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What the dashboard reports about its cluster. */
export interface RayInfo {
  version?: string;
  /** Name of the session. */
  session?: string;
}

function fetchDashboardJson(dashboard: string, path: string, options: DashboardRequestOptions): Promise<unknown> {
  const { get, signal, timeoutMs, typedByUser = false, headers = {} } = options;
  return getJson(
    get,
    `${dashboard}${path}`,
    { signal, timeoutMs, maxBytes: maxBodyBytes, typedByUser, headers, useProxy: true },
    `${path} does not answer with JSON: is this a Ray dashboard?`,
  );
}

/** Ray's version and the session's name. Rejects with an HttpError. */
export async function fetchRayInfo(dashboard: string, options: DashboardRequestOptions): Promise<RayInfo> {
  const answer = asObject(await fetchDashboardJson(dashboard, '/api/version', options));
  const version = asNonEmptyText(answer['ray_version']);
  const session = asNonEmptyText(answer['session_name']);
  return { ...(version !== undefined && { version }), ...(session !== undefined && { session }) };
}

/**
 * The cluster's targets from service discovery, or, where an older Ray has none (404), from the ports of the living
 * nodes. Rejects with an HttpError.
 */
export async function fetchTargets(dashboard: string, options: DashboardRequestOptions): Promise<Target[]> {
  let list: unknown;
  try {
    list = await fetchDashboardJson(dashboard, '/api/prometheus/sd', options);
  } catch (error) {
    if (!(error instanceof HttpError) || (error.status !== 404 && error.kind !== 'wrong-type')) throw error;
    return fetchNodeTargets(dashboard, options);
  }
  if (!Array.isArray(list))
    throw new HttpError('wrong-type', '/api/prometheus/sd answers with something else than a list');
  return runInSlices(parseDiscoveryList(list, 'dashboard'));
}

/**
 * Requests a path twice, a moment apart, and returns the second answer: Ray 2.57 answers with what it computed at the
 * request before (docs/decisions.md, Finding the node agents). Rejects with an HttpError.
 */
export async function fetchTwice(dashboard: string, path: string, options: DashboardRequestOptions): Promise<unknown> {
  await fetchDashboardJson(dashboard, path, options);
  await options.sleep(refetchDelayMs, options.signal);
  return fetchDashboardJson(dashboard, path, options);
}

/** The nodes as the dashboard lists them, dead ones too. Rejects with an HttpError. */
export async function fetchNodes(dashboard: string, options: DashboardRequestOptions): Promise<JsonObject[]> {
  const data = asObject(asObject(await fetchTwice(dashboard, '/nodes?view=summary', options))['data']);
  return Array.isArray(data['summary']) ? data['summary'].map(asObject) : [];
}

async function fetchNodeTargets(dashboard: string, options: DashboardRequestOptions): Promise<Target[]> {
  return (await fetchNodes(dashboard, options)).flatMap((node) => {
    const raylet = asObject(node['raylet']);
    const address = asNonEmptyText(raylet['nodeManagerAddress']);
    const port = asPositiveNumber(raylet['metricsExportPort']);
    if (raylet['state'] !== 'ALIVE' || address === undefined || port === undefined) return [];
    return rayTarget(`${toUrlHost(address)}:${port}`, 'nodes') ?? [];
  });
}
