/** Spans in which any engine works: rollouts, before they are described. */
import { maxPointDistanceMs } from '../history/seriesRows';
import type { WorkHistory } from '../history/workHistory';
import type { WorkRow } from '../history/workRows';
import type { ChartBand } from '../shared/chartData';
import { earliest, errorOf, latest, unseenAt, type Bounds } from './bounds';
import { engineWorkAfter, type EngineWork, type WorkPiece } from './engineWork';

/**
 * A rest of all engines that lasts as long ends a rollout. A rest of one report (10 s) may or may not be seen; with
 * scrapes every 10 s, one reading in which nothing moved is estimated as 20 s.
 */
export const minRestMs = 15_000;

/** A span of time with all that is counted in it. */
export interface WorkSpan {
  from: Bounds;
  to: Bounds;
  /** It lasts, or may still last. */
  isOpen: boolean;
  /** Not all of it was observed. */
  isCut: boolean;
  /** All engines known in it, at work or not. */
  engines: EngineWork[];
  pieces: WorkPiece[];
  /** The rows whose deltas count. */
  rows: WorkRow[];
}

/** All engines whose rows were read after a time, or that are known then. */
export const enginesAfter = (work: WorkHistory, after: number): EngineWork[] =>
  [...work.lanes].map((lane) => engineWorkAfter(lane, after)).filter(({ to, from }) => to > after && from < Infinity);

/** The spans of work after a time, by their beginning. `bands` tell when engines were asleep. */
export function findWorkSpans(work: WorkHistory, bands: readonly ChartBand[], after = -Infinity): WorkSpan[] {
  const engines = enginesAfter(work, after);
  const pieces = engines.flatMap((engine) => engine.pieces).sort((a, b) => a.begin.at - b.begin.at);
  const groups: WorkPiece[][] = [];
  let endsAt = -Infinity;
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group && !isRest(endsAt, piece.begin.at, bands)) group.push(piece);
    else {
      groups.push([piece]);
      endsAt = -Infinity;
    }
    endsAt = Math.max(endsAt, piece.end.at);
  }
  return groups.map((group) => toSpan(group, engines, work));
}

/** Whether all engines rest between two times: long enough, or because one of them is asleep. */
function isRest(from: number, to: number, bands: readonly ChartBand[]): boolean {
  if (to - from >= minRestMs) return true;
  return to > from && bands.some((band) => band.label === 'asleep' && band.from <= to && (band.to ?? Infinity) >= from);
}

function toSpan(pieces: WorkPiece[], engines: readonly EngineWork[], work: WorkHistory): WorkSpan {
  const isStale = ({ to }: EngineWork): boolean => work.readAt - to > maxPointDistanceMs;
  const isWorking = pieces.some(({ isOpen, engine }) => isOpen && !isStale(engine));
  const from = earliest(pieces.map(({ begin }) => begin));
  const to = isWorking ? unseenAt(work.readAt) : latest(pieces.map(({ end }) => end));
  // Engines that have not been read since it ended may work on.
  const unread = engines.filter((engine) => !engine.hasLeft && engine.to < to.at + minRestMs);
  const isOpen = isWorking || unread.some((engine) => !isStale(engine));
  const known = engines.filter((engine) => engine.from < to.at && engine.to > from.at);
  const gaps = known.flatMap((engine) => engine.gaps).filter((gap) => overlaps(gap, from.at, to.at));
  const inner = gaps.filter(({ beginBefore, endBefore }) => beginBefore >= from.at && endBefore <= to.at);
  const isPartial = unread.some(isStale) || inner.length < gaps.length || from.at < work.completeFrom;
  return {
    from,
    to,
    isOpen,
    isCut: isOpen || isPartial || pieces.some(isUnseen),
    engines: known,
    pieces,
    rows: [...pieces.flatMap(({ rows }) => rows), ...inner],
  };
}

const overlaps = ({ beginBefore, endBefore }: WorkRow, from: number, to: number): boolean =>
  beginBefore < to + minRestMs && endBefore > from - minRestMs;

/** Whether an end of a piece was not seen although the engine was observed: gaps are judged separately. */
const isUnseen = ({ begin, end, isAfterGap, isBeforeGap }: WorkPiece): boolean =>
  (!begin.isSeen && !isAfterGap) || (!end.isSeen && !isBeforeGap);

/** At most how far the duration of a span is from the truth, in seconds. */
export const uncertaintyOf = ({ from, to }: Pick<WorkSpan, 'from' | 'to'>): number =>
  (errorOf(from) + errorOf(to)) / 1000;
