/** Whether this host belongs to a run: only then are its devices and its load the run's. */
import type { Snapshot } from '../api';
import { isLoopback } from '../http/addressRules';
import { hostOf, withoutBrackets } from '../http/hostNames';

/**
 * Whether a target that answered or the node of an engine is this host. `addresses` are those of this host's network
 * interfaces.
 */
export function isLocalHost(
  { targets, engines, source }: Pick<Snapshot, 'targets' | 'engines' | 'source'>,
  addresses: readonly string[],
): boolean {
  const own = new Set(addresses);
  // If Prometheus is the source, the only target is Prometheus, and its address says nothing about the run.
  const answered = source ? [] : targets.filter(({ state }) => state !== 'failed');
  const hosts = [...answered.map(({ url }) => hostOf(url) ?? ''), ...engines.map(({ node }) => withoutBrackets(node))];
  return hosts.some((host) => isLoopback(host) || own.has(host));
}
