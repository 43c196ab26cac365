/** The work of one engine as pieces of time, from the rows that the history keeps. */
import type { EngineRole } from '../api';
import type { WorkLane } from '../history/workLane';
import type { WorkRow } from '../history/workRows';
import { toBounds, unseenAt, type Bounds } from './bounds';

/** A piece of an engine's work without a rest in it. */
export interface WorkPiece {
  engine: EngineWork;
  begin: Bounds;
  end: Bounds;
  rows: WorkRow[];
  /** It lasts at the newest reading. */
  isOpen: boolean;
  /** The engine was not observed right before, or right after. */
  isAfterGap: boolean;
  isBeforeGap: boolean;
}

/** The work of one engine since a time. */
export interface EngineWork {
  id: string;
  name: string;
  /** With prefill/decode disaggregation; undefined if unknown. */
  role: EngineRole | undefined;
  /** The engine is known from here, to here; Unix ms. */
  from: number;
  to: number;
  /** It left the run at `to`. */
  hasLeft: boolean;
  pieces: WorkPiece[];
  /** Times in which it was not observed although its counters advanced. */
  gaps: WorkRow[];
}

/** The work of an engine in rows that were read after a time. */
export function engineWorkAfter(lane: WorkLane, after: number): EngineWork {
  const { id, name, role, firstAt, readAt, closedAt, rows } = lane;
  const engine: EngineWork = {
    id,
    name,
    role,
    from: firstAt,
    to: closedAt ?? readAt,
    hasLeft: closedAt !== undefined,
    pieces: [],
    gaps: [],
  };
  let previous: WorkRow['kind'] | undefined;
  for (let index = rows.firstIndexFrom(after + 1); index < rows.length; index++) {
    const row = rows.at(index);
    if (row.kind === 'unknown') {
      engine.gaps.push(row);
      const last = engine.pieces.at(-1);
      if (last && !last.end.isSeen) last.isBeforeGap = true;
    } else if (row.kind === 'continued' && previous !== undefined && previous !== 'unknown') {
      const piece = engine.pieces.at(-1) as WorkPiece;
      piece.rows.push(row);
      piece.end = toBounds(row.endAfter, row.endBefore);
    } else
      engine.pieces.push({
        engine,
        begin: row.kind === 'continued' ? unseenAt(row.beginBefore) : toBounds(row.beginAfter, row.beginBefore),
        end: toBounds(row.endAfter, row.endBefore),
        rows: [row],
        isOpen: false,
        isAfterGap: previous === 'unknown' && Number.isNaN(row.beginAfter),
        isBeforeGap: false,
      });
    previous = row.kind;
  }
  const [first] = engine.pieces;
  // An engine that is new worked before it was first read.
  if (first && first.begin.at < engine.from) engine.from = first.begin.at;
  const last = engine.pieces.at(-1);
  if (last && lane.isWorking && previous !== 'unknown') {
    last.isOpen = true;
    last.end = unseenAt(readAt);
  }
  return engine;
}
