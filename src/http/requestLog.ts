/** Records the HTTP requests of one scrape with their results, for the connection report. */
import { toHttpError } from './httpErrors';
import type { HttpError, HttpGet } from './httpGet';

/** One HTTP request. Headers are not recorded: one of them may be a token. */
export interface LoggedRequest {
  url: string;
  /** Whether the proxy settings applied. */
  proxied: boolean;
  tookMs: number;
  /** Length of the body, if the request succeeded. */
  bytes?: number;
  error?: HttpError;
}

/** A large cluster has more; a report with them all would not be readable. */
const maxRequests = 500;

/** Wraps a client: `get` behaves the same and adds each request to `requests`. `now` returns Unix ms. */
export function logRequests(get: HttpGet, now: () => number): { get: HttpGet; requests: LoggedRequest[] } {
  const requests: LoggedRequest[] = [];
  const add = (request: LoggedRequest): void => {
    if (requests.length < maxRequests) requests.push(request);
  };
  return {
    requests,
    get: async (url, options) => {
      const startedAt = now();
      const finish = (): LoggedRequest => ({ url, proxied: options.useProxy === true, tookMs: now() - startedAt });
      try {
        const response = await get(url, options);
        add({ ...finish(), bytes: response.bytes });
        return response;
      } catch (error) {
        add({ ...finish(), error: toHttpError(error) });
        throw error;
      }
    },
  };
}
