/** Everything that can go wrong with a question to Prometheus, as a table: words for people and the way on. */
import { HttpError, type HttpErrorKind } from '../http/httpGet';
import type { PrometheusResponse } from './sender';

interface Row {
  message: string;
  advice?: string;
}

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
    message: 'Too many points: the server gives 11,000 a series at most.',
    advice: 'Choose a longer step or a shorter range on the first line’s lens.',
  },
  execution: { message: 'The query is valid, but could not be worked out.' },
  'too-many-samples': {
    message: 'The query reads more samples than the server allows.',
    advice: 'Narrow it by labels, or shorten its ranges.',
  },
  'query-time-out': {
    message: 'The server gave up: the query took longer than it allows.',
    advice: 'Narrow it by labels, shorten its ranges, or choose a longer step.',
  },
  cancelled: { message: 'Cancelled; the server was told.' },
  internal: { message: 'The server failed within itself.', advice: 'Its own log says more.' },
  starting: { message: 'The server is not ready yet.', advice: 'Run it again in a moment.' },
  busy: { message: 'The server asks for fewer requests (429).', advice: 'Run it again in a moment.' },
  gateway: {
    message: 'A proxy answers in place of Prometheus, which it cannot reach.',
    advice: 'Look whether Prometheus runs behind it.',
  },
  unauthorised: {
    message: 'The server asks who you are (401).',
    advice: 'Set a token: SkyRL: Set Token for Prometheus.',
  },
  forbidden: {
    message: 'The server does not let this identity ask (403).',
    advice: 'Set another token, or the tenant in skyrl.prometheus.headers.',
  },
  'proxy-password': { message: 'The proxy on the way asks who you are (407).', advice: 'Set http.proxyAuthorization.' },
  'no-api': {
    message: 'There is a server, but no Prometheus API under this address (404).',
    advice: 'Add the path that the API lies under, e.g. …/prometheus.',
  },
  'not-prometheus': { message: 'This answers, but not as a Prometheus.', advice: 'Look at skyrl.prometheus.url.' },
  'https-expected': { message: 'The server speaks https.', advice: 'Write https:// in skyrl.prometheus.url.' },
  redirect: {
    message: 'The server sends one elsewhere, and redirects are not followed.',
    advice: 'Put the address it names into skyrl.prometheus.url, or set a token when that is a sign-in page.',
  },
  'broken-answer': {
    message: 'The answer broke off or is no whole JSON.',
    advice: 'Run it again; a proxy in between may cut large answers.',
  },
  'too-large': {
    message: 'The answer is larger than 64 MiB.',
    advice: 'Aggregate on the server (sum by, topk), or choose a longer step.',
  },
  refused: {
    message: 'The connection was refused.',
    advice: 'Look whether Prometheus runs there, and at skyrl.prometheus.url.',
  },
  unreachable: {
    message: 'There is no way to this host from here.',
    advice: 'Open VS Code where it can be reached, or forward its port.',
  },
  'name-not-resolved': { message: 'The host name does not resolve.', advice: 'Look at skyrl.prometheus.url.' },
  'certificate-not-trusted': {
    message: 'The certificate is not trusted.',
    advice: 'Add its authority to this machine’s certificates.',
  },
  'time-out': { message: 'No answer in time.', advice: 'Narrow the query, or look at the server’s load.' },
  'not-allowed': { message: 'This address is not asked.' },
  other: { message: 'The request failed.' },
} as const satisfies Record<string, Row>;

export type PrometheusErrorKind = keyof typeof prometheusErrors;

/** Place in the query as it was sent: line and column count from 1, columns in code points. */
export interface QueryPosition {
  line: number;
  column: number;
}

export class PrometheusError extends Error {
  /** `said` is the server's own text, a stranger's; empty where it said nothing. */
  constructor(
    readonly kind: PrometheusErrorKind,
    readonly serverMessage: string,
    readonly position?: QueryPosition,
  ) {
    super([prometheusErrors[kind].message, serverMessage].filter((text) => text !== '').join(' '));
    this.name = 'PrometheusError';
  }

  get advice(): string | undefined {
    const row: Row = prometheusErrors[this.kind];
    return row.advice;
  }
}

const fromHttp: Partial<Record<HttpErrorKind, PrometheusErrorKind>> = {
  cut: 'broken-answer',
  status: 'other',
  'wrong-type': 'not-prometheus',
};

