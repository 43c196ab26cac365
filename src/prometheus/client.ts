/** The client of one Prometheus's HTTP API: GETs, and POSTs of forms for what a query may make long. */
import {
  metadataOf,
  queryData,
  stringField,
  ShapeError,
  targetsOf,
  textList,
  labelsOf,
  type ActiveTarget,
  type LabelSet,
  type MetricMetadata,
  type QueryData,
} from './responseData';
import { apiError, foreignError, PrometheusError, toPrometheusError } from './errors';
import type { Send, PrometheusResponse } from './sender';

export interface ClientOptions {
  send: Send;
  /** As `prometheusBase` gives it. */
  base: string;
  typedByUser: boolean;
  /** Made anew for each request: credentials and tenant. */
  headers: () => Promise<Record<string, string>>;
  now: () => number;
}

/** What a query gave. */
export interface QueryResponse {
  data: QueryData;
  warnings: string[];
  infos: string[];
  /** The answer as it came. */
  raw: string;
  /** From the request to the whole answer, in ms. */
  tookMs: number;
}

export interface RangeOptions {
  /** Unix ms. */
  from: number;
  to: number;
  stepMs: number;
}

export interface PrometheusClient {
  readonly base: string;
  /** At a moment, in Unix ms; undefined: at the server's own now. `timeoutMs`: for the whole answer, two minutes unless said otherwise. */
  query(query: string, at: number | undefined, signal: AbortSignal, timeoutMs?: number): Promise<QueryResponse>;
  queryRange(query: string, range: RangeOptions, signal: AbortSignal, timeoutMs?: number): Promise<QueryResponse>;
  /** The query as the server would write it, without its comments; rejects with `bad-query` and a place. `undefined`: the server cannot do that. */
  formatQuery(query: string, signal: AbortSignal): Promise<string | undefined>;
  labelNames(match: readonly string[], signal: AbortSignal): Promise<string[]>;
  labelValues(label: string, match: readonly string[], signal: AbortSignal): Promise<string[]>;
  series(match: readonly string[], limit: number, signal: AbortSignal): Promise<LabelSet[]>;
  metadata(signal: AbortSignal): Promise<Map<string, MetricMetadata>>;
  targets(signal: AbortSignal): Promise<ActiveTarget[]>;
  /** Version and, where it says so, its kind. */
  buildInfo(signal: AbortSignal): Promise<{ version: string }>;
}

/** A person waits for a query as long as it takes; the server's own limit is two minutes unless told otherwise. */
const queryMs = 120_000;
/** What is asked in passing must not hang. */
const lookUpMs = 10_000;

type Parameters = readonly (readonly [string, string])[];
interface Envelope {
  data: unknown;
  warnings: string[];
  infos: string[];
  raw: string;
}

const seconds = (ms: number): string => String(ms / 1000);
const matches = (match: readonly string[]): Parameters => match.map((selector) => ['match[]', selector] as const);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];

/** The envelope of a good answer, or the error that this answer is. */
export function envelopeOf(sent: PrometheusResponse): Envelope {
  const isJson = sent.mediaType.endsWith('json');
  if (!isJson) throw foreignError(sent);
  let parsed: unknown;
  try {
    parsed = JSON.parse(sent.text);
  } catch {
    throw sent.status === 200 ? new PrometheusError('broken-answer', '') : foreignError(sent);
  }
  const { status, data, errorType, error, warnings, infos } = (parsed ?? {}) as Record<string, unknown>;
  if (status === 'error' && typeof error === 'string') throw apiError({ errorType: String(errorType), error });
  if (sent.status !== 200) throw foreignError(sent);
  if (status !== 'success') throw new PrometheusError('not-prometheus', 'It sends JSON of another kind.');
  return { data, warnings: texts(warnings), infos: texts(infos), raw: sent.text };
}

