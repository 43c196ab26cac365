/** Calls of Prometheus's HTTP API, with a fallback from POST to GET. */
import { isRedirect } from '../http/redirects';
import { envelopeOf, isApiResponse, parseResponse, type ApiEnvelope, type ApiResponse } from './apiEnvelope';
import { PrometheusError, toPrometheusError } from './errors';
import type { Send } from './sender';

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

/** Calls of one server's API. */
export interface ApiCaller {
  /** Calls a path below `/api/v1/`; `timeoutMs`: for each response as a whole. Rejects with a PrometheusError. */
  call(
    method: Method,
    path: string,
    parameters: Parameters,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ApiEnvelope>;
  /** POST was refused and GET was not. */
  readonly prefersGet: boolean;
}

/** What is not about the method: credentials, sizes, load, and a server behind the proxy that does not answer. */
const otherRefusals: ReadonlySet<number> = new Set([401, 407, 408, 413, 429, 502, 503, 504]);

/**
 * Whether a response may be a refusal of POST. Grafana and Kubernetes use 403, others 405, 404 or 501, plugins that know
 * no POST an internal error, and gateways a page with any status. The API itself uses some of these, but says so in its
 * own form.
 */
function refusesPost(response: ApiResponse): boolean {
  const { status, mediaType } = response;
  if (status === 405) return true;
  if (isApiResponse(response) || otherRefusals.has(status) || isRedirect(status)) return false;
  // JSON that broke off, or that is of another kind, was not written for a method that is not known.
  return status !== 200 || !mediaType.endsWith('json');
}

/** How servers refuse a URL that is too long. */
const isUrlTooLong = ({ status }: ApiResponse): boolean => status === 414 || status === 431;

/**
 * A caller that uses GET once POST was refused and GET was not. Where both are refused, the error is that of POST. A
 * proxy may refuse POST for some paths only, so POST is tried where a query is too long for GET.
 */
export function createApiCaller({ send, base, typedByUser, headers }: ApiCallerOptions): ApiCaller {
  let prefersGet = false;
  const pathsWithoutPost = new Set<string>();

  async function request(
    method: Method,
    path: string,
    parameters: Parameters,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ApiResponse> {
    const form = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
    const url = `${base}/api/v1/${path}${method === 'GET' && form !== '' ? `?${form}` : ''}`;
    const body = method === 'POST' ? { form } : {};
    return parseResponse(
      await send({ url, method, headers: await headers(), signal, timeoutMs, typedByUser, ...body }),
    );
  }

  type Ask = (method: Method) => Promise<ApiResponse>;

  async function getInsteadOfPost(path: string, ask: Ask, signal: AbortSignal): Promise<ApiEnvelope> {
    const refusal = await ask('POST');
    if (!refusesPost(refusal)) return envelopeOf(refusal);
    const answer = await ask('GET').catch((error: unknown) => {
      if (signal.aborted) throw error;
      return refusal;
    });
    if (isUrlTooLong(answer)) throw new PrometheusError('query-too-long', '');
    if (!isApiResponse(answer)) return envelopeOf(refusal);
    prefersGet = true;
    pathsWithoutPost.add(path);
    return envelopeOf(answer);
  }

  async function postInsteadOfGet(path: string, ask: Ask): Promise<ApiEnvelope> {
    const answer = await ask('GET');
    if (!isUrlTooLong(answer)) return envelopeOf(answer);
    const retry = pathsWithoutPost.has(path) ? answer : await ask('POST');
    if (isApiResponse(retry)) return envelopeOf(retry);
    throw new PrometheusError('query-too-long', '');
  }

  return {
    async call(method, path, parameters, timeoutMs, signal) {
      const ask: Ask = (usedMethod) => request(usedMethod, path, parameters, timeoutMs, signal);
      try {
        if (method === 'GET') return envelopeOf(await ask('GET'));
        return await (prefersGet ? postInsteadOfGet(path, ask) : getInsteadOfPost(path, ask, signal));
      } catch (error) {
        throw toPrometheusError(error);
      }
    },
    get prefersGet() {
      return prefersGet;
    },
  };
}
