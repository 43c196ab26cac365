/** Credentials and headers for a Prometheus. */
import { isObject } from '../shared/guards';

/** A bearer token, or a user name and password. */
export type Secret = { kind: 'bearer'; token: string } | { kind: 'basic'; user: string; password: string };

/**
 * Reads what a person typed: `user:password` is basic authentication, because a token has no colon. A pasted
 * `Authorization: Bearer` is removed. Undefined if nothing usable is left.
 */
export function readSecret(text: string): Secret | undefined {
  const secret = text.trim().replace(/^(?:Authorization:\s*)?Bearer\s+/i, '');
  // Control characters would be refused by every server, or end the header.
  if (secret === '' || /[^\x20-\x7e\u0080-\uffff]/.test(secret)) return undefined;
  const colon = secret.indexOf(':');
  return colon > 0
    ? { kind: 'basic', user: secret.slice(0, colon), password: secret.slice(colon + 1) }
    : { kind: 'bearer', token: secret };
}

/** The value of the `Authorization` header. */
export function authorization(secret: Secret): string {
  return secret.kind === 'bearer'
    ? `Bearer ${secret.token}`
    : `Basic ${Buffer.from(`${secret.user}:${secret.password}`).toString('base64')}`;
}

/** Headers whose values are secrets, or which belong to the connection. */
const reservedHeaders =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|host|connection|content-length|content-type|content-encoding|transfer-encoding|accept-encoding|upgrade|te|trailer|expect|keep-alive)$/i;
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const invalidInHeaderValue = /[^\t\x20-\x7e\u0080-\u00ff]/;

/** The headers of the setting `skyrl.prometheus.headers` that may be sent, and for each other one why not. */
export function settingHeaders(value: unknown): { headers: Record<string, string>; problems: string[] } {
  const headers = new Map<string, string>();
  const problems: string[] = [];
  if (!isObject(value)) return { headers: {}, problems };
  for (const [name, text] of Object.entries(value)) {
    if (reservedHeaders.test(name))
      problems.push(
        `${name}: secrets are kept by SkyRL: Set Token for Prometheus, and the connection’s own headers are not set.`,
      );
    else if (!headerName.test(name) || typeof text !== 'string' || invalidInHeaderValue.test(text))
      problems.push(`${name}: not a header.`);
    else headers.set(name, text);
  }
  return { headers: Object.fromEntries(headers), problems };
}
