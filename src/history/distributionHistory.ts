/**
 * The buckets of every histogram over time: each rate window of the last hour, and before that the last one of each
 * minute.
 */
import type { Snapshot } from '../api';
import type { ChartDistribution } from '../shared/chartData';
import { BucketColumns, type BucketRow } from './bucketColumns';
import { minuteMs, minuteOf } from './minuteTier';

/** How long every rate window is kept. */
const fullRateMs = 3_600_000;
const hourMs = 3_600_000;

/** Rows of one histogram, as they are written to disk. */
export interface HistogramRows {
  histogram: string;
  bounds: readonly number[];
  rows: BucketRow[];
}

const emptyDistribution = (histogram: string, bounds: readonly number[]): ChartDistribution => ({
  histogram,
  bounds: [...bounds],
  from: [],
  to: [],
  counts: [],
});

/**
 * Collects distributions of snapshots. Rate windows overlap, so those of a minute are not added up: the last one stays.
 * With 16 buckets a day has 1,800 rows, 0.14 MB for each histogram. A histogram whose bounds change (another release of
 * vLLM) starts over.
 */
export class DistributionHistory {
  private readonly byHistogram = new Map<string, BucketColumns>();
  private thinnedAt = -Infinity;

  /** `hours`: how long the last rate windows of minutes are kept. */
  constructor(private readonly hours: () => number) {}

  /** Of the typed arrays. */
  get bytes(): number {
    let sum = 0;
    for (const columns of this.byHistogram.values()) sum += columns.bytes;
    return sum;
  }

  /** Adds a snapshot. Returns the row of each histogram whose rate window is new. */
  add({ at, distributions = {} }: Pick<Snapshot, 'at' | 'distributions'>): ChartDistribution[] {
    const added = Object.entries(distributions).flatMap(([histogram, { from, to, bounds, counts }]) =>
      this.put(histogram, bounds, { from, to, counts })
        ? [{ ...emptyDistribution(histogram, bounds), from: [from], to: [to], counts: [counts] }]
        : [],
    );
    if (Math.abs(at - this.thinnedAt) >= minuteMs) this.thin(at);
    return added;
  }

  /** Adds one row, of a snapshot or from disk. False if it is the last one again. */
  put(histogram: string, bounds: readonly number[], row: BucketRow): boolean {
    let columns = this.byHistogram.get(histogram);
    if (!columns?.hasBounds(bounds)) {
      columns = new BucketColumns(bounds);
      this.byHistogram.set(histogram, columns);
    }
    return columns.push(row);
  }

  /** When the last row of a histogram ends, Unix ms; -Infinity if there is none. */
  lastOf(histogram: string): number {
    return this.byHistogram.get(histogram)?.lastEnd ?? -Infinity;
  }

  /** Copies of the rows of these histograms that overlap a time range. */
  query(histograms: readonly string[], from: number, to: number): ChartDistribution[] {
    return histograms.flatMap((histogram) => {
      const columns = this.byHistogram.get(histogram);
      if (!columns) return [];
      const distribution = emptyDistribution(histogram, columns.bounds);
      for (let row = 0; row < columns.rows; row++) {
        if (columns.toOf(row) < from || columns.fromOf(row) > to) continue;
        distribution.from.push(columns.fromOf(row));
        distribution.to.push(columns.toOf(row));
        distribution.counts.push([...columns.countsOf(row)]);
      }
      return [distribution];
    });
  }

  /** The rows that are not on disk; they count as written from now on. */
  takeRows(): HistogramRows[] {
    return this.takeRowsWhere(
      (columns, row) => columns.toOf(row) > columns.writtenTo,
      (columns) => {
        columns.writtenTo = columns.lastEnd;
      },
    );
  }

  /**
   * The last row of each minute before `before` (since 1970) that is not on disk; they count as written from now on.
   */
  takeUnwrittenMinutes(before: number): HistogramRows[] {
    const isUnwritten = (columns: BucketColumns, row: number): boolean => {
      const minute = minuteOf(columns.toOf(row));
      return minute >= columns.minutesBefore && minute < before && columns.isLastOfMinute(row);
    };
    return this.takeRowsWhere(isUnwritten, (columns) => {
      // When the window closes, its last minute is written although it is incomplete; a later row writes it again.
      columns.minutesBefore = Math.min(before, minuteOf(columns.lastEnd) + 1);
    });
  }

  /** Marks everything as written and drops what is too old, after reading from disk. */
  finishLoading(now: number): void {
    for (const columns of this.byHistogram.values()) {
      columns.writtenTo = columns.lastEnd;
      columns.minutesBefore = minuteOf(columns.lastEnd);
    }
    this.thin(now);
  }

  private takeRowsWhere(
    isWanted: (columns: BucketColumns, row: number) => boolean,
    markWritten: (columns: BucketColumns) => void,
  ): HistogramRows[] {
    return [...this.byHistogram].flatMap(([histogram, columns]) => {
      const rows = Array.from({ length: columns.rows }, (_, row) => row)
        .filter((row) => isWanted(columns, row))
        .map((row) => ({ from: columns.fromOf(row), to: columns.toOf(row), counts: columns.countsOf(row) }));
      markWritten(columns);
      return rows.length === 0 ? [] : [{ histogram, bounds: columns.bounds, rows }];
    });
  }

  /** Drops what is too old, and all but the last row of minutes that are older than an hour. */
  private thin(now: number): void {
    this.thinnedAt = now;
    const keepFrom = now - this.hours() * hourMs;
    for (const [histogram, columns] of this.byHistogram) {
      columns.filter((row) => {
        const to = columns.toOf(row);
        return to >= now - fullRateMs || (to >= keepFrom && columns.isLastOfMinute(row));
      });
      if (columns.rows === 0) this.byHistogram.delete(histogram);
    }
  }
}
