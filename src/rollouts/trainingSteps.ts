/** Steps of training: cycles of SkyRL's training phase, from one weight sync to the next, before they are described. */
import { beginsStep, type PhaseRow } from '../history/phaseLane';
import { maxPointDistanceMs } from '../history/seriesRows';
import type { WorkHistory } from '../history/workHistory';
import type { WorkRow } from '../history/workRows';
import { noPhase } from '../shared/rollout';
import { toBounds, unseenAt, type Bounds } from './bounds';
import type { EngineWork } from './engineWork';
import { enginesAfter, type WorkSpan } from './workSpans';

/** A step: a span of time, and the seconds of its phases. */
export interface TrainingStep extends WorkSpan {
  phases: Record<string, number>;
}

/** The phases of a step, and when it began and ended. */
interface Cycle {
  from: Bounds;
  to: Bounds;
  rows: PhaseRow[];
  isOpen: boolean;
}

/** The steps that ended after a time, by their beginning. None if no trainer tells its phases. */
export function findTrainingSteps(work: WorkHistory, after = -Infinity): TrainingStep[] {
  const cycles = findCycles(work, after);
  const [first] = cycles;
  if (!first) return [];
  const engines = enginesAfter(work, first.from.before);
  return cycles.map((cycle) => toStep(cycle, engines, work));
}

function findCycles({ phases, readAt }: WorkHistory, after: number): Cycle[] {
  const cycles: Cycle[] = [];
  // The phase in which the last step ended is not looked at again.
  const start = Math.max(
    0,
    phases.all.findLastIndex(({ beginBefore }) => beginBefore <= after),
  );
  let before = phases.all[start - 1];
  for (const row of phases.all.slice(start)) {
    const begin = toBounds(row.beginAfter, row.beginBefore);
    const last = cycles.at(-1);
    const isNext = before !== undefined && begin.isSeen && beginsStep(before.name, row.name);
    if (last && begin.isSeen && !isNext) last.rows.push(row);
    else {
      if (last)
        Object.assign(last, { to: isNext ? begin : unseenAt(before?.readAt ?? row.beginBefore), isOpen: false });
      cycles.push({ from: begin, to: unseenAt(phases.readAt), rows: [row], isOpen: true });
    }
    before = row;
  }
  const last = cycles.at(-1);
  if (last && readAt - phases.readAt > maxPointDistanceMs) last.isOpen = false;
  return cycles.filter(({ to, isOpen }) => isOpen || to.before > after);
}

function toStep(
  { from, to, rows: phaseRows, isOpen }: Cycle,
  all: readonly EngineWork[],
  work: WorkHistory,
): TrainingStep {
  const engines = all.filter((engine) => engine.from < to.at && engine.to > from.at);
  const isCounted = ({ readAt }: WorkRow): boolean => readAt > from.before && readAt <= to.before;
  const pieces = engines
    .flatMap((engine) => engine.pieces)
    .filter(({ begin, end }) => begin.at < to.at && end.at > from.at);
  const gaps = engines
    .flatMap((engine) => engine.gaps)
    .filter((gap) => gap.beginBefore < to.at && gap.endBefore > from.at);
  const inner = gaps.filter(({ beginBefore, endBefore }) => beginBefore >= from.at && endBefore <= to.at);
  const joined = pieces.some(
    ({ begin, isAfterGap, engine, rows: [first] }) =>
      first?.kind === 'work' && !begin.isSeen && !isAfterGap && engine.from > from.at,
  );
  const isUnread = engines.some((engine) => !engine.hasLeft && engine.to < to.at);
  return {
    from,
    to,
    isOpen,
    isCut:
      isOpen ||
      !from.isSeen ||
      !to.isSeen ||
      joined ||
      isUnread ||
      inner.length < gaps.length ||
      from.at < work.completeFrom,
    engines,
    pieces,
    rows: [...pieces.flatMap(({ rows }) => rows.filter(isCounted)), ...inner],
    phases: secondsByPhase(phaseRows, from, to),
  };
}

/** Seconds of each phase. The time that no phase explains is `none`. */
function secondsByPhase(rows: readonly PhaseRow[], from: Bounds, to: Bounds): Record<string, number> {
  const phases: Record<string, number> = {};
  const beginOf = (row: PhaseRow | undefined): number =>
    row ? Math.min(to.at, Math.max(from.at, toBounds(row.beginAfter, row.beginBefore).at)) : to.at;
  rows.forEach((row, index) => {
    const begin = index === 0 ? from.at : beginOf(row);
    const end = beginOf(rows[index + 1]);
    const name = row.name === '' ? noPhase : row.name;
    phases[name] = (phases[name] ?? 0) + Math.max(0, end - begin) / 1000;
  });
  return phases;
}
