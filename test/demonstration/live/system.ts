/** What Ray's reporter says of a node: processor, memory, and two made-up H100s. */
import { kvCacheTokens, kvTokens, maxNumSeqs } from './engine';
import type { EngineSlot, Simulation } from './simulation';

export interface Gpu {
  name: string;
  /** Percent. */
  utilization: number;
  /** MB (really MiB), as NVML and Ray count. */
  used: number;
  total: number;
}

export interface NodeSystem {
  /** Percent. */
  cpu: number;
  cpuCount: number;
  /** Bytes. */
  memoryUsed: number;
  memoryTotal: number;
  /** Load average over 1, 5 and 15 minutes. */
  load: readonly [number, number, number];
  gpus: readonly Gpu[];
}

const gpuName = 'NVIDIA H100 80GB HBM3';
const gpuTotal = 81_559;
const used = { awake: 69_312, asleep: 8_474, loading: 16_890, gone: 562 };
const cpuCount = 64;
const gib = 2 ** 30;

/** A little unrest that is the same at the same time. */
const wobble = (now: number, period: number): number => Math.sin((now / 1000 / period) * 2 * Math.PI);

function gpuOf({ worker, state, load }: EngineSlot, now: number): Gpu {
  const share = Math.min(1, load.running.length / (0.5 * maxNumSeqs));
  const busy = load.running.length === 0 ? 0 : 62 + 34 * share + 2 * wobble(now, 7);
  return { name: gpuName, utilization: Math.round(busy), used: worker ? used[state] : used.gone, total: gpuTotal };
}

/** A node's system at the simulation's time. */
export function systemOf({ slots, now, trainer }: Simulation, node: number): NodeSystem {
  const own = slots.filter(({ traits }) => traits.node === node);
  const running = own.reduce((sum, { load }) => sum + load.running.length, 0);
  const training = node === 0 && trainer.state.phase === 'run_training' ? 22 : 0;
  const cpu = 4 + running * 0.04 + training + wobble(now, 11);
  const memory = 96 + 40 * own.reduce((sum, { load }) => sum + kvTokens(load) / kvCacheTokens, 0) + training;
  const load = (cpuCount * cpu) / 100;
  return {
    cpu: Math.round(cpu * 10) / 10,
    cpuCount,
    memoryUsed: Math.round(memory * gib),
    memoryTotal: 1024 * gib,
    load: [load, load * 0.9, load * 0.8],
    gpus: own.map((slot) => gpuOf(slot, now)),
  };
}
