/** An engine's state, each from its named evidence (DESIGN §6). */
import type { Engine, EngineState, ServerFacts } from '../api';
import type { Actor } from '../discovery/actors';
import type { Backend } from '../discovery/rayBackend';
import { activityGauges } from './catalogIndex';
import { gaugeStaleAfterMs, hasWork, hasFreshGauge, reportsAsleep, type SubjectState } from './subjectState';

export interface EngineEvidence {
  now: number;
  /** Its actor by an answer of this scrape; undefined where nobody could be asked or it has none. */
  actor: Actor | undefined;
  /** The dashboard's list of actors is there and names others, but not this one. */
  unlisted: boolean;
  /** Its target is still among those discovered. */
  targetListed: boolean;
  backend: Backend | undefined;
  /** Its server's own GET answers of a moment ago. */
  serverFacts: ServerFacts | undefined;
}

/** Neither dead nor gone: what counts as an engine of the run. */
export const isLiving = ({ state }: Pick<Engine, 'state'>): boolean => state !== 'dead' && state !== 'gone';

/** How long an engine that nobody lists any more is shown. */
export const goneRetentionMs = 10 * 60_000;

/** States of an actor whose worker is not up yet. */
export const startingActorStates: ReadonlySet<string> = new Set([
  'DEPENDENCIES_UNREADY',
  'PENDING_CREATION',
  'RESTARTING',
]);

/** A gauge that an engine sets again and again, not only at its start. */
const hasFreshActivity = (track: SubjectState, now: number): boolean =>
  activityGauges.some((selector) => hasFreshGauge(track, track.seriesIndex.slotsOf(selector), now));

/**
 * Counters that moved lately. A movement between answers far apart may be over for long: then gauges decide, unless this Ray
 * hands them to another reader.
 */
function isMoving(track: SubjectState, { now, backend }: EngineEvidence): boolean {
  if (track.movedAt === undefined || now - track.movedAt >= gaugeStaleAfterMs) return false;
  return (
    (track.movedWithinMs ?? Infinity) <= gaugeStaleAfterMs ||
    (backend === 'one-reader' && !hasFreshActivity(track, now))
  );
}

type Rule = (track: SubjectState, evidence: EngineEvidence) => boolean;

/** The first rule that holds decides. */
const rules: readonly (readonly [EngineState, Rule])[] = [
  ['dead', (_, { actor }) => actor?.state === 'DEAD'],
  ['gone', (_, { targetListed, unlisted }) => !targetListed || unlisted],
  // The server says how it is now; the gauge was set when it changed.
  ['asleep', (track, { serverFacts }) => serverFacts?.sleeping ?? reportsAsleep(track)],
  ['paused', (_, { serverFacts }) => serverFacts?.paused === true],
  ['starting', (track, { actor }) => startingActorStates.has(actor?.state ?? '') || track.values === undefined],
  ['active', (track, evidence) => isMoving(track, evidence) || hasWork(track, evidence.now)],
  ['quiet', (track, { actor, now }) => actor?.state === 'ALIVE' || hasFreshActivity(track, now)],
];

export function deriveEngineState(track: SubjectState, evidence: EngineEvidence): EngineState {
  return rules.find(([, holds]) => holds(track, evidence))?.[0] ?? 'silent';
}
