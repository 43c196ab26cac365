/** Error responses as errors: Prometheus's own JSON, and what a proxy or another server sends. */
import { isString, type JsonObject } from '../shared/guards';
import { PrometheusError, type PrometheusErrorKind, type QueryPosition } from './errors';
import type { ApiResponse } from './apiEnvelope';

/** One status has many reasons; the server's text tells them apart. The first pattern that matches decides. */
const kindsByText: readonly [RegExp, PrometheusErrorKind][] = [
  [/exceeded maximum resolution/, 'too-many-points'],
  [/too many samples/, 'too-many-samples'],
  [/Client sent an HTTP request to an HTTPS server/i, 'https-expected'],
  [/timed out/, 'query-time-out'],
  // VictoriaMetrics has one status for queries that it cannot parse and queries that it cannot evaluate.
  [/unparsed data|unknown func|unexpected number of args|cannot expand WITH|too long query/, 'bad-query'],
];
const badParameter = /parameter "(?:time|start|end|step|timeout|limit|lookback_delta)"|end timestamp|zero or negative/;

const kindsByErrorType = new Map<string, PrometheusErrorKind>([
  ['execution', 'execution'],
  ['canceled', 'cancelled'],
  ['timeout', 'query-time-out'],
  ['internal', 'internal'],
  ['unavailable', 'starting'],
  ['not_found', 'no-api'],
]);

const kindsByStatus: Record<number, PrometheusErrorKind> = {
  401: 'unauthorised',
  403: 'forbidden',
  404: 'no-api',
  405: 'no-api',
  407: 'proxy-password',
  408: 'query-time-out',
  413: 'too-large',
  414: 'query-too-long',
  422: 'execution',
  429: 'busy',
  431: 'query-too-long',
  500: 'internal',
  502: 'gateway',
  503: 'starting',
  504: 'gateway',
};

/** Splits `1:18: parse error: unclosed left parenthesis`, with or without a prefix, into position and message. */
export function parseErrorPosition(text: string): { position?: QueryPosition; message: string } {
  const match = /(?:^|: )(\d+):(\d+): (.*)$/s.exec(text.replace(/^invalid parameter "(?:query|match\[\])": /, ''));
  // VictoriaMetrics repeats the query before its message.
  if (!match) return { message: text.replace(/^error when executing query=".*" for \(time=\d+, step=\d+\): /s, '') };
  return { position: { line: Number(match[1]), column: Number(match[2]) }, message: match[3] ?? text };
}

/** An error as the API sends it. */
export interface ErrorEnvelope {
  errorType: string;
  error: string;
}

/** The error of a response in the API's own form. */
export function apiError({ errorType, error }: ErrorEnvelope): PrometheusError {
  const { position, message } = parseErrorPosition(error);
  return new PrometheusError(kindOfApiError(errorType, error), message, position);
}

function kindOfApiError(errorType: string, error: string): PrometheusErrorKind {
  // Servers other than Prometheus put the HTTP status where Prometheus has a type.
  const kind =
    kindsByText.find(([pattern]) => pattern.test(error))?.[1] ??
    kindsByErrorType.get(errorType) ??
    kindsByStatus[Number(errorType)];
  if (kind) return kind;
  if (errorType !== 'bad_data') return 'other';
  return badParameter.test(error) ? 'bad-parameter' : 'bad-query';
}

/** What proxies such as Grafana's and Kubernetes' say in JSON. */
const jsonMessage = ({ message, detail, error }: JsonObject): string => [message, detail, error].find(isString) ?? '';

/** Only the beginning of a page is read: pages of errors are short. */
const maxPageBytes = 16 * 1024;

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 400) ?? '';

/** The error of a response that is not the API's own: a proxy's page, plain text, a redirect. */
export function foreignError({ status, mediaType, body, json = {} }: ApiResponse): PrometheusError {
  const text = Buffer.from(body.subarray(0, maxPageBytes)).toString('utf8');
  if (status >= 300 && status < 400) return new PrometheusError('redirect', `HTTP ${status}`);
  if (/Client sent an HTTP request to an HTTPS server/i.test(text)) return new PrometheusError('https-expected', '');
  if (status === 200) {
    const content = mediaType === 'text/html' ? 'a web page' : mediaType || 'something without a media type';
    return new PrometheusError('not-prometheus', `It sends ${content}.`);
  }
  // The markup of a page says nothing to people here.
  const line = firstLine(mediaType === 'text/plain' ? text : mediaType.endsWith('json') ? jsonMessage(json) : '');
  if (status === 400 && /unsupported path/.test(line)) return new PrometheusError('no-api', '');
  return new PrometheusError(
    kindsByStatus[status] ?? 'other',
    line === '' ? `HTTP ${status}` : `HTTP ${status}: ${line}`,
  );
}
