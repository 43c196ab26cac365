/** Where vLLM servers may listen on the nodes of a run (docs/decisions.md, Servers and their ports). */
import { toUrlHost } from '../http/hostNames';
import { hintOf, parsePort, type ScriptHint } from './scriptHints';

/** Where a server may be. */
export interface ServerAddress {
  /** `http://node:port`, without a path. */
  base: string;
  /** As in `GetOptions`. */
  typedByUser?: boolean;
}

/** Where SkyRL starts counting without SKYRL_VLLM_START_PORT. */
export const defaultFirstPort = 8000;
const portStep = 100;
const maxPort = 65_535;
/** SkyRL's side channels for NIXL and Mooncake, which speak no HTTP and must not be asked. */
const sideChannels = { from: 20_000, to: 29_999 };
/** Most addresses that are tried on a cluster, whatever its config says. */
const maxAddresses = 256;

/**
 * The ports of a run's first server: SKYRL_VLLM_START_PORT of the environment, then the script's, which may be the one
 * that the run got; 8000 if neither is there.
 */
export function firstServerPorts(
  environment: Record<string, string | undefined>,
  hints: readonly ScriptHint[] = [],
): number[] {
  const named = [environment['SKYRL_VLLM_START_PORT'], hintOf(hints, 'SKYRL_VLLM_START_PORT')?.value];
  const ports = [...new Set(named.flatMap((text) => parsePort(text) ?? []))];
  return ports.length > 0 ? ports : [defaultFirstPort];
}

/**
 * Addresses for `count` servers on these nodes, port by port: server n listens 100 n above the first one, or one port
 * higher (`shift` 1) if that port is taken. At most 256.
 */
export function listServerAddresses(
  nodes: readonly string[],
  count: number,
  { firstPorts = [defaultFirstPort], shift = 0 }: { firstPorts?: readonly number[]; shift?: number } = {},
): ServerAddress[] {
  const addresses: ServerAddress[] = [];
  if (nodes.length === 0) return addresses;
  for (let index = 0; index < count && index <= maxPort / portStep; index += 1) {
    for (const firstPort of firstPorts) {
      const port = firstPort + portStep * index + shift;
      const isSideChannel = firstPort < sideChannels.from && port >= sideChannels.from && port <= sideChannels.to;
      if (isSideChannel || port > maxPort) continue;
      for (const node of nodes) {
        if (addresses.length >= maxAddresses) return addresses;
        addresses.push({ base: `http://${toUrlHost(node)}:${port}` });
      }
    }
  }
  return addresses;
}
