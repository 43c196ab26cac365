/** Composes a generation record from what was gathered. */
import type { RunConfig } from '../config/types';
import { portablePath } from '../shared/portablePath';
import { checkDrift, findConfigDrift } from './configDrift';
import { shareOrNull } from './counterTotals';
import { commonConfig } from './engineConfig';
import { emptyEvent, type GenerationEvent } from './generationEvent';
import type { GenerationRecord, RecordCause } from './generationRecord';
import type { VramResult } from './gpuPeaks';
import { peakVram } from './peakVram';
import type { RecordInputs } from './recordInputs';

/** Key of this host among the load averages. */
export const thisHost = 'this host';

/** The run at the time when a record is composed. */
export interface RecordContext {
  config: RunConfig | undefined;
  /** Path of the config in its folder. */
  configName: string | undefined;
  raySession: string | undefined;
  replayed: boolean;
  /** Whether this host is part of the run. */
  isLocalRun: boolean;
}

type Loads = GenerationRecord['load'] & Pick<GenerationEvent, 'loadavg_pre' | 'loadavg_post'>;

/**
 * Load averages of all hosts, and those of this host or, if it is not part of the run, of the node with most engines.
 */
function composeLoads({ loadsBefore, loadsAfter, engines }: RecordInputs, isLocalRun: boolean): Loads {
  const hosts = [...new Set([...(loadsBefore?.keys() ?? []), ...(loadsAfter?.keys() ?? [])])]
    .filter((host) => isLocalRun || host !== thisHost)
    .sort();
  const engineCount = (host: string): number => [...engines.values()].filter(({ node }) => node === host).length;
  const busiest = [...hosts].sort((a, b) => engineCount(b) - engineCount(a))[0];
  const host = hosts.includes(thisHost) ? thisHost : (busiest ?? null);
  const nodes = Object.fromEntries(
    hosts.map((name) => [name, { before: loadsBefore?.get(name) ?? null, after: loadsAfter?.get(name) ?? null }]),
  );
  const chosen = host === null ? undefined : nodes[host];
  return { host, nodes, loadavg_pre: chosen?.before ?? null, loadavg_post: chosen?.after ?? null };
}

/** The record of what was gathered. `polled`: the result of `nvidia-smi`; undefined if it was not asked. */
export function composeRecord(
  inputs: RecordInputs,
  polled: VramResult | undefined,
  { config, configName, raySession, replayed, isLocalRun }: RecordContext,
  endedBy: RecordCause,
): GenerationRecord {
  const { id, from, to, startedBy, phase, counterTotals, probedEngines, kvLast, kvHighest, engines, scrapes } = inputs;
  const { peakGiB, ...vram } = peakVram(inputs, isLocalRun ? polled : undefined);
  const { loadavg_pre, loadavg_post, ...load } = composeLoads(inputs, isLocalRun);
  const { prefixQueries, prefixHits, drafted, accepted, promptTokens, generatedTokens } = counterTotals.result();
  const drift = findConfigDrift(config, probedEngines);
  const event: GenerationEvent = {
    ...emptyEvent(),
    peak_vram_gb: peakGiB,
    kv_cache_usage_perc: kvLast?.value ?? null,
    prefix_cache_hit_rate: shareOrNull(prefixHits, prefixQueries),
    spec_accept_rate: shareOrNull(accepted, drafted),
    loadavg_pre,
    loadavg_post,
    engine_runtime_config: { ...commonConfig(probedEngines) },
    flag_did_not_engage: drift.length > 0,
  };
  return {
    version: 1,
    id,
    from,
    to,
    startedBy,
    endedBy,
    phase,
    replayed,
    event,
    flags: { check: checkDrift(config, probedEngines), mismatches: drift.map(({ message }) => message) },
    vram,
    load,
    kvCache: { last: kvLast ?? null, highest: kvHighest ?? null },
    prefixCache: prefixQueries === undefined ? null : { hits: prefixHits ?? 0, queries: prefixQueries },
    speculation: drafted === undefined ? null : { accepted: accepted ?? 0, drafted },
    tokens: { prompt: promptTokens ?? null, generated: generatedTokens ?? null },
    engineConfigs: probedEngines.map(({ engine, source, config: effective }) => ({
      engine,
      source,
      config: effective,
    })),
    engines: [...engines.values()].map(({ id: engineId, name, node, model = null }) => ({
      id: engineId,
      name,
      node,
      model,
    })),
    config: configName === undefined ? null : portablePath(configName),
    raySession: raySession ?? null,
    scrapes,
    resets: [...counterTotals.resetEngines].map((key) => engines.get(key)?.name ?? key),
  };
}
