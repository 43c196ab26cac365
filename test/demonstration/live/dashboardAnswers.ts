/** What the dashboard answers about the simulated run, in the shape of the recorded answers. */
import { array, at, object, type Json, type JsonObject } from '../json';
import { loadRecording } from '../replay/recording';
import { nodeAddress } from './names';
import { nodeSystem } from './nodeSystem';
import type { Simulation } from './simulation';
import type { Worker } from './worker';

interface DashboardAnswers {
  version(): Json;
  /** `ports` are those of the agents, by node. */
  nodeSummary(ports: readonly number[]): Json;
  actors(): Json;
}

const jobId = '01000000';
const actorIdOf = (worker: Worker): string => `${worker.workerId.slice(0, 24)}${jobId}`;
const portOf = (worker: Worker): number => 10_000 + (worker.pid % 1000);

function livingWorkers({ workers, trainer }: Simulation, node: number): Worker[] {
  return [...workers, trainer.worker].filter((worker) => worker.node === node && worker.endedAt === undefined);
}

/** The recorded objects that answers are made from. */
interface Shapes {
  version: JsonObject;
  summary: JsonObject;
  nodes: JsonObject[];
  actors: JsonObject;
  actor: (className: string, state: string) => JsonObject;
}

/** Reads the last step of `ray-2.57`, which has living and dead actors. */
function loadShapes(): Shapes {
  const recorded = loadRecording('ray-2.57').steps.at(-1)?.json ?? {};
  const actors = object(recorded['logical-actors']);
  const recordedActors = Object.values(object(at(actors, 'data', 'actors'))).map(object);
  return {
    version: object(recorded.version),
    summary: object(recorded['nodes-summary']),
    nodes: array(at(recorded['nodes-summary'], 'data', 'summary')).map(object),
    actors,
    actor: (className, state) =>
      recordedActors.find((actor) => actor['className'] === className && actor['state'] === state) ?? {},
  };
}

/** The recorded answer about a node. The recording has two nodes; all but the head are like its second one. */
const shapeOf = ({ nodes }: Shapes, node: number): JsonObject => object(nodes[Math.min(node, nodes.length - 1)]);

/** The recorded ID; nodes that share a recorded answer differ by their last digits. */
function nodeIdOf(shapes: Shapes, node: number): string {
  const recorded = String(at(shapeOf(shapes, node), 'raylet', 'nodeId'));
  const suffix = node < shapes.nodes.length ? '' : node.toString(16).padStart(4, '0');
  return recorded.slice(0, recorded.length - suffix.length) + suffix;
}

function actorAnswer(shapes: Shapes, worker: Worker, className: string): JsonObject {
  const isDead = worker.endedAt !== undefined;
  const address = {
    nodeId: nodeIdOf(shapes, worker.node),
    ipAddress: nodeAddress(worker.node),
    port: portOf(worker),
    workerId: worker.workerId,
  };
  const processStats = isDead
    ? null
    : {
        ...object(at(shapes.actor(className, 'ALIVE'), 'processStats')),
        pid: worker.pid,
        createTime: worker.startedAt / 1000 - 4,
      };
  return {
    ...shapes.actor(className, isDead ? 'DEAD' : 'ALIVE'),
    actorId: actorIdOf(worker),
    jobId,
    address,
    pid: worker.pid,
    timestamp: worker.endedAt ?? worker.startedAt,
    startTime: worker.startedAt,
    endTime: worker.endedAt ?? 0,
    processStats,
    ...(isDead ? {} : { workerId: worker.workerId, ipAddress: address.ipAddress, port: String(address.port) }),
  };
}

function workerAnswers(shapes: Shapes, simulation: Simulation, node: number): Json[] {
  const shape = object(array(at(shapes.nodes[0], 'raylet', 'coreWorkersStats'))[0]);
  return livingWorkers(simulation, node).map((worker) => ({
    ...shape,
    actorId: actorIdOf(worker),
    pid: worker.pid,
    workerId: worker.workerId,
    ipAddress: nodeAddress(node),
    port: String(portOf(worker)),
  }));
}

function nodeAnswer(shapes: Shapes, simulation: Simulation, node: number, port: number): JsonObject {
  const { cpuPercent, cpuCount, memoryUsedBytes, memoryTotalBytes, loadAverage, gpus } = nodeSystem(simulation, node);
  const shape = shapeOf(shapes, node);
  const memoryPercent = Math.round((1000 * memoryUsedBytes) / memoryTotalBytes) / 10;
  return {
    ...shape,
    now: simulation.now / 1000,
    hostname: `gpu-node-${node}`,
    ip: nodeAddress(node),
    cpu: cpuPercent,
    cpus: [cpuCount, cpuCount],
    mem: [memoryTotalBytes, memoryTotalBytes - memoryUsedBytes, memoryPercent, memoryUsedBytes],
    hostMem: [memoryUsedBytes, memoryTotalBytes],
    cgroupMem: [memoryUsedBytes, memoryTotalBytes],
    loadAvg: [[...loadAverage], loadAverage.map((load) => Math.round((100 * load) / cpuCount) / 100)],
    gpus: gpus.map((gpu, index) => ({
      index,
      uuid: `GPU-00000000-0000-0000-0000-${String(node * 100 + index).padStart(12, '0')}`,
      name: gpu.name,
      utilizationGpu: gpu.utilizationPercent,
      memoryUsed: gpu.usedMb,
      memoryTotal: gpu.totalMb,
      processesPids: [],
    })),
    raylet: {
      ...object(shape['raylet']),
      nodeId: nodeIdOf(shapes, node),
      coreWorkersStats: workerAnswers(shapes, simulation, node),
      numWorkers: livingWorkers(simulation, node).length,
      nodeManagerAddress: '127.0.0.1',
      nodeManagerHostname: `gpu-node-${node}`,
      nodeName: nodeAddress(node),
      metricsExportPort: port,
      startTimeMs: String(simulation.startedAt - 60_000),
      sessionDir: `/tmp/ray/${simulation.session}`,
    },
  };
}

/** The answers at the simulation's time. */
export function createDashboardAnswers(simulation: Simulation): DashboardAnswers {
  const shapes = loadShapes();
  return {
    version: () => ({ ...shapes.version, session_name: simulation.session }),
    nodeSummary: (ports) => ({
      ...shapes.summary,
      data: {
        ...object(at(shapes.summary, 'data')),
        summary: ports.map((port, node) => nodeAnswer(shapes, simulation, node, port)),
      },
    }),
    actors: () => {
      const actors = [
        ...simulation.workers.map((worker) => actorAnswer(shapes, worker, 'VLLMServerActor')),
        actorAnswer(shapes, simulation.trainer.worker, 'Trainer'),
      ];
      return {
        ...shapes.actors,
        data: { actors: Object.fromEntries(actors.map((actor) => [String(actor['actorId']), actor])) },
      };
    },
  };
}