/** A shape that does not fit is an answer of something else. */
function checkShape<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ShapeError) throw new PrometheusError('not-prometheus', `It sends ${error.message}.`);
    throw error;
  }
}

export function createPrometheusClient({ send, base, typedByUser, headers, now }: ClientOptions): PrometheusClient {
  /** Whether this server, or a proxy before it, refuses POST. */
  let getOnly = false;

  async function once(
    method: 'GET' | 'POST',
    path: string,
    parameters: Parameters,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<PrometheusResponse> {
    const form = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
    const url = `${base}/api/v1/${path}${method === 'GET' && form !== '' ? `?${form}` : ''}`;
    return send({
      url,
      method,
      headers: await headers(),
      signal,
      timeoutMs,
      typedByUser,
      ...(method === 'POST' && { form }),
    });
  }

  async function ask(
    method: 'GET' | 'POST',
    path: string,
    parameters: Parameters,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Envelope> {
    try {
      const sent = await once(getOnly ? 'GET' : method, path, parameters, timeoutMs, signal);
      if (method === 'POST' && !getOnly && [404, 405, 501].includes(sent.status) && !sent.mediaType.endsWith('json')) {
        const again = await once('GET', path, parameters, timeoutMs, signal);
        getOnly = again.status === 200;
        return envelopeOf(again);
      }
      return envelopeOf(sent);
    } catch (error) {
      throw toPrometheusError(error);
    }
  }

  async function run(
    path: string,
    parameters: Parameters,
    signal: AbortSignal,
    timeoutMs = queryMs,
  ): Promise<QueryResponse> {
    const begun = now();
    const { data, warnings, infos, raw } = await ask('POST', path, parameters, timeoutMs, signal);
    const tookMs = now() - begun;
    return { data: checkShape(() => queryData(data)), warnings, infos, raw, tookMs };
  }

  const lookUp = async <T>(
    method: 'GET' | 'POST',
    path: string,
    parameters: Parameters,
    make: (data: unknown) => T,
    signal: AbortSignal,
  ): Promise<T> => {
    const { data } = await ask(method, path, parameters, lookUpMs, signal);
    return checkShape(() => make(data));
  };

  return {
    base,
    query: (query, at, signal, timeoutMs) =>
      run(
        'query',
        [['query', query], ...(at === undefined ? [] : [['time', seconds(at)] as const])],
        signal,
        timeoutMs,
      ),
    queryRange: (query, { from, to, stepMs }, signal, timeoutMs) =>
      run(
        'query_range',
        [
          ['query', query],
          ['start', seconds(from)],
          ['end', seconds(to)],
          ['step', seconds(stepMs)],
        ],
        signal,
        timeoutMs,
      ),
    async formatQuery(query, signal) {
      try {
        return await lookUp(
          'POST',
          'format_query',
          [['query', query]],
          (data) => (typeof data === 'string' ? data : undefined),
          signal,
        );
      } catch (error) {
        if (error instanceof PrometheusError && (error.kind === 'no-api' || error.kind === 'not-prometheus'))
          return undefined;
        throw error;
      }
    },
    labelNames: (match, signal) => lookUp('POST', 'labels', matches(match), textList, signal),
    labelValues: (label, match, signal) =>
      lookUp('GET', `label/${encodeURIComponent(label)}/values`, matches(match), textList, signal),
    series: (match, limit, signal) =>
      lookUp(
        'POST',
        'series',
        [...matches(match), ['limit', String(limit)]],
        (data) => (Array.isArray(data) ? data.slice(0, limit).map(labelsOf) : []),
        signal,
      ),
    metadata: (signal) => lookUp('GET', 'metadata', [], metadataOf, signal),
    targets: (signal) => lookUp('GET', 'targets', [['state', 'active']], targetsOf, signal),
    buildInfo: (signal) =>
      lookUp('GET', 'status/buildinfo', [], (data) => ({ version: stringField(data, 'version') }), signal),
  };
}
