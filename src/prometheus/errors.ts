/** Everything that can go wrong with a query to Prometheus: a table of messages, each with what to do. */
import { HttpError, type HttpErrorKind } from '../http/httpGet';

interface ErrorRow {
  message: string;
  /** What to do, if there is something. */
  advice?: string;
}

/** The message and the advice of each kind of error. */
export const prometheusErrors = {
  'not-set': {
    message: 'No Prometheus is chosen.',
    advice: 'SkyRL: Select Prometheus asks for its address; skyrl.prometheus.url holds it.',
  },
  untrusted: {
    message: 'This folder is not trusted, so no request is made.',
    advice: 'Trust it: Workspaces: Manage Workspace Trust.',
  },
  'bad-query': { message: 'The query is not valid.' },
  'bad-parameter': {
    message: 'The server does not accept this time, step or limit.',
    advice: 'Change the range or the step on the first line’s lens.',
  },
  'too-many-points': {
    message: 'Too many points: the server gives at most 11,000 per series.',
    advice: 'Choose a longer step or a shorter range on the first line’s lens.',
  },
  'query-too-long': {
    message: 'The query is too long: the server refuses POST, and such a long address for GET.',
    advice: 'Shorten the query, or allow POST on the proxy in front of Prometheus.',
  },
  execution: { message: 'The query is valid, but could not be evaluated.' },
  'too-many-samples': {
    message: 'The query reads more samples than the server allows.',
    advice: 'Narrow it by labels, or shorten its ranges.',
  },
  'query-time-out': {
    message: 'The server gave up: the query took longer than it allows.',
    advice: 'Narrow it by labels, shorten its ranges, or choose a longer step.',
  },
  cancelled: { message: 'Cancelled; the server was told.' },
  internal: { message: 'The server had an internal error.', advice: 'See the server’s own log.' },
  starting: { message: 'The server is not ready yet.', advice: 'Run it again in a moment.' },
  busy: { message: 'The server asks for fewer requests (429).', advice: 'Run it again in a moment.' },
  gateway: {
    message: 'A proxy answers for Prometheus, which it cannot reach.',
    advice: 'Check whether Prometheus runs behind it.',
  },
  unauthorised: {
    message: 'The server asks who you are (401).',
    advice: 'Set a token: SkyRL: Set Token for Prometheus.',
  },
  forbidden: {
    message: 'The server does not accept these credentials (403).',
    advice: 'Set another token, or the tenant in skyrl.prometheus.headers.',
  },
  'proxy-password': {
    message: 'The proxy on the way asks who you are (407).',
    advice: 'Set http.proxyAuthorization.',
  },
  'no-api': {
    message: 'A server answers, but has no Prometheus API at this address (404).',
    advice: 'Add the path of the API, for example …/prometheus.',
  },
  'not-prometheus': {
    message: 'A server answers, but not as a Prometheus.',
    advice: 'Check skyrl.prometheus.url.',
  },
  'https-expected': { message: 'The server expects https.', advice: 'Write https:// in skyrl.prometheus.url.' },
  redirect: {
    message: 'The server redirects to another address, and redirects are not followed.',
    advice: 'Put the address it names into skyrl.prometheus.url, or set a token if that is a sign-in page.',
  },
  'broken-answer': {
    message: 'The answer broke off or is not valid JSON.',
    advice: 'Run it again; a proxy in between may cut large answers.',
  },
  'too-large': {
    message: 'The answer is larger than 64 MiB.',
    advice: 'Aggregate on the server (sum by, topk), or choose a longer step.',
  },
  'too-complex': {
    message: 'The answer is beyond what is read.',
    advice: 'Aggregate on the server (sum by, topk), and check that skyrl.prometheus.url is a Prometheus.',
  },
  refused: {
    message: 'The connection was refused.',
    advice: 'Check whether Prometheus runs there, and skyrl.prometheus.url.',
  },
  unreachable: {
    message: 'The host cannot be reached from here.',
    advice: 'Open VS Code where it can be reached, or forward its port.',
  },
  'name-not-resolved': {
    message: 'The host name cannot be resolved from here.',
    advice: 'Check skyrl.prometheus.url.',
  },
  'certificate-not-trusted': {
    message: 'The server’s certificate is not trusted.',
    advice: 'Add its authority to this machine’s certificates.',
  },
  'time-out': { message: 'No answer in time.', advice: 'Narrow the query, or check the server’s load.' },
  'not-allowed': { message: 'This address is not contacted.' },
  other: { message: 'The request failed.' },
} as const satisfies Record<string, ErrorRow>;

/** What went wrong. */
export type PrometheusErrorKind = keyof typeof prometheusErrors;

/** A place in the query as it was sent: lines and columns count from 1, columns in code points. */
export interface QueryPosition {
  line: number;
  column: number;
}

/** A failed query. `message` is the table's, followed by the server's. */
export class PrometheusError extends Error {
  /** `serverMessage`: the server's own untrusted text; empty if there is none. `position`: of a syntax error. */
  constructor(
    readonly kind: PrometheusErrorKind,
    readonly serverMessage: string,
    readonly position?: QueryPosition,
  ) {
    super([prometheusErrors[kind].message, serverMessage].filter((text) => text !== '').join(' '));
    this.name = 'PrometheusError';
  }

  /** What to do; undefined if there is nothing to suggest. */
  get advice(): string | undefined {
    const row: ErrorRow = prometheusErrors[this.kind];
    return row.advice;
  }
}

/** Kinds of HTTP errors that have another name here. */
const renamedHttpKinds: Partial<Record<HttpErrorKind, PrometheusErrorKind>> = {
  cut: 'broken-answer',
  status: 'other',
  'wrong-type': 'not-prometheus',
};
/** Kinds whose HTTP message says more than the table. */
const kindsWithDetail = new Set<PrometheusErrorKind>(['other', 'not-allowed', 'time-out']);

const isKind = (kind: string): kind is PrometheusErrorKind => Object.hasOwn(prometheusErrors, kind);

/** Any failure of a request as a PrometheusError. */
export function toPrometheusError(error: unknown): PrometheusError {
  if (error instanceof PrometheusError) return error;
  if (!(error instanceof HttpError))
    return new PrometheusError('other', error instanceof Error ? error.message : String(error));
  const name = renamedHttpKinds[error.kind] ?? error.kind;
  const kind = isKind(name) ? name : 'other';
  return new PrometheusError(kind, kindsWithDetail.has(kind) ? error.message : '');
}
