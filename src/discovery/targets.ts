/** What is scraped, and why. */
import type { TargetKind } from '../api';
import { withoutCredentials } from '../http/addressRules';

/** Where the address of a target comes from. */
export type DiscoveryMethod = 'file' | 'dashboard' | 'nodes' | 'config' | 'setting';

export interface Target {
  url: string;
  kind: TargetKind;
  discoveredBy: DiscoveryMethod;
  /** What it shows itself to be, in words. */
  about?: string;
  /** A person typed it into user settings. */
  typedByUser?: boolean;
}

/** The autoscaler's and the dashboard's own metrics: no engine reports there. */
const portsWithoutEngines = new Set(['44217', '44227']);

/** Nothing but a host and a port: no path, no user, no blank. */
const hostAndPort = /^(?:\[[\da-f:.]+(?:%[\w.-]+)?\]|[^\s/\\@?#:[\]]+):(\d+)$/i;

/** `host:port` of a service-discovery list as a target, or undefined for a port that carries no engine metrics or is none. */
export function rayTarget(address: string, source: DiscoveryMethod): Target | undefined {
  const port = hostAndPort.exec(address)?.[1];
  if (!port || Number(port) === 0 || Number(port) > 65_535 || portsWithoutEngines.has(port)) return undefined;
  return { url: `http://${address}/metrics`, kind: 'ray', discoveredBy: source };
}

/** A URL of a server: without scheme it is http, without path its `/metrics`. */
export function serverTarget(text: string, kind: TargetKind, source: DiscoveryMethod): Target {
  const withScheme = withoutCredentials(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url && (url.pathname === '/' || url.pathname === '')) url.pathname = '/metrics';
  return { url: url?.href ?? withScheme, kind, discoveredBy: source };
}

/** Each URL once, the first mention wins. */
export function withoutRepeats(targets: readonly Target[]): Target[] {
  return targets.filter(({ url }, index) => targets.findIndex((target) => target.url === url) === index);
}

/** A URL's host, an IPv6 address without its brackets. */
export function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : undefined;
}
