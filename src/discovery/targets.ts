/** Targets: the addresses that are scraped. */
import type { TargetKind } from '../api';
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

/**
 * A server's address as a target: `http` if it has no scheme, `/metrics` if it has no path. Credentials are removed.
 */
export function serverTarget(address: string, kind: TargetKind, discoveredBy: DiscoveryMethod): Target {
  const withScheme = withoutCredentials(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`);
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url && (url.pathname === '/' || url.pathname === '')) url.pathname = '/metrics';
  return { url: url?.href ?? withScheme, kind, discoveredBy };
}

/** The targets with each URL once; the first one counts. */
export function withoutRepeats(targets: readonly Target[]): Target[] {
  return targets.filter(({ url }, index) => targets.findIndex((target) => target.url === url) === index);
}
