/** Redirects: followed within one origin, so that no address is contacted that was not named. */
import { HttpError } from './httpGet';
import { redactUrl } from './redact';

/** More than a server needs that adds a slash, then a prefix. */
export const maxRedirects = 3;

/** An answer that names another URL; thrown by the request, so that its body is not read. */
export class Redirect extends Error {
  constructor(
    readonly status: number,
    /** As the server wrote it. */
    readonly location: string | string[] | undefined,
  ) {
    super('redirect');
  }
}

/** Statuses that name another URL for the same GET. */
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether a response with this status names another URL. */
export const isRedirect = (status: number): boolean => redirectStatuses.has(status);

const notFollowed = (message: string, status: number): HttpError => new HttpError('not-allowed', message, status);

/**
 * The URL to ask next. `followed`: how many redirects were followed before. Throws an HttpError (`not-allowed`) that
 * names the URL if it is of another origin, and for the fourth redirect.
 */
export function nextUrl(from: string, { status, location }: Redirect, followed: number): string {
  if (typeof location !== 'string' || !URL.canParse(location, from))
    throw notFollowed(`it redirects (${status}) to nowhere`, status);
  const to = new URL(location, from);
  const shown = redactUrl(to.href);
  if (to.origin !== new URL(from).origin)
    throw notFollowed(`it redirects (${status}) to ${shown}, another origin, and is not followed there`, status);
  if (followed >= maxRedirects)
    throw notFollowed(`it redirects (${status}) again and again, at last to ${shown}`, status);
  to.username = '';
  to.password = '';
  to.hash = '';
  return to.href;
}
