/** SkyRL's training phases over time, each with the times between which it began. */
import { maxPointDistanceMs } from './seriesRows';

/** A phase. Times are Unix ms. */
export interface PhaseRow {
  /** As SkyRL names it; empty between two phases. */
  name: string;
  /** It began after this time; NaN if its beginning was not seen. */
  beginAfter: number;
  /** It had begun by this time. */
  beginBefore: number;
  /** The last reading that saw it. */
  readAt: number;
}

/**
 * The trainer's gauge on Ray is a report old at most. It is set on changes only, so that a window that has just opened
 * may see none for a while.
 */
const lagMs = 10_000;
/** For this long a phase that was seen last is assumed to last while no trainer reports one. */
const holdsForMs = 600_000;

/** Whether a step of training begins: SkyRL syncs weights after each training, also where that was too short to see. */
export const beginsStep = (before: string, now: string): boolean =>
  now === 'sync_weights' || (before === 'run_training' && now !== 'run_training');

/** The phases of one run. */
export class PhaseLane {
  private rows: PhaseRow[] = [];
  /** Rows from this index on are new or changed since they were last written to disk. */
  private unwrittenFrom = 0;
  /** Whether this window has seen a phase. */
  private isTold = false;
  /** Time of the newest reading, Unix ms. */
  readAt = -Infinity;

  /** The phases, ascending in time. */
  get all(): readonly PhaseRow[] {
    return this.rows;
  }

  /** Adds a reading. `phase` is undefined if no trainer tells one. True if a step of training begins. */
  add(at: number, phase: string | undefined): boolean {
    if (at < this.readAt) this.rewind(at);
    const last = this.rows.at(-1);
    const isContiguous = last !== undefined && at - this.readAt <= maxPointDistanceMs;
    if (phase === undefined) {
      // A trainer that told phases in this window and tells none any more has ended.
      if (isContiguous && !this.isTold && at - last.readAt <= holdsForMs) this.readAt = at;
      return false;
    }
    const previousAt = this.readAt;
    this.isTold = true;
    this.readAt = at;
    if (isContiguous && last.name === phase) {
      last.readAt = at;
      this.unwrittenFrom = Math.min(this.unwrittenFrom, this.rows.length - 1);
      return false;
    }
    this.unwrittenFrom = Math.min(this.unwrittenFrom, this.rows.length);
    this.rows.push({ name: phase, beginAfter: isContiguous ? previousAt - lagMs : NaN, beginBefore: at, readAt: at });
    return isContiguous && beginsStep(last.name, phase);
  }

  /** Copies of the rows that are not on disk; they count as written from now on. */
  takeUnwritten(): PhaseRow[] {
    const rows = this.rows.slice(this.unwrittenFrom).map((row) => ({ ...row }));
    this.unwrittenFrom = this.rows.length;
    return rows;
  }

  /** Continues rows from disk. */
  restore(rows: readonly PhaseRow[], readAt: number): void {
    this.rows = rows.map((row) => ({ ...row }));
    this.readAt = readAt;
    this.unwrittenFrom = this.rows.length;
  }

  /** Drops phases that ended before a time. */
  dropBefore(time: number): void {
    const count = this.rows.findIndex(({ readAt }) => readAt >= time);
    const dropped = count < 0 ? this.rows.length : count;
    if (dropped === 0) return;
    this.rows.splice(0, dropped);
    this.unwrittenFrom = Math.max(0, this.unwrittenFrom - dropped);
  }

  /** Removes what is later than `at`, because the clock went back. */
  private rewind(at: number): void {
    this.rows = this.rows.filter(({ beginBefore }) => beginBefore <= at);
    const last = this.rows.at(-1);
    if (last) last.readAt = Math.min(last.readAt, at);
    this.unwrittenFrom = Math.min(this.unwrittenFrom, Math.max(0, this.rows.length - 1));
    // Nothing is known between then and now.
    this.readAt = -Infinity;
  }
}
