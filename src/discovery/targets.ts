/** Targets: the addresses that are scraped. */
import { isIPv6 } from 'node:net';
import type { TargetKind } from '../api';
import { toUrlHost } from '../http/hostNames';
import { withoutCredentials } from '../http/redact';

/** Where the address of a target comes from. `nodes`: the dashboard's list of nodes. */
type DiscoveryMethod = 'file' | 'dashboard' | 'nodes' | 'config' | 'setting';

/** An address that is scraped. */
export interface Target {
  url: string;
  kind: TargetKind;
  discoveredBy: DiscoveryMethod;
  /** A description such as `a Dynamo frontend`. */
  about?: string;
  /** Whether a person typed it into user settings. */
  typedByUser?: boolean;
}

/** Whether Ray lists the target: its file, or its dashboard. */
export const isFromRay = ({ discoveredBy }: Target): boolean =>
  discoveredBy === 'file' || discoveredBy === 'dashboard' || discoveredBy === 'nodes';

/**
 * Most targets that are scraped: twice the largest clusters that Ray is tested with. A longer list is not a cluster
 * that an editor can scrape, and asking every address of it would take hours if none answered.
 */
export const maxTargets = 4_000;

/** The autoscaler's and the dashboard's own metrics, which have no engines. */
const portsWithoutEngines = new Set(['44217', '44227']);

/** A host and a port and nothing else: no path, user or blank. */
const hostAndPort = /^(?:\[[\da-f:.]+(?:%[\w.-]+)?\]|[^\s/\\@?#:[\]]+):(\d+)$/i;

/**
 * A node agent's `host:port` as a target; undefined if the port has no engine metrics or the text is not `host:port`.
 */
export function rayTarget(address: string, discoveredBy: DiscoveryMethod): Target | undefined {
  const port = hostAndPort.exec(address)?.[1];
  if (!port || Number(port) === 0 || Number(port) > 65_535 || portsWithoutEngines.has(port)) return undefined;
  return { url: `http://${address}/metrics`, kind: 'ray', discoveredBy };
}

/** The API of a server, which people copy for its clients: its metrics are beside it. */
const apiPath = /\/v1(?:\/.*)?$/;

/**
 * A server's address as a target: `http` if it has no scheme, `/metrics` if it has no path or that of an API. Credentials
 * are removed.
 */
export function serverTarget(address: string, kind: TargetKind, discoveredBy: DiscoveryMethod): Target {
  const trimmed = address.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  const host = isIPv6(trimmed) ? toUrlHost(trimmed) : trimmed;
  const withScheme = withoutCredentials(hasScheme ? trimmed : `http://${host}`);
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url) {
    url.hash = '';
    if (url.pathname === '/' || url.pathname === '') url.pathname = '/metrics';
    url.pathname = url.pathname.replace(apiPath, '/metrics');
  }
  return { url: url?.href ?? withScheme, kind, discoveredBy };
}

/** The targets with each URL once, in linear time; the first one counts. */
export function withoutRepeats(targets: readonly Target[]): Target[] {
  const byUrl = new Map<string, Target>();
  for (const target of targets) if (!byUrl.has(target.url)) byUrl.set(target.url, target);
  return [...byUrl.values()];
}