/** Any failure of a request as a PrometheusError. */
export function toPrometheusError(error: unknown): PrometheusError {
  if (error instanceof PrometheusError) return error;
  if (!(error instanceof HttpError))
    return new PrometheusError('other', error instanceof Error ? error.message : String(error));
  const kind = fromHttp[error.kind] ?? error.kind;
  const known = Object.hasOwn(prometheusErrors, kind) ? (kind as PrometheusErrorKind) : 'other';
  return new PrometheusError(
    known,
    known === 'other' || known === 'not-allowed' || known === 'time-out' ? error.message : '',
  );
}

/** By words of the server, which has one status for many reasons. The first that fits counts. */
const byWords: readonly [RegExp, PrometheusErrorKind][] = [
  [/exceeded maximum resolution/, 'too-many-points'],
  [/too many samples/, 'too-many-samples'],
  [/Client sent an HTTP request to an HTTPS server/i, 'https-expected'],
  [/timed out/, 'query-time-out'],
  // VictoriaMetrics has one status for what it cannot read and what it cannot work out.
  [/unparsed data|unknown func|unexpected number of args|cannot expand WITH|too long query/, 'bad-query'],
];

const byType: Record<string, PrometheusErrorKind> = {
  execution: 'execution',
  canceled: 'cancelled',
  timeout: 'query-time-out',
  internal: 'internal',
  unavailable: 'starting',
  not_found: 'no-api',
};

const byStatus: Record<number, PrometheusErrorKind> = {
  401: 'unauthorised',
  403: 'forbidden',
  404: 'no-api',
  405: 'no-api',
  407: 'proxy-password',
  408: 'query-time-out',
  413: 'too-large',
  422: 'execution',
  429: 'busy',
  500: 'internal',
  502: 'gateway',
  503: 'starting',
  504: 'gateway',
};

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 400) ?? '';

/** `1:18: parse error: unclosed left parenthesis`, with or without a prefix: the place, and the words without it. */
export function parseErrorPosition(said: string): { position?: QueryPosition; message: string } {
  const match = /(?:^|: )(\d+):(\d+): (.*)$/s.exec(said.replace(/^invalid parameter "(?:query|match\[\])": /, ''));
  // VictoriaMetrics gives the query back before it says what is wrong.
  if (!match) return { message: said.replace(/^error when executing query=".*" for \(time=\d+, step=\d+\): /s, '') };
  return { position: { line: Number(match[1]), column: Number(match[2]) }, message: match[3] ?? said };
}

/** The envelope of an error, as the server sends it. */
export interface ErrorEnvelope {
  errorType: string;
  error: string;
}

/** The error of an answer in Prometheus's own form. */
export function apiError({ errorType, error }: ErrorEnvelope): PrometheusError {
  const { position, message } = parseErrorPosition(error);
  const said = byWords.find(([pattern]) => pattern.test(error))?.[1];
  const bad: PrometheusErrorKind =
    /parameter "(?:time|start|end|step|timeout|limit|lookback_delta)"|end timestamp|zero or negative/.test(error)
      ? 'bad-parameter'
      : 'bad-query';
  // Others than Prometheus say the status in the place of a type.
  return new PrometheusError(
    said ?? byType[errorType] ?? byStatus[Number(errorType)] ?? (errorType === 'bad_data' ? bad : 'other'),
    message,
    position,
  );
}

/** The error of an answer that is not Prometheus's own: a proxy's page, plain text, a redirect. */
export function foreignError({ status, mediaType, text }: PrometheusResponse): PrometheusError {
  if (status >= 300 && status < 400) return new PrometheusError('redirect', `HTTP ${status}`);
  if (/Client sent an HTTP request to an HTTPS server/i.test(text)) return new PrometheusError('https-expected', '');
  // A page is for a browser: its markup tells people nothing here.
  const said = mediaType === 'text/plain' ? firstLine(text) : '';
  if (status === 200)
    return new PrometheusError(
      'not-prometheus',
      mediaType === 'text/html' ? 'It sends a web page.' : `It sends ${mediaType || 'something without a media type'}.`,
    );
  if (status === 400 && /unsupported path/.test(said)) return new PrometheusError('no-api', '');
  return new PrometheusError(byStatus[status] ?? 'other', said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`);
}
