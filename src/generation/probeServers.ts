/** Which servers can be asked what they run with, and whose engines they serve. */
import type { Engine } from '../api';
import type { Target } from '../discovery/targets';
import { hostOf } from '../http/hostNames';
import type { ProbeServer } from './probeEngines';

interface RoundServers {
  discovery: { targets: readonly Target[] };
  /** `/metrics` of servers that answered. */
  serverMetricsUrls?: readonly string[];
}

const isServer = ({ kind }: Target): boolean => kind === 'vllm';
const base = (url: string): string => url.replace(/\/metrics\/?$/, '');

/**
 * The targets that are servers, and the servers of engines that report to Ray. Nothing names the server of a worker: only where one server
 * and one engine are alone on their node do they belong together.
 */
export function findProbeServers(round: RoundServers | undefined, engines: readonly Engine[]): ProbeServer[] {
  const targets = round?.discovery.targets ?? [];
  const own = new Set(targets.map(({ url }) => url));
  const others = (round?.serverMetricsUrls ?? []).filter((url) => !own.has(url));
  const onNode = (node: string): Engine[] => engines.filter((engine) => engine.node === node);
  return [
    ...targets.filter(isServer).map(({ url, typedByUser = false }) => ({
      url: base(url),
      typedByUser,
      engines: engines.filter(({ id }) => id.startsWith(`${url} `)).map(({ id }) => id),
    })),
    ...others.map((url) => {
      const neighbours = onNode(hostOf(url) ?? '');
      const alone = neighbours.length === 1 && others.filter((other) => hostOf(other) === hostOf(url)).length === 1;
      return { url: base(url), typedByUser: false, engines: alone ? neighbours.map(({ id }) => id) : [] };
    }),
  ];
}
