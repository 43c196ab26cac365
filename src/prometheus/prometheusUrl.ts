/** Where a Prometheus's API and its page are, from what a person pasted. */
import { allowedUrl } from '../http/addressRules';
import { HttpError } from '../http/httpGet';

/** Pages of the server that people copy out of the address bar, and the API itself. */
const pastedPath = /\/(?:classic\/)?(?:graph|query|targets|alerts|status|rules|api\/v1(?:\/.*)?)$/;

/**
 * The base under which `/api/v1` lies: any path is kept, a pasted `/graph` and slashes at the end are not. A host without a scheme is http.
 * Throws an HttpError (`not-allowed`) with words. `typedByUser`: it stands in the user's own settings, so that a link-local address is meant.
 */
export function prometheusBase(text: string, typedByUser = false): string {
  const trimmed = text.trim();
  const url = allowedUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`, typedByUser);
  if (url.username !== '' || url.password !== '')
    throw new HttpError('not-allowed', 'a URL holds no password: SkyRL: Set Token for Prometheus keeps it safe');
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(pastedPath, '').replace(/\/+$/, '')}`;
}

export const originOf = (base: string): string => new URL(base).origin;

/** The server's own page with this query: the table of one moment, or the graph of a range. Times are Unix ms. */
export function pageUrl(
  base: string,
  query: string,
  shown: { at?: number | undefined; rangeMs?: number | undefined },
): string {
  const values: Record<string, string> = { 'g0.expr': query, 'g0.tab': shown.rangeMs === undefined ? '1' : '0' };
  if (shown.rangeMs !== undefined) values['g0.range_input'] = `${Math.max(1, Math.round(shown.rangeMs / 1000))}s`;
  if (shown.at !== undefined)
    values[shown.rangeMs === undefined ? 'g0.moment_input' : 'g0.end_input'] = new Date(shown.at)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ');
  return `${base}/graph?${new URLSearchParams(values).toString()}`;
}
