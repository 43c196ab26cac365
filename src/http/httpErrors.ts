/** Node's and undici's error codes in ids and words of the state table. */
import { HttpError, type HttpErrorKind } from './httpGet';

const kinds: Record<string, HttpErrorKind> = {
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

const messages: Partial<Record<HttpErrorKind, string>> = {
  refused: 'connection refused',
  unreachable: 'no way to this host from here',
  'name-not-resolved': 'the host name does not resolve',
  'time-out': 'no answer in time',
  cut: 'the answer broke off',
  'certificate-not-trusted': 'the certificate is not trusted',
};

/** Causes deeper than anybody nests them are not looked at: they may go round in a circle. */
const deepestCause = 8;

function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > deepestCause) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string' && Object.hasOwn(kinds, code)) return code;
  return codeOf(errors?.[0] ?? cause, depth + 1);
}

/** Any failure of a request as an HttpError; an HttpError stays as it is. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  const code = codeOf(error);
  const kind = (code !== undefined && kinds[code]) || 'other';
  const said = error instanceof Error ? error.message : String(error);
  return new HttpError(kind, messages[kind] ?? said);
}

const statusKinds: Record<number, HttpErrorKind> = { 401: 'unauthorised', 403: 'forbidden' };

/** Said by what stands between, not by a dashboard. */
const statusMessages: Record<number, string> = {
  407: ': the proxy asks for a name and a password',
  502: ': what stands before it does not reach it',
  503: ': not ready',
  504: ': what stands before it got no answer from it',
};

/** The error of an answer that is not a 200. */
export function statusError(status: number): HttpError {
  if (status >= 300 && status < 400)
    return new HttpError('not-allowed', `it redirects (${status}), and redirects are not followed`, status);
  return new HttpError(statusKinds[status] ?? 'status', `HTTP ${status}${statusMessages[status] ?? ''}`, status);
}
