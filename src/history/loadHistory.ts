/** Restores the history of a run from its files. */
import { TimeSlice } from '../shared/timeSlice';
import type { History } from './history';
import { loadBuckets } from './loadBuckets';
import { loadMinutes, loadPoints } from './loadSeries';
import { minuteOf } from './minuteTier';
import type { SeriesHeader } from './journalHeader';
import { readStoredEntries, type LoadOptions, type StoredEntry } from './storedEntries';
import { loadWork } from './workEntry';

/** Rows of all series of entries. */
function countRows(entries: readonly StoredEntry<SeriesHeader>[]): number {
  let count = 0;
  for (const { header } of entries)
    for (const [, , series] of header.owners) for (const [, rows] of series) count += rows;
  return count;
}

/**
 * Fills an empty history from the files of a run (as `runFileKey` returns it). Rejects if the folder cannot be listed,
 * or when the signal aborts.
 */
export async function loadHistory(history: History, run: string, options: LoadOptions): Promise<void> {
  const { now } = options;
  const entries = await readStoredEntries(run, options);
  history.expectRows(countRows(entries.points), countRows(entries.minutes));
  await loadPoints(history, entries.points, options);
  await loadMinutes(history, entries.minutes, options);
  await loadBuckets(history, entries.buckets, options);
  await loadWork(history, entries.work, options);
  // Minutes are read before the first point, and in its own minute, whose beginning may have been in an older file. The
  // minutes of a run that began with that point have nothing before it.
  for (const { points, minutes } of history.subjectHistories) {
    const { firstAt } = points;
    if (minutes.hasBefore(firstAt === undefined ? Infinity : minuteOf(firstAt))) points.completeFrom = firstAt ?? now;
  }
  history.bandHistory.restore(entries.bands, entries.lastAt);
  const slice = new TimeSlice();
  while (history.roundOldest()) if (slice.isOver) await slice.next();
  history.finishLoading(now);
}
