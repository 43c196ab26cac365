/** Ray's dashboard: the routes that lead to the nodes and their actors. */
import type { IncomingHttpHeaders } from 'node:http';
import { json, notFound, text, type Answer } from '../http/answer';
import { serve, type FixtureServer } from '../http/server';
import type { Json } from '../json';

/** What the dashboard knows, asked at each request. */
export interface DashboardData {
  version(): Json;
  serviceDiscovery(): Json;
  nodeSummary(): Json;
  actors(): Json;
}

/** Options that may change while it runs. */
export interface DashboardOptions {
  /** Answers 404 on `/api/prometheus/sd`, as Ray before 2.50 does. */
  withoutServiceDiscovery?: boolean;
  /** Token mode: without it 401, with another 403. */
  token?: string | undefined;
  /** `/nodes` and `/logical/actors` answer what they computed at the request before, as Ray 2.57 does. */
  cached?: boolean;
}

export interface Dashboard extends FixtureServer {
  readonly options: DashboardOptions;
}

const server = { Server: 'Python/3.11 aiohttp/3.13.2' };

function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const bearer = headers.authorization ?? headers['x-ray-authorization'];
  const cookie = /(?:^|;\s*)ray-authentication-token=([^;]*)/.exec(headers.cookie ?? '')?.[1];
  return typeof bearer === 'string' ? bearer.replace(/^Bearer\s+/i, '') : cookie;
}

function refusal(token: string | undefined, headers: IncomingHttpHeaders): Answer | undefined {
  if (token === undefined) return undefined;
  const given = tokenOf(headers);
  if (given === undefined) return text(401, 'Unauthorized: Missing authentication token', server);
  return given === token ? undefined : text(403, 'Forbidden: Invalid authentication token', server);
}

/** Remembers the answer of the request before. */
function lateAnswers(): (key: string, fresh: Json) => Json {
  const before = new Map<string, Json>();
  return (key, fresh) => {
    const late = before.get(key) ?? fresh;
    before.set(key, fresh);
    return late;
  };
}

/** Starts a dashboard; its `options` object may be changed while it runs. */
export async function startDashboard(data: DashboardData, options: DashboardOptions = {}): Promise<Dashboard> {
  const current: DashboardOptions = { ...options };
  const late = lateAnswers();
  const cached = (key: string, fresh: Json): Json => (current.cached ? late(key, fresh) : fresh);
  const routes: Record<string, (url: URL) => Answer> = {
    '/api/version': () => json(data.version(), server),
    '/api/prometheus/sd': () =>
      current.withoutServiceDiscovery
        ? notFound()
        : json(data.serviceDiscovery(), { ...server, 'Cache-Control': 'no-store' }),
    '/nodes': (url) => {
      const view = url.searchParams.get('view');
      if (view !== 'summary') return json({ result: false, msg: `Unknown view ${view}`, data: {} }, server);
      return json(cached('/nodes', data.nodeSummary()), server);
    },
    '/logical/actors': () => json(cached('/logical/actors', data.actors()), server),
  };
  const http = await serve((url, headers) => {
    if (url.pathname === '/api/gcs_healthz') return text(200, 'success', server);
    return refusal(current.token, headers) ?? routes[url.pathname]?.(url) ?? notFound();
  });
  return { ...http, options: current };
}
