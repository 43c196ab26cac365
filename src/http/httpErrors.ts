/** Makes HttpErrors from errors of Node and undici, statuses, deadlines and size limits. */
import { isObject } from '../shared/guards';
import { HttpError, type HttpErrorKind } from './httpGet';

const kindByCode: Record<string, HttpErrorKind> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'name-not-resolved',
  EAI_AGAIN: 'name-not-resolved',
  ETIMEDOUT: 'time-out',
  UND_ERR_CONNECT_TIMEOUT: 'time-out',
  UND_ERR_HEADERS_TIMEOUT: 'time-out',
  UND_ERR_BODY_TIMEOUT: 'time-out',
  ECONNRESET: 'cut',
  UND_ERR_SOCKET: 'cut',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'cut',
  EPIPE: 'cut',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-not-trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-not-trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-not-trusted',
  CERT_HAS_EXPIRED: 'certificate-not-trusted',
  CERT_NOT_YET_VALID: 'certificate-not-trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-not-trusted',
};

const messageByKind: Partial<Record<HttpErrorKind, string>> = {
  refused: 'connection refused',
  unreachable: 'the host cannot be reached from here',
  'name-not-resolved': 'the host name does not resolve',
  'time-out': 'no answer in time',
  cut: 'the answer broke off',
  'certificate-not-trusted': 'the certificate is not trusted',
};

/** How deep nested causes are searched: they may form a circle. */
const maxCauseDepth = 8;

/** What other protocols than the expected one look like: by the beginning of a code, its message. */
const foreignProtocols: readonly (readonly [codeStart: string, message: string])[] = [
  ['HPE_HEADER_OVERFLOW', 'the head of the answer is too large'],
  ['UND_ERR_HEADERS_OVERFLOW', 'the head of the answer is too large'],
  // llhttp, the parser of Node and undici.
  ['HPE_', 'what answers does not speak HTTP/1.1: it may need https, or be another service, such as SSH'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'the server asks for a client certificate'],
  ['ERR_SSL_', 'what answers does not speak TLS: the address may be http instead of https'],
  ['EPROTO', 'what answers does not speak TLS: the address may be http instead of https'],
];

const foreignProtocol = (code: string): string | undefined =>
  foreignProtocols.find(([start]) => code.startsWith(start))?.[1];

/** The first code that means something here, and an HttpError on the way to it. */
function findCause(error: unknown, depth = 0): string | HttpError | undefined {
  if (!isObject(error) || depth > maxCauseDepth) return undefined;
  if (error instanceof HttpError) return error;
  const { cause, errors, name } = error;
  // undici gives its parser's error a code only for some of llhttp's.
  const code = error['code'] ?? (name === 'HTTPParserError' ? 'HPE_' : undefined);
  if (typeof code === 'string' && (Object.hasOwn(kindByCode, code) || foreignProtocol(code))) return code;
  return findCause((Array.isArray(errors) ? (errors as unknown[])[0] : undefined) ?? cause, depth + 1);
}

/** Any thrown value as an HttpError; an HttpError is returned as it is. The kind is `other` for an unknown error. */
export function toHttpError(error: unknown): HttpError {
  const cause = findCause(error);
  if (cause instanceof HttpError) return cause;
  const foreign = cause === undefined ? undefined : foreignProtocol(cause);
  if (foreign !== undefined) return new HttpError('wrong-type', foreign);
  const kind = (cause !== undefined && kindByCode[cause]) || 'other';
  const message = error instanceof Error ? error.message : String(error);
  return new HttpError(kind, messageByKind[kind] ?? message);
}

/** The signals that may have ended a request, and the time that `deadline` gave it. */
interface RequestLimits {
  /** The caller's cancellation. */
  signal: AbortSignal;
  deadline: AbortSignal;
  timeoutMs: number;
  /** Words for the way of the request, behind the time that it took; empty if it went directly. */
  by?: string;
}

/** Why a request failed: cancelled by the caller, out of time, or else the error that was thrown. */
export function requestError(error: unknown, { signal, deadline, timeoutMs, by = '' }: RequestLimits): HttpError {
  if (signal.aborted) return cancelledError();
  if (deadline.aborted) return new HttpError('time-out', `no answer within ${timeoutMs / 1000} s${by}`);
  return toHttpError(error);
}

/** The error of a request that its caller cancelled. */
export const cancelledError = (): HttpError => new HttpError('cancelled', 'cancelled');

/** The error of a body that exceeds the limit. */
export const tooLargeError = (maxBytes: number): HttpError =>
  new HttpError('too-large', `the answer is larger than ${Math.round(maxBytes / 2 ** 20)} MiB`);

const kindByStatus: Record<number, HttpErrorKind> = { 401: 'unauthorised', 403: 'forbidden' };

/** Statuses that need words: those of a proxy or gateway, not of the server behind it, and answers without all data. */
const messageByStatus: Record<number, string> = {
  204: ': an answer without content',
  206: ': a part of the answer, though all of it was asked for',
  407: ': the proxy requires a user name and a password',
  502: ': a gateway could not reach the server',
  503: ': not ready',
  504: ': a gateway got no answer from the server',
};

/** The error of a response whose status is neither 200 nor a redirect. */
export function statusError(status: number): HttpError {
  return new HttpError(kindByStatus[status] ?? 'status', `HTTP ${status}${messageByStatus[status] ?? ''}`, status);
}
