/** Ray's actors: the worker of an engine, its node and its job. */
import { asNonEmptyText, asObject, asPositiveNumber } from '../shared/json';
import type { JsonObject } from '../shared/guards';
import { runInSlices, type SlicedWork } from '../shared/timeSlice';
import { pushTo } from '../shared/pushTo';
import { fetchTwice, type DashboardRequestOptions } from './dashboard';

/** SkyRL's actor classes whose workers are engines; they are known before they report metrics. */
export const engineActorClasses: ReadonlySet<string> = new Set(['VLLMServerActor']);

/** An actor with a worker process. */
export interface Actor {
  workerId: string;
  className: string;
  /** As Ray names it: `ALIVE`, `DEAD`, … */
  state: string;
  /** Most actors have none. */
  name?: string;
  jobId?: string;
  /** Address of its node. */
  node?: string;
  pid?: number;
  /** Unix ms. */
  startedAt?: number;
  /** Unix ms. */
  endedAt?: number;
}

/** All actors that have a worker, by worker id. Rejects with an HttpError. */
export async function fetchActors(dashboard: string, options: DashboardRequestOptions): Promise<Map<string, Actor>> {
  const data = asObject(asObject(await fetchTwice(dashboard, '/logical/actors', options))['data']);
  return runInSlices(parseActors(asObject(data['actors'])));
}

/** Between two pauses: some milliseconds. */
const actorsPerPause = 1_000;

function* parseActors(list: JsonObject): SlicedWork<Map<string, Actor>> {
  const actors = new Map<string, Actor>();
  let count = 0;
  for (const id in list) {
    const actor = parseActor(asObject(list[id]));
    if (actor) actors.set(actor.workerId, actor);
    if (++count % actorsPerPause === 0) yield;
  }
  return actors;
}

function parseActor(actor: JsonObject): Actor | undefined {
  const address = asObject(actor['address']);
  const workerId = asNonEmptyText(address['workerId']) ?? asNonEmptyText(actor['workerId']);
  if (workerId === undefined) return undefined;
  const optional = {
    name: asNonEmptyText(actor['name']),
    jobId: asNonEmptyText(actor['jobId']),
    node: asNonEmptyText(address['ipAddress']),
    pid: asPositiveNumber(actor['pid']),
    startedAt: asPositiveNumber(actor['startTime']),
    endedAt: asPositiveNumber(actor['endTime']),
  };
  const present = Object.fromEntries(
    Object.entries(optional).filter(([, value]) => value !== undefined),
  ) as Partial<Actor>;
  return {
    workerId,
    className: asNonEmptyText(actor['className']) ?? asNonEmptyText(actor['actorClass']) ?? '',
    state: asNonEmptyText(actor['state']) ?? '',
    ...present,
  };
}

/** Addresses of the nodes that have a living engine, without repeats. */
export function nodesOfEngines(actors: Iterable<Actor>): string[] {
  return [...workersByNode(actors, new Set()).keys()];
}

/** Worker ids of the living engines by address of their node; `otherWorkers` are left out. */
export function workersByNode(actors: Iterable<Actor>, otherWorkers: ReadonlySet<string>): Map<string, string[]> {
  const byNode = new Map<string, string[]>();
  for (const { workerId, className, state, node } of actors) {
    const isEngine = state === 'ALIVE' && engineActorClasses.has(className) && !otherWorkers.has(workerId);
    if (node !== undefined && isEngine) pushTo(byNode, node, workerId);
  }
  return byNode;
}
