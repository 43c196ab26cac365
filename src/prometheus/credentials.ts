/** Who one is to a Prometheus: a bearer token, or a name and password. Bound to the origin it was given for. */
import { isObject } from '../shared/guards';

/** As it is kept: `name:password` for basic auth, anything else is a bearer token. */
export type Secret = { kind: 'bearer'; token: string } | { kind: 'basic'; user: string; password: string };

/** What a person typed: `user:password` is basic auth; a token holds no colon. A pasted `Bearer …` loses its word. Undefined: nothing usable. */
export function readSecret(text: string): Secret | undefined {
  const bare = text.trim().replace(/^(?:Authorization:\s*)?Bearer\s+/i, '');
  // What cannot stand in a header would be refused by every server, or end it.
  if (bare === '' || /[^\x20-\x7e\u0080-\uffff]/.test(bare)) return undefined;
  const colon = bare.indexOf(':');
  return colon > 0
    ? { kind: 'basic', user: bare.slice(0, colon), password: bare.slice(colon + 1) }
    : { kind: 'bearer', token: bare };
}

/** The value of `Authorization`. */
export function authorization(secret: Secret): string {
  return secret.kind === 'bearer'
    ? `Bearer ${secret.token}`
    : `Basic ${Buffer.from(`${secret.user}:${secret.password}`).toString('base64')}`;
}

/** Names whose values are secrets, or which are the connection's own. */
const reservedHeaders =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|host|connection|content-length|content-type|content-encoding|transfer-encoding|accept-encoding|upgrade|te|trailer|expect|keep-alive)$/i;

/** Headers of the setting that may be sent, and why others are not. */
export function settingHeaders(value: unknown): { headers: Record<string, string>; problems: string[] } {
  const headers: Record<string, string> = {};
  const problems: string[] = [];
  if (!isObject(value)) return { headers, problems };
  for (const [name, text] of Object.entries(value)) {
    if (reservedHeaders.test(name))
      problems.push(
        `${name}: secrets are kept by SkyRL: Set Token for Prometheus, and the connection’s own headers are not set.`,
      );
    else if (
      !/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name) ||
      typeof text !== 'string' ||
      /[^\t\x20-\x7e\u0080-\u00ff]/.test(text)
    )
      problems.push(`${name}: not a header.`);
    else headers[name] = text;
  }
  return { headers, problems };
}
