/** Fills the time before the first live snapshot of a run from another source, such as Prometheus. */
import type { Snapshot } from '../api';
import type { Clock } from '../shared/clock';
import type { History } from './history';
import type { HistoryLog } from './workQueue';
import type { WorkReading } from './workReading';

/** Longest time for the other source to answer, in ms. It must be less than the time for reading files. */
const deadlineMs = 20_000;
/** A shorter time without data is not filled. */
const minSpanMs = 30_000;

/** The time to fill. */
export interface BackfillRange {
  /** Unix ms. Snapshots later than this are wanted. */
  from: number;
  /** The first live snapshot. Snapshots before it are wanted. */
  first: Snapshot;
  signal: AbortSignal;
}

/** What another source has of a time range; both ascend in time. */
export interface BackfilledPast {
  snapshots: readonly Snapshot[];
  readings: readonly WorkReading[];
}

/** Reads the past from another source. */
export type Backfill = (range: BackfillRange) => Promise<BackfilledPast>;

interface BackfillOptions {
  backfill: Backfill;
  clock: Clock;
  log: HistoryLog;
  /** How far back the history reaches. */
  hours: number;
  signal: AbortSignal;
}

/**
 * Fills the time between the newest data and the first snapshot. Returns the last snapshot of that time. Never rejects.
 */
export async function backfillHistory(
  history: History,
  first: Snapshot,
  { backfill, clock, log, hours, signal }: BackfillOptions,
): Promise<Snapshot | undefined> {
  const from = Math.max(history.lastAt, first.at - hours * 3_600_000);
  if (first.at - from < minSpanMs) return undefined;
  const deadline = new AbortController();
  const cancelDeadline = clock.after(deadlineMs, () =>
    deadline.abort(new Error(`nothing within ${deadlineMs / 1000} s`)),
  );
  try {
    const { snapshots, readings } = await backfill({ from, first, signal: AbortSignal.any([deadline.signal, signal]) });
    for (const reading of readings) if (reading.at > from && reading.at < first.at) history.addWork(reading);
    for (const snapshot of snapshots) if (snapshot.at > from && snapshot.at < first.at) history.backfill(snapshot);
    return snapshots.at(-1);
  } catch (error) {
    if (!signal.aborted) log.warn(`history: the past could not be read: ${String(error)}`);
    return undefined;
  } finally {
    cancelDeadline();
  }
}
