/** A node's metrics agent: Ray's `prometheus_client` server. No authentication, one connection a request. */
import { gzipSync } from 'node:zlib';
import { notFound, type Answer } from '../http/answer';
import { serve, type FixtureServer } from '../http/server';

const headers = {
  'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
  Server: 'WSGIServer/0.2 CPython/3.11.7',
  Connection: 'close',
};

/** Starts an agent that answers `/metrics` and `/` with what `body` gives at the moment of the request; gzip only when asked. */
export function startNodeAgent(body: () => Buffer): Promise<FixtureServer> {
  return serve((url, asked): Answer => {
    if (url.pathname !== '/metrics' && url.pathname !== '/') return notFound();
    if (!/\bgzip\b/.test(String(asked['accept-encoding'] ?? ''))) return { status: 200, headers, body: body() };
    return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: gzipSync(body(), { level: 1 }) };
  });
}
