/** The dashboard's answers about the live run, in the shape of the recorded ones. */
import { array, at, object, type Json, type JsonObject } from '../json';
import { loadRecording } from '../replay/recording';
import { nodeAddresses } from './names';
import type { Simulation } from './simulation';
import { systemOf } from './system';
import type { Worker } from './worker';

export interface DashboardAnswers {
  version(): Json;
  nodeSummary(ports: readonly number[]): Json;
  actors(): Json;
}

const jobId = '01000000';
const actorIdOf = (worker: Worker): string => `${worker.workerId.slice(0, 24)}${jobId}`;
const portOf = (worker: Worker): number => 10_000 + (worker.pid % 1000);

function aliveOn({ workers, trainer }: Simulation, node: number): Worker[] {
  return [...workers, trainer.worker].filter((worker) => worker.node === node && worker.endedAt === undefined);
}

/** Reads the shapes from the last step of `ray-2.57`, which has an actor that is dead and one that is alive. */
export function createDashboardAnswers(simulation: Simulation): DashboardAnswers {
  const recorded = loadRecording('ray-2.57').steps.at(-1)?.json ?? {};
  const version = object(recorded.version);
  const nodes = array(at(recorded['nodes-summary'] as Json, 'data', 'summary')).map(object);
  const actors = Object.values(object(at(recorded['logical-actors'] as Json, 'data', 'actors'))).map(object);
  const shape = (className: string, state: string): JsonObject =>
    actors.find((actor) => actor['className'] === className && actor['state'] === state) ?? {};
  const nodeId = (node: number): string => String(at(nodes[node], 'raylet', 'nodeId'));

  const actorOf = (worker: Worker, className: string): JsonObject => {
    const dead = worker.endedAt !== undefined;
    const address = {
      nodeId: nodeId(worker.node),
      ipAddress: nodeAddresses[worker.node] ?? '',
      port: portOf(worker),
      workerId: worker.workerId,
    };
    const processStats = dead
      ? null
      : {
          ...object(at(shape(className, 'ALIVE'), 'processStats')),
          pid: worker.pid,
          createTime: worker.startedAt / 1000 - 4,
        };
    return {
      ...shape(className, dead ? 'DEAD' : 'ALIVE'),
      actorId: actorIdOf(worker),
      jobId,
      address,
      pid: worker.pid,
      timestamp: worker.endedAt ?? worker.startedAt,
      startTime: worker.startedAt,
      endTime: worker.endedAt ?? 0,
      processStats,
      ...(dead ? {} : { workerId: worker.workerId, ipAddress: address.ipAddress, port: String(address.port) }),
    };
  };

  const workerShape = object(array(at(nodes[0], 'raylet', 'coreWorkersStats'))[0]);
  const statsOf = (node: number): Json[] =>
    aliveOn(simulation, node).map((worker) => ({
      ...workerShape,
      actorId: actorIdOf(worker),
      pid: worker.pid,
      workerId: worker.workerId,
      ipAddress: nodeAddresses[node] ?? '',
      port: String(portOf(worker)),
    }));

  const nodeOf = (shapeOfNode: JsonObject, node: number, port: number): JsonObject => {
    const system = systemOf(simulation, node);
    const free = system.memoryTotal - system.memoryUsed;
    return {
      ...shapeOfNode,
      now: simulation.now / 1000,
      hostname: `gpu-node-${node}`,
      ip: nodeAddresses[node] ?? '',
      cpu: system.cpu,
      cpus: [system.cpuCount, system.cpuCount],
      mem: [
        system.memoryTotal,
        free,
        Math.round((1000 * system.memoryUsed) / system.memoryTotal) / 10,
        system.memoryUsed,
      ],
      hostMem: [system.memoryUsed, system.memoryTotal],
      cgroupMem: [system.memoryUsed, system.memoryTotal],
      loadAvg: [[...system.load], system.load.map((load) => Math.round((100 * load) / system.cpuCount) / 100)],
      gpus: system.gpus.map((gpu, index) => ({
        index,
        uuid: `GPU-00000000-0000-0000-0000-0000000000${node}${index}`,
        name: gpu.name,
        utilizationGpu: gpu.utilization,
        memoryUsed: gpu.used,
        memoryTotal: gpu.total,
        processesPids: [],
      })),
      raylet: {
        ...object(shapeOfNode['raylet']),
        coreWorkersStats: statsOf(node),
        numWorkers: aliveOn(simulation, node).length,
        nodeManagerAddress: '127.0.0.1',
        nodeManagerHostname: `gpu-node-${node}`,
        nodeName: nodeAddresses[node] ?? '',
        metricsExportPort: port,
        startTimeMs: String(simulation.startedAt - 60_000),
        sessionDir: `/tmp/ray/${simulation.session}`,
      },
    };
  };

  return {
    version: () => ({ ...version, session_name: simulation.session }),
    nodeSummary: (ports) => ({
      ...object(recorded['nodes-summary']),
      data: {
        ...object(at(recorded['nodes-summary'], 'data')),
        summary: nodes.map((node, index) => nodeOf(node, index, ports[index] ?? 0)),
      },
    }),
    actors: () => {
      const all = [
        ...simulation.workers.map((worker) => actorOf(worker, 'VLLMServerActor')),
        actorOf(simulation.trainer.worker, 'Trainer'),
      ];
      return {
        ...object(recorded['logical-actors']),
        data: { actors: Object.fromEntries(all.map((actor) => [String(actor['actorId']), actor])) },
      };
    },
  };
}
