/** What the simulated nodes truly were at each request: what every number that is shown is compared with. */
import { nodeSystem, type Gpu } from '../demonstration/live/nodeSystem';
import type { Simulation } from '../demonstration/live/simulation';
import { gaugesAt, type Worker } from '../demonstration/live/worker';

/**
 * What a fault makes of a body. `true`: all of it, or none. `part`: lines are missing. `lie`: its numbers are wrong.
 * `foreign`: it is another cluster's.
 */
export type Honesty = 'true' | 'part' | 'lie' | 'foreign';

/** What the agent of a node truly had of one worker. */
export interface ServedWorker {
  counters: ReadonlyMap<string, number>;
  histograms: ReadonlyMap<string, readonly number[]>;
  gauges: ReadonlyMap<string, number>;
  /** Of its newest report, true Unix ms. */
  reportedAt: number;
}

/** A node at one request. */
export interface ServedBody {
  node: number;
  /** True Unix ms. */
  at: number;
  honesty: Honesty;
  /** By worker id. */
  workers: ReadonlyMap<string, ServedWorker>;
  cpuPercent: number;
  gpus: readonly Gpu[];
}

/** Older bodies are forgotten, in ms: no rate is taken over as long a time. */
const keptMs = 30 * 60_000;

function servedWorker(worker: Worker, now: number): ServedWorker {
  const { counters, histograms } = worker.reported;
  const gauges = new Map(gaugesAt(worker, now).map(([key, { value }]) => [key, value] as const));
  return { counters, histograms, gauges, reportedAt: worker.reportedAt ?? worker.startedAt };
}

/** The bodies that nodes were asked for, by node in the order of time. */
export class ServedBodies {
  private readonly byNode = new Map<number, ServedBody[]>();

  /** Notes a request to a node at the simulation's time. */
  note(simulation: Simulation, node: number, at: number, honesty: Honesty): void {
    const workers = [...simulation.workers, simulation.trainer.worker].filter((worker) => worker.node === node);
    const { cpuPercent, gpus } = nodeSystem(simulation, node);
    const bodies = this.byNode.get(node) ?? [];
    this.byNode.set(node, bodies);
    bodies.push({
      node,
      at,
      honesty,
      workers: new Map(workers.map((worker) => [worker.workerId, servedWorker(worker, simulation.now)])),
      cpuPercent,
      gpus,
    });
    while ((bodies[0]?.at ?? at) < at - keptMs) bodies.shift();
  }

  /** The newest body of a node at or before a time, true Unix ms. */
  newestAt(node: number, at: number): ServedBody | undefined {
    return this.byNode.get(node)?.findLast((body) => body.at <= at);
  }

  /** The bodies of a node from one moment to another, both included. */
  between(node: number, from: number, to: number): ServedBody[] {
    return (this.byNode.get(node) ?? []).filter(({ at }) => at >= from && at <= to);
  }
}
