/** From what was gathered to the record. Pure. */
import type { Engine } from '../api';
import type { RunConfig } from '../config/types';
import { commonConfig, type ProbedEngine } from './engineConfig';
import type { LoadAverage } from '../discovery/nodeLoads';
import { emptyEvent, type GenerationEvent } from './generationEvent';
import type { NodeGpu } from './scrapeFacts';
import { checkDrift, findConfigDrift } from './configDrift';
import type { EngineValue, GenerationRecord, RecordCause } from './generationRecord';
import { shareOrNull, type CounterTotals } from './counterTotals';
import type { VramResult } from './vramPoll';

/** Key of this host among the load averages. */
export const thisHost = 'this host';

/** What is known of the window's run when a record is composed. */
export interface RecordContext {
  config: RunConfig | undefined;
  /** Path of the config in its folder. */
  configName: string | undefined;
  raySession: string | undefined;
  replayed: boolean;
  /** This host is one of the run's. */
  isLocalRun: boolean;
}

export interface RecordInputs {
  id: string;
  from: number;
  to: number;
  startedBy: RecordCause;
  phase: string | null;
  counterTotals: CounterTotals;
  loadsBefore: ReadonlyMap<string, LoadAverage> | undefined;
  loadsAfter: ReadonlyMap<string, LoadAverage> | undefined;
  probedEngines: ProbedEngine[];
  kvLast: EngineValue | undefined;
  kvHighest: EngineValue | undefined;
  /** By node and index. */
  nodeGpus: Map<string, NodeGpu>;
  /** By id, as last seen. */
  engines: Map<string, Engine>;
  scrapes: number;
}

const mibPerGib = 1024;

type Vram = GenerationRecord['vram'] & { peakGiB: number | null };

function vramOf({ nodeGpus, engines }: RecordInputs, polled: VramResult | undefined): Vram {
  const local = (polled?.devices ?? []).map(({ index, name, peak }) => ({
    device: `GPU ${index} (${name}) of this host`,
    peakGiB: peak / mibPerGib,
  }));
  if (polled?.chosenDevice) {
    const { index, name, peak } = polled.chosenDevice;
    const device = `GPU ${index} (${name}) of this host`;
    return {
      source: 'nvidia-smi',
      device,
      why: polled.why,
      problem: polled.problem ?? null,
      samples: polled.samples,
      devices: local,
      peakGiB: peak / mibPerGib,
    };
  }
  // The trainer's own nodes have GPUs, too; the generation's peak is on a node that has an engine.
  const nodes = new Set([...engines.values()].map(({ node }) => node));
  const onEngineNodes = [...nodeGpus.values()].filter(({ node }) => nodes.has(node));
  const counted = onEngineNodes.length > 0 ? onEngineNodes : [...nodeGpus.values()];
  const devices = counted.map(({ node, index, name, peak }) => ({
    device: `GPU ${index} (${name}) on ${node}`,
    peakGiB: peak / mibPerGib,
  }));
  const highest = [...devices].sort((a, b) => b.peakGiB - a.peakGiB)[0];
  const problem =
    polled?.problem ??
    (polled ? 'nvidia-smi has not answered yet' : 'this host is none of the run’s, so its devices do not count');
  if (!highest)
    return {
      source: null,
      device: null,
      why: null,
      problem: `${problem}; no node reports GPU memory`,
      samples: 0,
      devices: local,
      peakGiB: null,
    };
  return {
    source: 'ray_node_gram_used',
    device: highest.device,
    problem,
    samples: 0,
    devices,
    peakGiB: highest.peakGiB,
    why: 'the highest of the engines’ nodes by Ray’s own count, read at each scrape: short peaks are missed',
  };
}

function loadOf(
  { loadsBefore, loadsAfter, engines }: RecordInputs,
  here: boolean,
): GenerationRecord['load'] & Pick<GenerationEvent, 'loadavg_pre' | 'loadavg_post'> {
  const hosts = [...new Set([...(loadsBefore?.keys() ?? []), ...(loadsAfter?.keys() ?? [])])]
    .filter((each) => here || each !== thisHost)
    .sort();
  const engineCount = (host: string): number => [...engines.values()].filter(({ node }) => node === host).length;
  const busiest = [...hosts].sort((a, b) => engineCount(b) - engineCount(a))[0];
  const host = hosts.includes(thisHost) ? thisHost : (busiest ?? null);
  const nodes = Object.fromEntries(
    hosts.map((each) => [each, { before: loadsBefore?.get(each) ?? null, after: loadsAfter?.get(each) ?? null }]),
  );
  const own = host === null ? undefined : nodes[host];
  return { host, nodes, loadavg_pre: own?.before ?? null, loadavg_post: own?.after ?? null };
}

/** The record of what was gathered. `polled`: undefined where this host's devices were not asked. */
export function composeRecord(
  gathered: RecordInputs,
  polled: VramResult | undefined,
  { config, configName, raySession, replayed, isLocalRun }: RecordContext,
  endedBy: RecordCause,
): GenerationRecord {
  const { id, from, to, startedBy, phase, counterTotals, probedEngines, kvLast, kvHighest, engines, scrapes } =
    gathered;
  const { peakGiB, ...vram } = vramOf(gathered, isLocalRun ? polled : undefined);
  const { loadavg_pre, loadavg_post, ...load } = loadOf(gathered, isLocalRun);
  const { prefixQueries, prefixHits, drafted, accepted, promptTokens, generatedTokens } = counterTotals.result();
  const mismatches = findConfigDrift(config, probedEngines);
  const nameOf = (key: string): string => engines.get(key)?.name ?? key;
  const event: GenerationEvent = {
    ...emptyEvent(),
    peak_vram_gb: peakGiB,
    kv_cache_usage_perc: kvLast?.value ?? null,
    prefix_cache_hit_rate: shareOrNull(prefixHits, prefixQueries),
    spec_accept_rate: shareOrNull(accepted, drafted),
    loadavg_pre,
    loadavg_post,
    engine_runtime_config: { ...commonConfig(probedEngines) },
    flag_did_not_engage: mismatches.length > 0,
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
    flags: { check: checkDrift(config, probedEngines), mismatches: mismatches.map(({ message }) => message) },
    vram,
    load,
    kvCache: { last: kvLast ?? null, highest: kvHighest ?? null },
    prefixCache: prefixQueries === undefined ? null : { hits: prefixHits ?? 0, queries: prefixQueries },
    speculation: drafted === undefined ? null : { accepted: accepted ?? 0, drafted },
    tokens: { prompt: promptTokens ?? null, generated: generatedTokens ?? null },
    engineConfigs: probedEngines.map(({ engine, source, config: own }) => ({ engine, source, config: own })),
    engines: [...engines.values()].map((engine) => ({
      id: engine.id,
      name: engine.name,
      node: engine.node,
      model: engine.model ?? null,
    })),
    config: configName ?? null,
    raySession: raySession ?? null,
    scrapes,
    resets: [...counterTotals.resetEngines].map(nameOf),
  };
}
