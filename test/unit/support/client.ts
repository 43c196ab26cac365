/** The real HTTP client and what asking needs, closed after each test. */
import type { DashboardRequestOptions } from '../../../src/discovery/dashboard';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';

export interface RealAsking extends DashboardRequestOptions {
  client: HttpClient;
  /** How long each pause between two questions would have been, in ms. */
  pauses: number[];
  cancel(): void;
}

/** Waits nowhere: pauses are only written down. */
export function realAsking(timeoutMs = 2000): RealAsking {
  const client = createHttpClient(() => Date.now());
  const ended = new AbortController();
  const pauses: number[] = [];
  return {
    client,
    pauses,
    timeoutMs,
    get: client.get,
    signal: ended.signal,
    cancel: () => ended.abort(),
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
}
