/** Restores the buckets of histograms from stored entries. */
import { TimeSlice } from '../shared/timeSlice';
import type { BucketRow } from './bucketColumns';
import type { History } from './history';
import type { FileKind } from './historyFile';
import type { BucketsHeader } from './journalHeader';
import { maxClockAheadMs, sortEntries, type LoadOptions, type StoredEntry } from './storedEntries';

interface HistogramRow extends BucketRow {
  histogram: string;
  bounds: readonly number[];
}

/** The rows of an entry, histogram by histogram. An incomplete last row is left out. */
function* rowsOfEntry({ header, body }: StoredEntry<BucketsHeader>): Generator<HistogramRow> {
  const numbers = new Float64Array(body, 0, Math.floor(body.byteLength / 8));
  let offset = 0;
  for (const [histogram, bounds, rows] of header.histograms) {
    for (let row = 0; row < rows; row++) {
      const end = offset + bounds.length + 3;
      if (end > numbers.length) return;
      const from = numbers[offset] ?? NaN;
      const to = numbers[offset + 1] ?? NaN;
      yield { histogram, bounds, from, to, counts: numbers.subarray(offset + 2, end) };
      offset = end;
    }
  }
}

/**
 * Restores every row, and before the first of them the last row of each minute. Of two windows that wrote at the same
 * time one counts.
 */
export async function loadBuckets(
  { distributionHistory }: History,
  entries: Record<FileKind, readonly StoredEntry<BucketsHeader>[]>,
  { now, signal }: LoadOptions,
): Promise<void> {
  const firstByHistogram = new Map<string, number>();
  for (const entry of entries.points)
    for (const { histogram, to } of rowsOfEntry(entry))
      firstByHistogram.set(histogram, Math.min(to, firstByHistogram.get(histogram) ?? Infinity));
  const writerByHistogram = new Map<string, string>();
  const slice = new TimeSlice();
  for (const kind of ['minutes', 'points'] as const) {
    for (const entry of sortEntries(entries[kind])) {
      signal.throwIfAborted();
      for (const { histogram, bounds, ...row } of rowsOfEntry(entry)) {
        if (slice.isOver) await slice.next();
        const isOfAnotherWindow = (writerByHistogram.get(histogram) ?? entry.writer) !== entry.writer;
        const isOverlap = isOfAnotherWindow && row.to <= distributionHistory.lastOf(histogram);
        const isKeptInFull = kind === 'minutes' && row.to >= (firstByHistogram.get(histogram) ?? Infinity);
        if (!(row.to <= now + maxClockAheadMs) || isOverlap || isKeptInFull) continue;
        distributionHistory.put(histogram, bounds, row);
        writerByHistogram.set(histogram, entry.writer);
      }
    }
  }
}
