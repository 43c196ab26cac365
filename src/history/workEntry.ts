/** Makes journal entries of the engines' work, and reads them back. */
import { TimeSlice } from '../shared/timeSlice';
import type { History } from './history';
import type { WorkEngineHeader, WorkHeader } from './journalHeader';
import type { PhaseRow } from './phaseLane';
import { maxClockAheadMs, sortEntries, type LoadOptions, type StoredEntry } from './storedEntries';
import type { WorkLane, WorkLaneState } from './workLane';
import { numbersPerRow, rowFromNumbers, type WorkRow } from './workRows';

const nullIfNaN = (value: number): number | null => (Number.isNaN(value) ? null : value);

/**
 * The unwritten part of the engines' work as an entry; it counts as written from now on. Undefined if there is nothing new. Of
 * engines that rest only the last entry of a window, `atEnd`, says when they were read.
 */
export function takeWorkEntry(
  { work }: History,
  at: number,
  atEnd: boolean,
): { header: Omit<WorkHeader, 'sequence'>; body: Float64Array } | undefined {
  const body: number[] = [];
  const engines: WorkEngineHeader[] = [];
  for (const lane of work.lanes) {
    const isWanted = lane.rows.hasUnwritten || (atEnd && lane.closedAt === undefined);
    if (!isWanted || lane.readAt === -Infinity) continue;
    const numbers = lane.rows.takeUnwritten();
    const { id, name, firstAt, readAt, closedAt = null, lagMs, totals, role } = lane;
    engines.push([
      id,
      name,
      numbers.length / numbersPerRow,
      { firstAt, readAt, closedAt, lagMs, totals, ...(role && { role }) },
    ]);
    body.push(...numbers);
  }
  const phases = work.phases
    .takeUnwritten()
    .map(({ name, beginAfter, beginBefore, readAt }): WorkHeader['phases'][number] => [
      name,
      nullIfNaN(beginAfter),
      beginBefore,
      readAt,
    ]);
  const rates = work.rates.takeUnwritten();
  if (engines.length === 0 && phases.length === 0 && rates.length === 0) return undefined;
  const { truncatedAfter: back } = work;
  work.truncatedAfter = undefined;
  return {
    header: {
      kind: 'work',
      at,
      ...(back !== undefined && { back }),
      width: numbersPerRow,
      engines,
      phases,
      phasesReadAt: work.phases.readAt,
      rates: rates.length / 2,
    },
    body: Float64Array.from([...body, ...rates]),
  };
}

/** What the entries of all windows have of one engine. */
interface StoredLane {
  name: string;
  /** By what identifies a row: kind and beginning. A later entry replaces a row that has grown. */
  rows: Map<string, WorkRow & { writer: string }>;
  state: WorkLaneState;
}

const rowKey = ({ kind, beginAfter, beginBefore }: WorkRow): string => `${kind} ${beginAfter} ${beginBefore}`;

/** Restores the engines' work. Of two windows that watched at the same time the longer row counts. */
export async function loadWork(
  { work }: History,
  entries: readonly StoredEntry<WorkHeader>[],
  { now, signal }: LoadOptions,
): Promise<void> {
  const lanes = new Map<string, StoredLane>();
  const rates = new Map<number, number>();
  let phases: PhaseRow[] = [];
  let phasesReadAt = -Infinity;
  const slice = new TimeSlice();
  for (const { header, body, writer } of sortEntries(entries)) {
    signal.throwIfAborted();
    if (header.width !== numbersPerRow) continue;
    if (header.back !== undefined) {
      dropAfter(lanes, header.back, writer);
      phases = phases.filter(({ beginBefore }) => beginBefore <= (header.back ?? Infinity));
    }
    const numbers = new Float64Array(body, 0, Math.floor(body.byteLength / 8));
    let offset = 0;
    for (const engine of header.engines) {
      if (slice.isOver) await slice.next();
      offset = addStoredRows(lanes, engine, numbers, { offset, writer, now });
    }
    for (let index = 0; index < header.rates; index++)
      rates.set(numbers[offset + 2 * index] ?? NaN, numbers[offset + 2 * index + 1] ?? NaN);
    phases.push(...header.phases.map(toPhaseRow).filter(({ beginBefore }) => beginBefore <= now + maxClockAheadMs));
    phasesReadAt = Math.max(phasesReadAt, Math.min(header.phasesReadAt ?? -Infinity, now));
  }
  for (const [id, { name, rows, state }] of lanes) {
    const lane: WorkLane = work.laneOf(id, name);
    lane.restore(withoutOverlaps([...rows.values()]), state);
    lane.rows.markWritten();
    work.readAt = Math.max(work.readAt, state.readAt);
  }
  work.phases.restore(mergePhases(phases), phasesReadAt);
  for (const [at, value] of [...rates].sort(([a], [b]) => a - b))
    if (at <= now + maxClockAheadMs) work.rates.push(at, value);
  work.rates.takeUnwritten();
}

