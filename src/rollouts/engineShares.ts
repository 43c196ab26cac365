/** What each engine did in a span of work: its counts, and when it worked, slept and was idle. */
import type { EngineRole } from '../api';
import { addDeltas, unknownDeltas, type WorkDeltas } from '../metrics/workCounters';
import type { ChartBand } from '../shared/chartData';
import type { EngineWork, WorkPiece } from './engineWork';
import { differenceOf, intersectionOf, lengthOf, unionOf, type Interval, type TimeSet } from './intervals';
import type { WorkSpan } from './workSpans';

/** What one engine did in a span. */
export interface EngineShare {
  engine: EngineWork;
  deltas: WorkDeltas;
  /** Ms in which it worked, in which it was idle, and of the latter those in which it was asleep. */
  worked: number;
  idle: number;
  asleep: number;
  /** When its last work ended, Unix ms; undefined if it had none. */
  endedAt: number | undefined;
  /** It was there from the beginning to the end. */
  isThroughout: boolean;
}

/** The shares of all engines of a span. `bands` tell when engines were asleep. */
export function engineShares(span: WorkSpan, bands: readonly ChartBand[]): EngineShare[] {
  const piecesById = groupById(span.pieces, ({ engine }) => engine.id);
  const sleepById = groupById(
    bands.filter(({ label, engine }) => label === 'asleep' && engine),
    ({ engine }) => engine?.id ?? '',
  );
  const counted = new Set(span.rows);
  const excusedByRole = excusedTimes(span);
  return span.engines.map((engine): EngineShare => {
    const pieces = piecesById.get(engine.id) ?? [];
    const from = Math.max(engine.from, span.from.at);
    const to = engine.hasLeft ? Math.min(engine.to, span.to.at) : span.to.at;
    const deltas = unknownDeltas();
    for (const row of [...pieces.flatMap(({ rows }) => rows), ...engine.gaps])
      if (counted.has(row)) addDeltas(deltas, row.deltas);
    const gaps = unionOf(engine.gaps.map(({ beginBefore, endBefore }): Interval => [beginBefore, endBefore]));
    const observed = differenceOf(unionOf([[from, to]]), gaps);
    const work = intersectionOf(observed, unionOf(pieces.map(workInterval)));
    const excused = (engine.role && excusedByRole.get(engine.role)) ?? [];
    const idle = differenceOf(differenceOf(observed, work), excused);
    const sleep = (sleepById.get(engine.id) ?? []).map((band): Interval => [band.from, band.to ?? Infinity]);
    return {
      engine,
      deltas,
      worked: lengthOf(work),
      idle: lengthOf(idle),
      asleep: lengthOf(intersectionOf(idle, unionOf(sleep))),
      endedAt: pieces.length === 0 ? undefined : Math.max(...pieces.map(({ end }) => end.at)),
      isThroughout: engine.from <= span.from.before && !(engine.hasLeft && engine.to < span.to.at),
    };
  });
}

/**
 * By role: the times in which engines work, but none of this role. With prefill/decode disaggregation prefill engines
 * have nothing to do once the prompts are read, and decode engines nothing before: neither waits for its like.
 */
function excusedTimes({ pieces, engines }: WorkSpan): ReadonlyMap<EngineRole, TimeSet> {
  const roles = new Set(engines.flatMap(({ role }) => role ?? []));
  const workOf = (isWanted: (role: EngineRole | undefined) => boolean): TimeSet =>
    unionOf(pieces.filter(({ engine }) => isWanted(engine.role)).map(workInterval));
  return new Map(
    [...roles].map((role) => [
      role,
      differenceOf(
        workOf((other) => other !== role),
        workOf((other) => other === role),
      ),
    ]),
  );
}

/** When a piece worked. One that continues from the step before began before this one. */
const workInterval = ({ rows: [first], begin, end, isOpen }: WorkPiece): Interval => [
  first?.kind === 'continued' ? -Infinity : begin.at,
  isOpen ? Infinity : end.at,
];

function groupById<Each>(all: readonly Each[], idOf: (each: Each) => string): Map<string, Each[]> {
  const groups = new Map<string, Each[]>();
  for (const each of all) {
    const group = groups.get(idOf(each));
    if (group) group.push(each);
    else groups.set(idOf(each), [each]);
  }
  return groups;
}
