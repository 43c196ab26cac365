/** Whether this host is one of the run's: only then are its devices and its load the generation's. */
import type { Snapshot } from '../api';

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/i;

const hostnameOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');

/** `addresses`: of this host's network interfaces. An engine is here when its target or its node is. */
export function isLocalHost(
  { targets, engines, source }: Pick<Snapshot, 'targets' | 'engines' | 'source'>,
  addresses: readonly string[],
): boolean {
  const own = new Set(addresses);
  // Where a Prometheus is says nothing of the run.
  const asked = source ? [] : targets;
  const hosts = [
    ...asked.filter(({ state }) => state !== 'failed').map(({ url }) => hostnameOf(url)),
    ...engines.map(({ node }) => node),
  ];
  return hosts.some((host) => loopback.test(host) || own.has(host.replace(/^\[|\]$/g, '')));
}
