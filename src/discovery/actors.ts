/** Ray's actors: whose worker an engine is, on which node, of which job. */
import { fetchTwice, type DashboardRequestOptions } from './dashboard';
import { asObject, asPositiveNumber, asNonEmptyText, type JsonObject } from '../shared/json';

/** Actor classes of SkyRL whose workers are engines: listed before they report. */
export const engineActorClasses: ReadonlySet<string> = new Set(['VLLMServerActor']);

export interface Actor {
  workerId: string;
  className: string;
  state: string;
  /** Given by the program, often by nobody. */
  name?: string;
  jobId?: string;
  /** Address of its node. */
  node?: string;
  pid?: number;
  /** Unix ms. */
  startedAt?: number;
  endedAt?: number;
}

/** All actors that have a worker, by their worker id. Rejects with an HttpError. */
export async function fetchActors(dashboard: string, asking: DashboardRequestOptions): Promise<Map<string, Actor>> {
  const data = asObject(asObject(await fetchTwice(dashboard, '/logical/actors', asking))['data']);
  const actors = Object.values(asObject(data['actors'])).flatMap((actor) => readActor(asObject(actor)) ?? []);
  return new Map(actors.map((actor) => [actor.workerId, actor]));
}

function readActor(actor: JsonObject): Actor | undefined {
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
  const known = Object.fromEntries(
    Object.entries(optional).filter(([, value]) => value !== undefined),
  ) as Partial<Actor>;
  return {
    workerId,
    className: asNonEmptyText(actor['className']) ?? asNonEmptyText(actor['actorClass']) ?? '',
    state: asNonEmptyText(actor['state']) ?? '',
    ...known,
  };
}

/** Addresses of the nodes on which an engine's actor lives, each once. */
export function nodesOfEngines(actors: Iterable<Actor>): string[] {
  return [...workersByNode(actors, new Set()).keys()];
}

/** Workers of the engines that live, by the address of their node. */
export function workersByNode(actors: Iterable<Actor>, others: ReadonlySet<string>): Map<string, string[]> {
  const byNode = new Map<string, string[]>();
  for (const { workerId, className, state, node } of actors) {
    if (node === undefined || state !== 'ALIVE' || !engineActorClasses.has(className) || others.has(workerId)) continue;
    byNode.set(node, [...(byNode.get(node) ?? []), workerId]);
  }
  return byNode;
}
