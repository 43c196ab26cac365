/** Where vLLM servers may listen on the nodes of a run (docs/decisions.md, Servers and their ports). */
import { toUrlHost } from '../http/hostNames';

/** Where a server may be. */
export interface ServerAddress {
  /** `http://node:port`, without a path. */
  base: string;
  /** As in `GetOptions`. */
  typedByUser?: boolean;
}

const firstPort = 8000;
const portStep = 100;
/** Most addresses that are tried on a cluster, whatever its config says. */
const maxAddresses = 256;

/**
 * Addresses for `count` servers on these nodes, port by port: server n listens at 8000 + 100 n, or one port higher
 * (`shift` 1) if that port is taken.
 */
export function listServerAddresses(nodes: readonly string[], count: number, shift = 0): ServerAddress[] {
  const ports = Array.from(
    { length: Math.min(count, maxAddresses) },
    (_, index) => firstPort + portStep * index + shift,
  );
  return ports
    .flatMap((port) => nodes.map((node) => ({ base: `http://${toUrlHost(node)}:${port}` })))
    .slice(0, maxAddresses);
}
