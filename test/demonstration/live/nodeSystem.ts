/** Processor, memory and GPUs of a simulated node: two imaginary H100s, by the load of the engines on it. */
import { kvCacheTokens, maxNumSeqs, usedKvTokens } from './engine';
import type { EngineSlot, Simulation } from './simulation';

/** One GPU. Memory is in MiB, which NVML and Ray call MB. */
export interface Gpu {
  name: string;
  utilizationPercent: number;
  usedMb: number;
  totalMb: number;
}

interface NodeSystem {
  cpuPercent: number;
  cpuCount: number;
  memoryUsedBytes: number;
  memoryTotalBytes: number;
  /** Load average over 1, 5 and 15 minutes. */
  loadAverage: readonly [number, number, number];
  gpus: readonly Gpu[];
}

const gpuName = 'NVIDIA H100 80GB HBM3';
const gpuTotalMb = 81_559;
const gpuUsedMb = { awake: 69_312, asleep: 8_474, loading: 16_890, gone: 562 };
const cpuCount = 64;
const gib = 2 ** 30;

/** A small variation that is the same at the same time. */
const variation = (now: number, periodSeconds: number): number => Math.sin((now / 1000 / periodSeconds) * 2 * Math.PI);

function gpuOf({ worker, state, load }: EngineSlot, now: number): Gpu {
  const batchShare = Math.min(1, load.running.length / (0.5 * maxNumSeqs));
  const utilization = load.running.length === 0 ? 0 : 62 + 34 * batchShare + 2 * variation(now, 7);
  return {
    name: gpuName,
    utilizationPercent: Math.round(utilization),
    usedMb: worker ? gpuUsedMb[state] : gpuUsedMb.gone,
    totalMb: gpuTotalMb,
  };
}

/** The system of a node at the simulation's time. */
export function nodeSystem({ slots, now, trainer }: Simulation, node: number): NodeSystem {
  const nodeSlots = slots.filter(({ traits }) => traits.node === node);
  const running = nodeSlots.reduce((sum, { load }) => sum + load.running.length, 0);
  const training = node === 0 && trainer.state.phase === 'run_training' ? 22 : 0;
  const cpu = 4 + running * 0.04 + training + variation(now, 11);
  const cacheUse = nodeSlots.reduce((sum, { load }) => sum + usedKvTokens(load) / kvCacheTokens, 0);
  const load = (cpuCount * cpu) / 100;
  return {
    cpuPercent: Math.round(cpu * 10) / 10,
    cpuCount,
    memoryUsedBytes: Math.round((96 + 40 * cacheUse + training) * gib),
    memoryTotalBytes: 1024 * gib,
    loadAverage: [load, load * 0.9, load * 0.8],
    gpus: nodeSlots.map((slot) => gpuOf(slot, now)),
  };
}
