/** Calls of Prometheus's HTTP API, with a fallback from POST to GET. */
import { envelopeOf, type ApiEnvelope } from './apiEnvelope';
import { toPrometheusError } from './errors';
import type { PrometheusResponse, Send } from './sender';

/** Where the API is, and what requests are sent with. */
export interface ApiCallerOptions {
  send: Send;
  /** As `prometheusBase` returns it. */
  base: string;
  /** The address is in the user's own settings, so a link-local one is intended. */
  typedByUser: boolean;
  /** Credentials and tenant, made anew for each request. */
  headers: () => Promise<Record<string, string>>;
}

/** How a call is sent. */
export type Method = 'GET' | 'POST';
/** Names and values; a name may be repeated. */
export type Parameters = readonly (readonly [string, string])[];

/** Calls a path below `/api/v1/`; `timeoutMs`: for the whole response. Rejects with a PrometheusError. */
export type ApiCaller = (
  method: Method,
  path: string,
  parameters: Parameters,
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<ApiEnvelope>;

/** How a server, or a proxy in front of it, refuses POST. */
const postRefusedStatuses = [404, 405, 501];

/** A caller that uses GET once POST was refused and GET was not. */
export function createApiCaller({ send, base, typedByUser, headers }: ApiCallerOptions): ApiCaller {
  let refusesPost = false;

  async function request(
    method: Method,
    path: string,
    parameters: Parameters,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<PrometheusResponse> {
    const form = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
    const url = `${base}/api/v1/${path}${method === 'GET' && form !== '' ? `?${form}` : ''}`;
    const body = method === 'POST' ? { form } : {};
    return send({ url, method, headers: await headers(), signal, timeoutMs, typedByUser, ...body });
  }

  return async (method, path, parameters, timeoutMs, signal) => {
    try {
      const firstMethod = refusesPost ? 'GET' : method;
      const response = await request(firstMethod, path, parameters, timeoutMs, signal);
      const isRefused = postRefusedStatuses.includes(response.status) && !response.mediaType.endsWith('json');
      if (firstMethod === 'GET' || !isRefused) return envelopeOf(response);
      const retry = await request('GET', path, parameters, timeoutMs, signal);
      refusesPost = retry.status === 200;
      return envelopeOf(retry);
    } catch (error) {
      throw toPrometheusError(error);
    }
  };
}
