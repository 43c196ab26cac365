/** An engine's state, each from its named evidence (DESIGN §6). */
import type { Engine, EngineState, ServerFacts } from '../api';
import type { Actor } from '../discovery/actors';
import type { Backend } from '../discovery/rayBackend';
import { lively } from './catalogIndex';
import { gaugeLifeMs, hasWork, hasYoung, saysAsleep, type Track } from './subjectState';

export interface Evidence {
  now: number;
  /** Its actor by an answer of this scrape; undefined where nobody could be asked or it has none. */
  actor: Actor | undefined;
  /** The dashboard's list of actors is there and names others, but not this one. */
  unlisted: boolean;
  /** Its target is still among those discovered. */
  targetListed: boolean;
  backend: Backend | undefined;
  /** Its server's own GET answers of a moment ago. */
  facts: ServerFacts | undefined;
}

/** Neither dead nor gone: what counts as an engine of the run. */
export const isThere = ({ state }: Pick<Engine, 'state'>): boolean => state !== 'dead' && state !== 'gone';

/** How long an engine that nobody lists any more is shown. */
export const goneForMs = 10 * 60_000;

/** States of an actor whose worker is not up yet. */
export const startingActors: ReadonlySet<string> = new Set(['DEPENDENCIES_UNREADY', 'PENDING_CREATION', 'RESTARTING']);

/** A gauge that an engine sets again and again, not only at its start. */
const youngGauge = (track: Track, now: number): boolean =>
  lively.some((selector) => hasYoung(track, track.layout.of(selector), now));

/**
 * Counters that moved lately. A movement between answers far apart may be over for long: then gauges decide, unless this Ray
 * hands them to another reader.
 */
function movesNow(track: Track, { now, backend }: Evidence): boolean {
  if (track.movedAt === undefined || now - track.movedAt >= gaugeLifeMs) return false;
  return (track.movedWithin ?? Infinity) <= gaugeLifeMs || (backend === 'one-reader' && !youngGauge(track, now));
}

type Rule = (track: Track, evidence: Evidence) => boolean;

/** The first rule that holds decides. */
const rules: readonly (readonly [EngineState, Rule])[] = [
  ['dead', (_, { actor }) => actor?.state === 'DEAD'],
  ['gone', (_, { targetListed, unlisted }) => !targetListed || unlisted],
  // The server says how it is now; the gauge was set when it changed.
  ['asleep', (track, { facts }) => facts?.sleeping ?? saysAsleep(track)],
  ['paused', (_, { facts }) => facts?.paused === true],
  ['starting', (track, { actor }) => startingActors.has(actor?.state ?? '') || track.values === undefined],
  ['active', (track, evidence) => movesNow(track, evidence) || hasWork(track, evidence.now)],
  ['quiet', (track, { actor, now }) => actor?.state === 'ALIVE' || youngGauge(track, now)],
];

export function engineState(track: Track, evidence: Evidence): EngineState {
  return rules.find(([, holds]) => holds(track, evidence))?.[0] ?? 'silent';
}
