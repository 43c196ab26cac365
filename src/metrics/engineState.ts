/** The state of an engine, and the evidence that decides it (docs/metrics.md, Engine states). */
import type { Engine, EngineState, ServerFacts } from '../api';
import type { Actor } from '../discovery/actors';
import type { Backend } from '../discovery/rayBackend';
import { gaugeStaleAfterMs, hasFreshGauge, hasWork, reportsAsleep } from './gaugeValues';
import type { SubjectState } from './subjectState';

/** What else than an engine's own series tells its state. */
interface EngineEvidence {
  /** Unix ms. */
  now: number;
  /** Its actor in the dashboard's answer to this scrape. Undefined without an answer or an actor. */
  actor: Actor | undefined;
  /** The dashboard lists actors, but not this engine's. Undefined if it lists none now. */
  unlisted: boolean | undefined;
  /** Its target just answered with it. */
  isReporting: boolean;
  /** Its target is still discovered. */
  targetListed: boolean;
  backend: Backend | undefined;
  /** What its server just answered about itself. */
  serverFacts: ServerFacts | undefined;
}

/** Whether an engine counts as one of the run: it is neither dead nor gone. */
export const isLiving = ({ state }: Pick<Engine, 'state'>): boolean => state !== 'dead' && state !== 'gone';

/** An engine loads its model before its first report, which takes minutes; after this time, in ms, it no longer starts. */
export const longestStartMs = 5 * 60_000;

/**
 * Whether an engine that has not reported still starts. One whose actor has lived for long runs, and what shows it does
 * not answer. `seenSince`: when it was first seen, which counts if the start of its actor is unknown; `now`: Unix ms.
 */
export const mayStart = (actor: Actor | undefined, seenSince: number, now: number): boolean =>
  now - (actor?.startedAt ?? seenSince) < longestStartMs;

/** Whether a list of actors leaves an engine out. Undefined without a list; an empty one says nothing about any engine. */
export const lacksActor = (
  { key, native }: Pick<SubjectState, 'key' | 'native'>,
  actors: ReadonlyMap<string, Actor> | undefined,
): boolean | undefined => (native ? false : actors && actors.size > 0 ? !actors.has(key) : undefined);

/** How long an engine that is gone stays listed. */
export const goneRetentionMs = 10 * 60_000;

/** States of an actor whose worker is not up yet. */
export const startingActorStates: ReadonlySet<string> = new Set([
  'DEPENDENCIES_UNREADY',
  'PENDING_CREATION',
  'RESTARTING',
]);

/** Whether any gauge is fresh that an engine sets again and again, not only at its start. */
function hasFreshActivity(state: SubjectState, now: number): boolean {
  const { seriesIndex } = state;
  return seriesIndex.catalogIndex.activityGauges.some((selector) =>
    hasFreshGauge(state, seriesIndex.slotsOf(selector), now),
  );
}

/**
 * Whether counters moved within 20 s, or two report intervals if they are longer. A movement between two scrapes that are farther apart may have ended long ago.
 * Then gauges decide, unless this Ray hands them to another reader.
 */
function isMoving(state: SubjectState, { now, backend }: EngineEvidence): boolean {
  const recentMs = Math.max(gaugeStaleAfterMs, 2 * (state.reportInterval?.ms ?? 0));
  if (state.movedAt === undefined || now - state.movedAt >= recentMs) return false;
  return (state.movedWithinMs ?? Infinity) <= recentMs || (backend === 'one-reader' && !hasFreshActivity(state, now));
}

/**
 * Whether an engine works, by what its target just answered: not every engine has an actor. A worker that has ended
 * leaves counters that no longer change.
 */
const isAtWork = (state: SubjectState, evidence: EngineEvidence): boolean =>
  evidence.isReporting && (isMoving(state, evidence) || hasWork(state, evidence.now));

/**
 * Whether the newest list of actors leaves an engine out. A dashboard that fails to answer brings none back; fresh
 * gauges do.
 */
const isUnlisted = (state: SubjectState, { unlisted, now }: EngineEvidence): boolean =>
  unlisted ?? (state.wasUnlisted === true && !hasFreshActivity(state, now));

type Rule = (state: SubjectState, evidence: EngineEvidence) => boolean;

/** The first rule that holds decides. */
const rules: readonly (readonly [EngineState, Rule])[] = [
  // An answer that the dashboard misses brings no worker back.
  ['dead', ({ hasDied }, { actor }) => hasDied === true || actor?.state === 'DEAD'],
  ['gone', (state, evidence) => !evidence.targetListed || (isUnlisted(state, evidence) && !isAtWork(state, evidence))],
  // The server's answer is current; the gauge was set when the state changed.
  ['asleep', (state, { serverFacts }) => serverFacts?.sleeping ?? reportsAsleep(state)],
  ['paused', (_, { serverFacts }) => serverFacts?.paused === true],
  [
    'starting',
    (state, { actor, now }) =>
      startingActorStates.has(actor?.state ?? '') ||
      (state.values === undefined && mayStart(actor, state.firstSeenAt, now)),
  ],
  ['active', (state, evidence) => isMoving(state, evidence) || hasWork(state, evidence.now)],
  ['quiet', (state, { actor, now }) => actor?.state === 'ALIVE' || hasFreshActivity(state, now)],
];

/** The state of an engine; `silent` if no evidence speaks for another. */
export function deriveEngineState(state: SubjectState, evidence: EngineEvidence): EngineState {
  return rules.find(([, holds]) => holds(state, evidence))?.[0] ?? 'silent';
}
