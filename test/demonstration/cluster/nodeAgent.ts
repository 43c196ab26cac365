/**
 * A node's metrics agent: Ray's `prometheus_client` server, without authentication, with one connection per request.
 */
import { gzipSync } from 'node:zlib';
import { notFound, type Answer } from '../http/answer';
import { serve, type FixtureServer } from '../http/server';

const headers = {
  'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
  Server: 'WSGIServer/0.2 CPython/3.11.7',
  Connection: 'close',
};

/** Starts an agent that answers `/metrics` and `/` with the body at the time of the request, compressed if accepted. */
export function startNodeAgent(body: () => Buffer): Promise<FixtureServer> {
  return serve((url, requestHeaders): Answer => {
    if (url.pathname !== '/metrics' && url.pathname !== '/') return notFound();
    const acceptsGzip = /\bgzip\b/.test(String(requestHeaders['accept-encoding'] ?? ''));
    if (!acceptsGzip) return { status: 200, headers, body: body() };
    return { status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: gzipSync(body(), { level: 1 }) };
  });
}
