/** Finds the servers that can be asked for their config, and the engines that they serve. */
import type { Engine } from '../api';
import type { Target } from '../discovery/targets';
import { hostOf } from '../http/hostNames';
import type { ProbeServer } from './probeEngines';

interface RoundServers {
  discovery: { targets: readonly Target[] };
  /** URLs (`…/metrics`) of servers that answered. */
  serverMetricsUrls?: readonly string[];
}

const withoutMetricsPath = (url: string): string => url.replace(/\/metrics\/?$/, '');

/**
 * The targets that are servers, then the servers of engines that report to Ray. Nothing names the server of a Ray
 * worker, so they belong together only if one server and one engine are alone on their node.
 */
export function findProbeServers(round: RoundServers | undefined, engines: readonly Engine[]): ProbeServer[] {
  const targets = round?.discovery.targets ?? [];
  const targetUrls = new Set(targets.map(({ url }) => url));
  const rayServers = (round?.serverMetricsUrls ?? []).filter((url) => !targetUrls.has(url));
  return [
    ...targets
      .filter(({ kind }) => kind === 'vllm')
      .map(({ url, typedByUser = false }) => ({
        url: withoutMetricsPath(url),
        typedByUser,
        engines: engines.filter(({ id }) => id.startsWith(`${url} `)).map(({ id }) => id),
      })),
    ...rayServers.map((url) => {
      const node = hostOf(url);
      const enginesThere = engines.filter((engine) => engine.node === node);
      const serversThere = rayServers.filter((other) => hostOf(other) === node);
      const areAlone = enginesThere.length === 1 && serversThere.length === 1;
      return {
        url: withoutMetricsPath(url),
        typedByUser: false,
        engines: areAlone ? enginesThere.map(({ id }) => id) : [],
      };
    }),
  ];
}
