/** Ray's actors: whose worker an engine is, on which node, of which job. */
import { askTwice, type Asking } from './dashboard';
import { object, positive, text, type Json } from '../shared/json';

/** Actor classes of SkyRL whose workers are engines: listed before they report. */
export const engineActors: ReadonlySet<string> = new Set(['VLLMServerActor']);

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
export async function askActors(dashboard: string, asking: Asking): Promise<Map<string, Actor>> {
  const data = object(object(await askTwice(dashboard, '/logical/actors', asking))['data']);
  const actors = Object.values(object(data['actors'])).flatMap((actor) => readActor(object(actor)) ?? []);
  return new Map(actors.map((actor) => [actor.workerId, actor]));
}

function readActor(actor: Json): Actor | undefined {
  const address = object(actor['address']);
  const workerId = text(address['workerId']) ?? text(actor['workerId']);
  if (workerId === undefined) return undefined;
  const optional = {
    name: text(actor['name']),
    jobId: text(actor['jobId']),
    node: text(address['ipAddress']),
    pid: positive(actor['pid']),
    startedAt: positive(actor['startTime']),
    endedAt: positive(actor['endTime']),
  };
  const known = Object.fromEntries(
    Object.entries(optional).filter(([, value]) => value !== undefined),
  ) as Partial<Actor>;
  return {
    workerId,
    className: text(actor['className']) ?? text(actor['actorClass']) ?? '',
    state: text(actor['state']) ?? '',
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
    if (node === undefined || state !== 'ALIVE' || !engineActors.has(className) || others.has(workerId)) continue;
    byNode.set(node, [...(byNode.get(node) ?? []), workerId]);
  }
  return byNode;
}
