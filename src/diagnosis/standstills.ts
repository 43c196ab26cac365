/** Engines that do not move though requests run on them, and nodes whose agent reports nothing new. */
import type { Engine } from '../api';
import { pushTo } from '../shared/pushTo';
import { isSyncing, mayWork } from './workStates';
import type { DiagnosisInput, JudgedEngine, Standstill, Standstills, TrackedEngine } from './rule';
import { measureValue } from './thresholds';

const minute = 60_000;
/** Two report intervals without a movement are a standstill. */
const standstillIntervals = 2;
/**
 * How long a standstill lasts, in ms, of an engine that has not moved yet, on a server, where a step may be long, or with
 * Prometheus as the source.
 */
const unsureStandstillMs = minute;
/** A weight sync that takes longer than this, in ms, excuses no standstill: it hangs itself. */
const longestSyncMs = 10 * minute;

/** One snapshot, as far as standing still depends on it. */
export interface StandstillInput extends Pick<DiagnosisInput, 'now' | 'phase'> {
  engines: readonly JudgedEngine[];
  trackedById: ReadonlyMap<string, TrackedEngine>;
  /** Nothing is known about the time between the snapshot before and this one. */
  isAfterGap: boolean;
  /** Unix ms. */
  previousAt: number | undefined;
  reportIntervalOf: (engine: Engine) => number;
}

/** Since when an engine has not moved though requests run; undefined if it moves or has none. Unix ms. */
function stuckSinceOf(engine: JudgedEngine, { trackedById, now }: StandstillInput): number | undefined {
  const tracked = trackedById.get(engine.id);
  if (!tracked?.native) return tracked?.stuckSince;
  const isRunning = (measureValue(engine.measures, 'num_requests_running') ?? 0) > 0;
  // Without a rate nothing is known, as behind an address where several servers answer in turn.
  if (!isRunning || measureValue(engine.measures, 'generation_throughput_tok_s') !== 0) return undefined;
  const movedAt = engine.movedAt ?? tracked.firstSeenAt;
  return movedAt < now ? movedAt : undefined;
}

/** Whether an engine may be still without being hung. */
function isExcused(engine: JudgedEngine, stuckSince: number, input: StandstillInput): boolean {
  const { phase, now, isAfterGap, previousAt = now } = input;
  const isInSync = isSyncing(input) && phase !== undefined && now - phase.since < longestSyncMs;
  // Between two scrapes that are far apart it may have been asleep.
  const isUnknown = isAfterGap && stuckSince >= previousAt;
  return !mayWork(engine) || !engine.isCurrent || isInSync || isUnknown;
}

/**
 * Standstills by node where the agent is late: all engines with requests stopped at the same time, and no other engine
 * of the node has moved since. At least two, because one engine alone may as well be hung.
 */
function lateNodes(standstills: readonly Standstill[], engines: readonly Engine[]): Map<string, Standstill[]> {
  const byNode = new Map<string, Standstill[]>();
  for (const standstill of standstills) {
    const { engine } = standstill;
    if (engine.workerId !== undefined) pushTo(byNode, engine.node, standstill);
  }
  const lastMoves = new Map<string, number>();
  for (const { node, movedAt = 0 } of engines) lastMoves.set(node, Math.max(lastMoves.get(node) ?? 0, movedAt));
  for (const [node, [first, ...others]] of byNode) {
    const since = first?.since ?? 0;
    const stoppedTogether = others.length > 0 && others.every((other) => other.since === since);
    const hasMover = (lastMoves.get(node) ?? 0) > since;
    if (!stoppedTogether || hasMover) byNode.delete(node);
  }
  return byNode;
}

/** How long an engine has to be still to count as stuck, in ms. */
function standstillMs(engine: Engine, { reportIntervalOf, trackedById }: StandstillInput): number {
  const longMs = standstillIntervals * reportIntervalOf(engine);
  const { isFromPrometheus = false } = trackedById.get(engine.id) ?? {};
  const isSure = engine.workerId !== undefined && engine.movedAt !== undefined && !isFromPrometheus;
  return isSure ? longMs : Math.max(unsureStandstillMs, longMs);
}

/** Follows from snapshot to snapshot which engines do not move, without an excuse. */
export class StandstillTracker {
  /** By engine id, until when it was excused: what it did before is no standstill. Unix ms. */
  private readonly excusedAt = new Map<string, number>();

  /** The standstills of one snapshot. */
  update(input: StandstillInput): Standstills {
    const { engines, now } = input;
    const listed = new Set(engines.map(({ id }) => id));
    for (const id of this.excusedAt.keys()) if (!listed.has(id)) this.excusedAt.delete(id);
    const standing = engines.flatMap((engine): Standstill[] => {
      const stuckSince = stuckSinceOf(engine, input);
      if (isExcused(engine, stuckSince ?? -Infinity, input)) this.excusedAt.set(engine.id, now);
      const excusedAt = this.excusedAt.get(engine.id) ?? -Infinity;
      if (stuckSince === undefined || excusedAt === now) return [];
      return [{ engine, since: Math.max(stuckSince, excusedAt) }];
    });
    const late = lateNodes(standing, engines);
    const stuck = standing.filter(
      ({ engine, since }) => !late.has(engine.node) && now - since >= standstillMs(engine, input),
    );
    return { stuck, lateNodes: late };
  }
}
