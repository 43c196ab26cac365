/** The client and the source of a real server, at a time that the test sets. */
import type { SourceRequest } from '../../../src/collector/snapshotSource';
import { createPrometheusClient, type PrometheusClient } from '../../../src/prometheus/client';
import { PrometheusSource } from '../../../src/prometheus/prometheusSource';
import type { Send } from '../../../src/prometheus/sender';
import { catalogIndex } from '../support/catalogIndex';

/** The client of a server at an address that a person typed. */
export const clientOf = (send: Send, base: string, headers: Record<string, string> = {}): PrometheusClient =>
  createPrometheusClient({ send, base, typedByUser: true, now: Date.now, headers: () => Promise.resolve(headers) });

/** The same; a query without a time is at the test's now (Unix ms) instead of the server's. */
export function clientAt(send: Send, base: string, now: () => number): PrometheusClient {
  const client = clientOf(send, base);
  return { ...client, query: (query, at, ...more) => client.query(query, at ?? now(), ...more) };
}

/** The source from a server that scrapes every 10 s. `now`: Unix ms. */
export const sourceOf = (client: PrometheusClient, now: () => number): PrometheusSource =>
  new PrometheusSource({
    catalogIndex,
    getClient: () => client,
    readIntervalMs: () => Promise.resolve(10_000),
    now,
  });

/** What a scrape of the timer asks a source for. It asks no target, and discovers nothing again. */
export const timerRequest = (
  request: Pick<SourceRequest, 'discovery' | 'session'> & Partial<SourceRequest>,
): SourceRequest => ({
  trigger: 'timer',
  get: () => Promise.reject(new Error('no target is asked')),
  signal: new AbortController().signal,
  timeoutMs: 5000,
  intervalMs: 10_000,
  rediscover: () => Promise.reject(new Error('discovered twice')),
  ...request,
});
