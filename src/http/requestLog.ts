/** Every request of one round, with what came back: what a diagnosis shows. */
import { HttpError, type HttpGet } from './httpGet';

export interface LoggedRequest {
  url: string;
  /** Goes by the proxy's settings. */
  proxied: boolean;
  tookMs: number;
  bytes?: number;
  error?: HttpError;
}

/** A cluster of hundreds of nodes has more; nobody reads them. */
const maxRequests = 500;

/** The same client, writing down what it is asked. Headers are not written down: one of them may be a token. */
export function logRequests(get: HttpGet, now: () => number): { get: HttpGet; requests: LoggedRequest[] } {
  const requests: LoggedRequest[] = [];
  const keep = (request: LoggedRequest): void => {
    if (requests.length < maxRequests) requests.push(request);
  };
  return {
    requests,
    get: async (url, options) => {
      const began = now();
      const request = (): LoggedRequest => ({ url, proxied: options.useProxy === true, tookMs: now() - began });
      try {
        const answer = await get(url, options);
        keep({ ...request(), bytes: answer.bytes });
        return answer;
      } catch (error) {
        keep({ ...request(), error: error instanceof HttpError ? error : new HttpError('other', String(error)) });
        throw error;
      }
    },
  };
}
