/**
 * Engines at first sight: which ones are there before they report, and in which order they are named.
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