/** Adds the rows of one engine's header; returns where those of the next one begin. */
function addStoredRows(
  lanes: Map<string, StoredLane>,
  [id, name, count, { closedAt, ...known }]: WorkEngineHeader,
  numbers: Float64Array,
  { offset, writer, now }: { offset: number; writer: string; now: number },
): number {
  const state: WorkLaneState = { ...known, closedAt: closedAt ?? undefined };
  if (state.readAt <= now + maxClockAheadMs) {
    const lane = lanes.get(id) ?? { name, rows: new Map<string, WorkRow & { writer: string }>(), state };
    const firstAt = Math.min(lane.state.firstAt, state.firstAt);
    lane.state = { ...(state.readAt >= lane.state.readAt ? state : lane.state), firstAt };
    lane.name = name;
    lanes.set(id, lane);
    for (let index = 0; index < count; index++) {
      const row = rowFromNumbers(numbers, offset + index * numbersPerRow);
      if (row) lane.rows.set(rowKey(row), { ...row, writer });
    }
  }
  return offset + count * numbersPerRow;
}

/** Removes what a window wrote before its clock went back. */
function dropAfter(lanes: ReadonlyMap<string, StoredLane>, time: number, writer: string): void {
  for (const lane of lanes.values()) {
    for (const [key, row] of lane.rows) if (row.writer === writer && row.beginBefore > time) lane.rows.delete(key);
    lane.state.readAt = Math.min(lane.state.readAt, time);
  }
}

/** Rows in order of time; of rows that overlap the longer one. */
function withoutOverlaps(rows: (WorkRow & { writer: string })[]): WorkRow[] {
  const lengthOf = ({ beginBefore, readAt }: WorkRow): number => readAt - beginBefore;
  const kept: WorkRow[] = [];
  for (const { writer: _, ...row } of rows.sort((a, b) => a.beginBefore - b.beginBefore || a.readAt - b.readAt)) {
    const last = kept.at(-1);
    if (last && row.beginBefore < last.readAt) {
      if (lengthOf(row) > lengthOf(last)) kept[kept.length - 1] = row;
    } else kept.push(row);
  }
  return kept;
}

const toPhaseRow = ([name, beginAfter, beginBefore, readAt]: WorkHeader['phases'][number]): PhaseRow => ({
  name,
  beginAfter: beginAfter ?? NaN,
  beginBefore,
  readAt,
});

/** Phases in order of time. What two windows saw of one phase becomes one, with the narrower times of its beginning. */
function mergePhases(rows: readonly PhaseRow[]): PhaseRow[] {
  const merged: PhaseRow[] = [];
  for (const row of [...rows].sort((a, b) => a.beginBefore - b.beginBefore || a.readAt - b.readAt)) {
    const last = merged.at(-1);
    const isUnseenGap = Number.isNaN(row.beginAfter) && last !== undefined && row.beginBefore > last.readAt;
    if (last?.name === row.name && !isUnseenGap) {
      last.readAt = Math.max(last.readAt, row.readAt);
      if (last.beginBefore === row.beginBefore || Number.isNaN(last.beginAfter)) last.beginAfter = row.beginAfter;
    } else merged.push({ ...row });
  }
  return merged;
}
