/** The work of one engine over time, found from one reading to the next. */
import type { EngineRole } from '../api';
import { addDeltas, deltasBetween, hasAdvanced, unknownDeltas, type WorkTotals } from '../metrics/workCounters';
import { maxPointDistanceMs } from './seriesRows';
import type { EngineReading } from './workReading';
import { WorkRows, type WorkRow } from './workRows';

/**
 * An engine on Ray that moves again within this many report intervals did not rest: two scrapes within one report see
 * nothing move.
 */
const restAfterLags = 1.5;

/** A reading of an engine whose target answered. */
type CompleteReading = EngineReading & { at: number };

/** What a lane must remember to continue. */
export interface WorkLaneState {
  /** Unix ms; since then the engine is known. */
  firstAt: number;
  /** Time of the newest reading, Unix ms. */
  readAt: number;
  /** It left the run at this time, Unix ms. */
  closedAt: number | undefined;
  lagMs: number;
  totals: WorkTotals;
  /** The newest that was known, with prefill/decode disaggregation. */
  role?: EngineRole | undefined;
}

/** The rows of one engine, and what they were last continued with. */
export class WorkLane implements WorkLaneState {
  readonly rows = new WorkRows();
  firstAt = Infinity;
  readAt = -Infinity;
  closedAt: number | undefined;
  lagMs = 0;
  totals: WorkTotals = {};
  role: EngineRole | undefined;
  /** What the engine did at the newest reading. */
  private activity: 'work' | 'rest' | 'unknown' = 'unknown';
  /** A gauge said that it has no requests. */
  private isRestCertain = false;
  /** Only a gauge said that it works: its counters did not move. */
  private isWorkByGauge = false;
  private isSplit = false;

  constructor(
    readonly id: string,
    public name: string,
  ) {}

  /** Whether it was at work at the newest reading, and still is one of the run's engines. */
  get isWorking(): boolean {
    return this.activity === 'work' && this.closedAt === undefined;
  }

  /** Adds a reading. False if the clock went back, and what was later has been removed. */
  add(reading: EngineReading): boolean {
    // The counters of a dead engine stay where they are.
    if (reading.hasEnded && this.closedAt !== undefined) return true;
    this.name = reading.name;
    // Right after a start and of a dead engine, roles are not known.
    this.role = reading.role ?? this.role;
    const inOrder = isComplete(reading) ? this.addComplete(reading) : true;
    if (reading.hasEnded && this.readAt > -Infinity) this.close(reading.at ?? this.readAt);
    return inOrder;
  }

  /** The engine left the run: it died, or is no longer listed. */
  close(at: number): void {
    if (this.closedAt !== undefined) return;
    this.closedAt = Math.max(at, this.readAt);
    if (this.activity !== 'work') return;
    this.activity = 'rest';
    this.changeLast((row) => {
      if (this.readAt + maxPointDistanceMs < at) row.endAfter = NaN;
      else row.endBefore = Math.max(row.endBefore, at);
    });
  }

  /** Another step of training began: what is counted from now on belongs to a new row. */
  split(): void {
    this.isSplit = this.activity === 'work';
  }

  /** Continues rows from disk. */
  restore(rows: readonly WorkRow[], state: WorkLaneState): void {
    for (const row of rows) this.rows.push(row);
    this.firstAt = state.firstAt;
    this.readAt = state.readAt;
    this.closedAt = state.closedAt;
    this.lagMs = state.lagMs;
    this.totals = state.totals;
    this.role = state.role;
    const last = rows.at(-1);
    this.activity = last && last.kind !== 'unknown' && last.readAt === state.readAt ? 'work' : 'rest';
  }

  /** Drops what was read before a time. */
  dropBefore(time: number): void {
    this.rows.dropBefore(time);
    this.firstAt = Math.max(this.firstAt, Math.min(time, this.readAt));
  }

  private addComplete(reading: CompleteReading): boolean {
    const { at, newSince, totals, lagMs } = reading;
    this.lagMs = lagMs;
    if (at === this.readAt) return true;
    const inOrder = at > this.readAt;
    if (!inOrder) this.rewind(at);
    if (this.readAt === -Infinity && newSince !== undefined && newSince < at) {
      this.readAt = newSince;
      this.activity = 'rest';
    }
    this.firstAt = Math.min(this.firstAt, at);
    if (this.readAt === -Infinity || !inOrder) this.begin(reading);
    else this.continue(reading);
    this.closedAt = undefined;
    this.readAt = at;
    this.totals = { ...this.totals, ...totals };
    return inOrder;
  }

