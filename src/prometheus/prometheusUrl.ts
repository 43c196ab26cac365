/** Addresses of a Prometheus: the base of its API, and pages of its web interface. */
import { allowedUrl } from '../http/addressRules';
import { HttpError } from '../http/httpGet';

/** Paths of the web interface and of the API, which people copy out of the address bar. */
const pastedPath = /\/(?:classic\/)?(?:graph|query|targets|alerts|status|rules|api\/v1(?:\/.*)?)$/;

/**
 * The base URL of the API, to which `/api/v1` is added. A prefix path is kept; a pasted `/graph` and trailing slashes
 * are removed; a host without a scheme is http. `typedByUser`: it is in the user's own settings, so a link-local
 * address is intended. Throws an HttpError (`not-allowed`).
 */
export function prometheusBase(text: string, typedByUser = false): string {
  const trimmed = text.trim();
  const url = allowedUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`, typedByUser);
  if (url.username !== '' || url.password !== '')
    throw new HttpError('not-allowed', 'a URL holds no password: SkyRL: Set Token for Prometheus keeps it safe');
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(pastedPath, '').replace(/\/+$/, '')}`;
}

/** The origin that a token is kept for. */
export const originOf = (base: string): string => new URL(base).origin;

/** The server's own page for a query: a table at `at` (Unix ms), or a graph of the `rangeMs` before it. */
export function pageUrl(
  base: string,
  query: string,
  { at, rangeMs }: { at?: number | undefined; rangeMs?: number | undefined },
): string {
  const isGraph = rangeMs !== undefined;
  const parameters = new URLSearchParams({ 'g0.expr': query, 'g0.tab': isGraph ? '0' : '1' });
  if (isGraph) parameters.set('g0.range_input', `${Math.max(1, Math.round(rangeMs / 1000))}s`);
  if (at !== undefined) {
    const time = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
    parameters.set(isGraph ? 'g0.end_input' : 'g0.moment_input', time);
  }
  return `${base}/graph?${parameters.toString()}`;
}
