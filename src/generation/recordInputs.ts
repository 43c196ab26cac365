/** What is gathered while a generation record runs, scrape by scrape. */
import type { Engine } from '../api';
import type { LoadAverage } from '../discovery/nodeLoads';
import { CounterTotals } from './counterTotals';
import type { ProbedEngine } from './engineConfig';
import type { EngineValue, RecordCause } from './generationRecord';
import type { NodeGpu, ScrapeFacts } from './scrapeFacts';

/** Everything that a record is composed from. */
export interface RecordInputs {
  id: string;
  /** Time of the scrape that is the base, Unix ms. */
  from: number;
  /** Time of the last scrape, Unix ms. */
  to: number;
  startedBy: RecordCause;
  phase: string | null;
  counterTotals: CounterTotals;
  /** By host: this host as `thisHost`, and the nodes by address. */
  loadsBefore: ReadonlyMap<string, LoadAverage> | undefined;
  loadsAfter: ReadonlyMap<string, LoadAverage> | undefined;
  probedEngines: ProbedEngine[];
  /** Use of the KV cache, as a fraction. */
  kvLast: EngineValue | undefined;
  kvHighest: EngineValue | undefined;
  /** By node and index. */
  nodeGpus: Map<string, NodeGpu>;
  /** By id, as last seen. */
  engines: Map<string, Engine>;
  scrapes: number;
}

/** Inputs without any scrape. */
export const newRecordInputs = (start: Pick<RecordInputs, 'id' | 'from' | 'startedBy' | 'phase'>): RecordInputs => ({
  ...start,
  to: start.from,
  counterTotals: new CounterTotals(),
  loadsBefore: undefined,
  loadsAfter: undefined,
  probedEngines: [],
  kvLast: undefined,
  kvHighest: undefined,
  nodeGpus: new Map(),
  engines: new Map(),
  scrapes: 0,
});

/** Moves the times of the inputs by `ms`, because the machine's clock was set. */
export function moveInputTimes(inputs: RecordInputs, ms: number): void {
  inputs.from += ms;
  inputs.to += ms;
  for (const value of new Set([inputs.kvLast, inputs.kvHighest])) if (value) value.at += ms;
}

/** Adds one scrape to the inputs. */
export function addScrape(inputs: RecordInputs, { snapshot, counters, gpus }: ScrapeFacts): void {
  if (inputs.scrapes === 0 && inputs.startedBy === 'command' && counters.length > 0)
    inputs.from = Math.min(...counters.map(({ at }) => at));
  inputs.scrapes += 1;
  inputs.to = snapshot.at;
  inputs.counterTotals.add(counters);
  for (const engine of snapshot.engines) inputs.engines.set(engine.id, engine);
  const kvUse = snapshot.measures['kv_cache_usage_perc'];
  if (kvUse) {
    const engine = snapshot.engines.find(({ id }) => id === kvUse.highest?.engine)?.name ?? '';
    const value: EngineValue = { value: kvUse.value, engine, at: kvUse.to };
    inputs.kvLast = value;
    if (!inputs.kvHighest || value.value > inputs.kvHighest.value) inputs.kvHighest = value;
  }
  for (const gpu of gpus) {
    const key = `${gpu.node} ${gpu.index}`;
    const peak = Math.max(inputs.nodeGpus.get(key)?.peak ?? 0, gpu.peak);
    inputs.nodeGpus.set(key, { ...gpu, peak });
  }
}
