/** A client of one Prometheus's HTTP API. What may be long, such as queries and matchers, is sent as a form by POST. */
import { runInSlices } from '../shared/timeSlice';
import { createApiCaller, type ApiCallerOptions, type Method, type Parameters } from './apiCaller';
import { withCheckedShape } from './apiEnvelope';
import { PrometheusError } from './errors';
import {
  labelsOf,
  metadataOf,
  queryData,
  stringField,
  targetsOf,
  textList,
  type ActiveTarget,
  type LabelSet,
  type MetricMetadata,
  type QueryData,
} from './responseData';

/** What a client needs. */
export interface ClientOptions extends ApiCallerOptions {
  /** Unix ms. */
  now: () => number;
}

/** The result of a query. */
export interface QueryResponse {
  data: QueryData;
  warnings: string[];
  infos: string[];
  /** The response as it came. */
  raw: Uint8Array;
  /** From the request to the end of the response, in ms. */
  tookMs: number;
}

/** The times of a range query, ends included. */
export interface RangeOptions {
  /** Unix ms. */
  from: number;
  to: number;
  stepMs: number;
}

/** One Prometheus. All methods reject with a PrometheusError. */
export interface PrometheusClient {
  readonly base: string;
  /** Whether this server was found to refuse POST but not GET. */
  readonly prefersGet: boolean;
  /**
   * An instant query at `at`, Unix ms; undefined: the server's now. `timeoutMs`: for the whole response; two minutes by
   * default.
   */
  query(query: string, at: number | undefined, signal: AbortSignal, timeoutMs?: number): Promise<QueryResponse>;
  queryRange(query: string, range: RangeOptions, signal: AbortSignal, timeoutMs?: number): Promise<QueryResponse>;
  /**
   * The query as the server formats it, without comments; undefined if the server cannot format. Rejects with
   * `bad-query` and a position.
   */
  formatQuery(query: string, signal: AbortSignal): Promise<string | undefined>;
  labelNames(match: readonly string[], signal: AbortSignal): Promise<string[]>;
  /** `from`: Unix ms; undefined: as far back as the server looks by itself. */
  labelValues(label: string, match: readonly string[], signal: AbortSignal, from?: number): Promise<string[]>;
  series(match: readonly string[], limit: number, signal: AbortSignal): Promise<LabelSet[]>;
  /** By family name. */
  metadata(signal: AbortSignal): Promise<Map<string, MetricMetadata>>;
  /** The active targets. */
  targets(signal: AbortSignal): Promise<ActiveTarget[]>;
  buildInfo(signal: AbortSignal): Promise<{ version: string }>;
}

/** A person may wait long for a query; this is also the server's own default limit. */
const queryTimeoutMs = 120_000;
/** Lookups run in the background and must not hang. */
const lookupTimeoutMs = 10_000;

const toSeconds = (ms: number): string => String(ms / 1000);
const matchParameters = (match: readonly string[]): Parameters =>
  match.map((selector) => ['match[]', selector] as const);

/** The client of the server at `base`. */
export function createPrometheusClient({ now, ...options }: ClientOptions): PrometheusClient {
  const { base } = options;
  const caller = createApiCaller(options);
  const { call } = caller;

  async function runQuery(
    path: string,
    parameters: Parameters,
    signal: AbortSignal,
    timeoutMs = queryTimeoutMs,
  ): Promise<QueryResponse> {
    const startedAt = now();
    const { data, warnings, infos, raw } = await call('POST', path, parameters, timeoutMs, signal);
    const tookMs = now() - startedAt;
    const checked = await withCheckedShape(() => runInSlices(queryData(data)));
    return { data: checked, warnings, infos, raw, tookMs };
  }

  async function lookUp<T>(
    method: Method,
    path: string,
    parameters: Parameters,
    parse: (data: unknown) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const { data } = await call(method, path, parameters, lookupTimeoutMs, signal);
    return withCheckedShape(() => parse(data));
  }

  return {
    base,
    get prefersGet() {
      return caller.prefersGet;
    },
    query: (query, at, signal, timeoutMs) =>
      runQuery(
        'query',
        [['query', query], ...(at === undefined ? [] : [['time', toSeconds(at)] as const])],
        signal,
        timeoutMs,
      ),
    queryRange: (query, { from, to, stepMs }, signal, timeoutMs) =>
      runQuery(
        'query_range',
        [
          ['query', query],
          ['start', toSeconds(from)],
          ['end', toSeconds(to)],
          ['step', toSeconds(stepMs)],
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
    labelNames: (match, signal) => lookUp('POST', 'labels', matchParameters(match), textList, signal),
    labelValues: (label, match, signal, from) =>
      lookUp(
        'GET',
        `label/${encodeURIComponent(label)}/values`,
        [...matchParameters(match), ...(from === undefined ? [] : [['start', toSeconds(from)] as const])],
        textList,
        signal,
      ),
    series: (match, limit, signal) =>
      lookUp(
        'POST',
        'series',
        [...matchParameters(match), ['limit', String(limit)]],
        (data) => (Array.isArray(data) ? data.slice(0, limit).map(labelsOf) : []),
        signal,
      ),
    metadata: (signal) => lookUp('GET', 'metadata', [], metadataOf, signal),
    targets: (signal) => lookUp('GET', 'targets', [['state', 'active']], targetsOf, signal),
    buildInfo: (signal) =>
      lookUp('GET', 'status/buildinfo', [], (data) => ({ version: stringField(data, 'version') }), signal),
  };
}