  /** The first reading: how far the counters advanced before it is not known. */
  private begin({ at, load, kvUsage }: CompleteReading): void {
    this.activity = ({ busy: 'work', idle: 'rest', unknown: 'unknown' } as const)[load];
    this.isRestCertain = load === 'idle';
    if (load === 'busy') this.pushUnseenWork(at, kvUsage);
  }

  private continue(reading: CompleteReading): void {
    const { at, load, totals, isReset = false } = reading;
    const deltas = deltasBetween(this.totals, totals, isReset);
    const moved = hasAdvanced(deltas);
    const works = moved || load === 'busy';
    if (works && at - this.readAt > maxPointDistanceMs) return this.skip(reading, deltas);
    if (!works) return this.rest(at, load);
    const { lagMs, readAt } = this;
    const endAfter = (moved ? readAt : at) - lagMs;
    const kvPeak = reading.kvUsage ?? NaN;
    if (this.continuesLast(at) && !this.isSplit)
      this.changeLast((row) => {
        addDeltas(row.deltas, deltas);
        row.kvPeak = maxKnown(row.kvPeak, kvPeak);
        Object.assign(row, { endAfter, endBefore: at, readAt: at });
      });
    else {
      const begin = this.isSplit
        ? { kind: 'continued' as const, beginAfter: readAt, beginBefore: readAt }
        : { kind: 'work' as const, beginAfter: this.activity === 'unknown' ? NaN : readAt - lagMs, beginBefore: at };
      this.rows.push({ ...begin, endAfter, endBefore: at, readAt: at, kvPeak, deltas });
    }
    this.isSplit = false;
    this.activity = 'work';
    this.isWorkByGauge = !moved;
  }

  /** Whether work at this time belongs to the last row. */
  private continuesLast(at: number): boolean {
    if (this.activity === 'work') return true;
    const last = this.rows.last;
    return (
      this.activity === 'rest' &&
      !this.isRestCertain &&
      last !== undefined &&
      last.kind !== 'unknown' &&
      !Number.isNaN(last.endAfter) &&
      at - last.readAt < restAfterLags * this.lagMs
    );
  }

  private rest(at: number, load: EngineReading['load']): void {
    if (this.activity === 'work' && this.isWorkByGauge) this.changeLast((row) => (row.endBefore = at));
    this.isRestCertain = load === 'idle' || (this.activity === 'rest' && this.isRestCertain);
    this.activity = 'rest';
    this.isSplit = false;
  }

  /** Notes a time in which the engine was not observed, though it worked then or works now. */
  private skip({ at, load, kvUsage }: CompleteReading, deltas: WorkRow['deltas']): void {
    if (this.activity === 'work') this.changeLast((row) => (row.endAfter = NaN));
    const [begin, end] = [this.readAt, at];
    this.rows.push({
      kind: 'unknown',
      beginAfter: begin,
      beginBefore: begin,
      endAfter: end,
      endBefore: end,
      readAt: at,
      kvPeak: NaN,
      deltas,
    });
    this.isSplit = false;
    this.begin({
      id: this.id,
      name: this.name,
      lagMs: this.lagMs,
      totals: {},
      at,
      load,
      ...(kvUsage !== undefined && { kvUsage }),
    });
  }

  private pushUnseenWork(at: number, kvUsage = NaN): void {
    this.rows.push({
      kind: 'work',
      beginAfter: NaN,
      beginBefore: at,
      endAfter: at - this.lagMs,
      endBefore: at,
      readAt: at,
      kvPeak: kvUsage,
      deltas: unknownDeltas(),
    });
    this.isWorkByGauge = true;
  }

  /** Removes what is later than `at`, because the clock went back. What it did meanwhile is not known. */
  private rewind(at: number): void {
    let length = this.rows.length;
    while (length > 0 && this.rows.at(length - 1).beginBefore > at) length -= 1;
    this.rows.truncate(length);
    const last = this.rows.last;
    if (last && last.readAt > at)
      this.changeLast((row) => Object.assign(row, { endAfter: NaN, endBefore: at, readAt: at }));
    this.isSplit = false;
  }

  private changeLast(change: (row: WorkRow) => void): void {
    const { last } = this.rows;
    if (!last) return;
    change(last);
    this.rows.replaceLast(last);
  }
}

const isComplete = (reading: EngineReading): reading is CompleteReading => reading.at !== undefined;

const maxKnown = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));
