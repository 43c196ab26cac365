/**
 * Engines at first sight: which ones are there before they report, in which order they are named, which engine they
 * succeed.
 */
import { engineActorClasses, type Actor } from '../discovery/actors';

type ActorsByWorker = ReadonlyMap<string, Actor> | undefined;

/** Actors of this run's engines that have not ended; an engine is there before its first report. */
export function livingEngineActors(actors: ActorsByWorker, otherWorkers: ReadonlySet<string>): Actor[] {
  return [...(actors?.values() ?? [])].filter(
    ({ className, state, workerId }) =>
      engineActorClasses.has(className) && state !== 'DEAD' && !otherWorkers.has(workerId),
  );
}

const startOf = ({ actor }: { actor: Actor | undefined }): number => actor?.startedAt ?? Number.MAX_SAFE_INTEGER;

/** Sorts engines by the start of their actors; those with an unknown start come last. */
export const byActorStart = (a: { actor: Actor | undefined }, b: { actor: Actor | undefined }): number =>
  startOf(a) - startOf(b);

/** What the choice of a predecessor looks at. */
interface KnownEngine {
  key: string;
  node: string;
  follows?: string | undefined;
}

/**
 * The key of the engine whose place a new engine on `node` takes: one that has ended and has no successor yet, on the
 * same node if there is one. Undefined if there is none.
 */
export function choosePredecessor<Known extends KnownEngine>(
  engines: Iterable<Known>,
  hasEnded: (engine: Known) => boolean,
  node: string,
): string | undefined {
  const known = [...engines];
  const followed = new Set(known.map(({ follows }) => follows));
  const candidates = known.filter((engine) => !followed.has(engine.key) && hasEnded(engine));
  return (candidates.find((engine) => engine.node === node) ?? candidates[0])?.key;
}
