/** The real HTTP client, with options for requests to a dashboard that never wait. */
import type { DashboardRequestOptions } from '../../../src/discovery/dashboard';
import { createHttpClient, type HttpClient } from '../../../src/http/httpClient';

/** The options, and what a test needs beside them. */
export interface RealAsking extends DashboardRequestOptions {
  client: HttpClient;
  /** The pauses between requests that were asked for, in ms. */
  pauses: number[];
  /** Aborts the signal. */
  cancel(): void;
}

/** Options whose pauses are only noted. The test must close the client. */
export function realAsking(timeoutMs = 2000): RealAsking {
  const client = createHttpClient(() => Date.now());
  const controller = new AbortController();
  const pauses: number[] = [];
  return {
    client,
    pauses,
    timeoutMs,
    get: client.get,
    signal: controller.signal,
    cancel: () => controller.abort(),
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
}
