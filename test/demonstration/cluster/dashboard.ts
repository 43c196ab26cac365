/** Ray's dashboard: the routes that lead to nodes and actors. */
import type { IncomingHttpHeaders } from 'node:http';
import { json, notFound, text, type Answer } from '../http/answer';
import { serve, type FixtureServer } from '../http/server';
import type { Json } from '../json';

/** What the dashboard knows; called at each request. */
interface DashboardData {
  version(): Json;
  serviceDiscovery(): Json;
  nodeSummary(): Json;
  actors(): Json;
}

/** Options of a dashboard; they may change while it runs. */
export interface DashboardOptions {
  /** Answers 404 on `/api/prometheus/sd`, as Ray before 2.50 does. */
  withoutServiceDiscovery?: boolean;
  /** Requires this token: 401 without one, 403 with another. */
  token?: string | undefined;
  /** Answers `/nodes` and `/logical/actors` with what it computed at the request before, as Ray 2.57 does. */
  cached?: boolean;
}

/** A running dashboard. */
export interface Dashboard extends FixtureServer {
  readonly options: DashboardOptions;
}

const serverHeader = { Server: 'Python/3.11 aiohttp/3.13.2' };

function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const bearer = headers.authorization ?? headers['x-ray-authorization'];
  const cookie = /(?:^|;\s*)ray-authentication-token=([^;]*)/.exec(headers.cookie ?? '')?.[1];
  return typeof bearer === 'string' ? bearer.replace(/^Bearer\s+/i, '') : cookie;
}

/** The answer to a request without the required token; undefined if it has it. */
function tokenError(requiredToken: string | undefined, headers: IncomingHttpHeaders): Answer | undefined {
  if (requiredToken === undefined) return undefined;
  const token = tokenOf(headers);
  if (token === undefined) return text(401, 'Unauthorized: Missing authentication token', serverHeader);
  return token === requiredToken ? undefined : text(403, 'Forbidden: Invalid authentication token', serverHeader);
}

/** A function that returns the value of the call before, by key; at the first call, the value itself. */
function createDelay(): (key: string, value: Json) => Json {
  const previous = new Map<string, Json>();
  return (key, value) => {
    const delayed = previous.get(key) ?? value;
    previous.set(key, value);
    return delayed;
  };
}

/** Starts a dashboard. */
export async function startDashboard(data: DashboardData, options: DashboardOptions = {}): Promise<Dashboard> {
  const currentOptions: DashboardOptions = { ...options };
  const delay = createDelay();
  const cached = (path: string, value: Json): Json => (currentOptions.cached ? delay(path, value) : value);
  const routes: Record<string, (url: URL) => Answer> = {
    '/api/version': () => json(data.version(), serverHeader),
    '/api/prometheus/sd': () =>
      currentOptions.withoutServiceDiscovery
        ? notFound()
        : json(data.serviceDiscovery(), { ...serverHeader, 'Cache-Control': 'no-store' }),
    '/nodes': (url) => {
      const view = url.searchParams.get('view');
      if (view !== 'summary') return json({ result: false, msg: `Unknown view ${view}`, data: {} }, serverHeader);
      return json(cached('/nodes', data.nodeSummary()), serverHeader);
    },
    '/logical/actors': () => json(cached('/logical/actors', data.actors()), serverHeader),
  };
  const server = await serve((url, headers) => {
    if (url.pathname === '/api/gcs_healthz') return text(200, 'success', serverHeader);
    return tokenError(currentOptions.token, headers) ?? routes[url.pathname]?.(url) ?? notFound();
  });
  return { ...server, options: currentOptions };
}
