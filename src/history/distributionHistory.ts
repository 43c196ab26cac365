/** The buckets of every histogram over time: each window of the last hour, then the last one of each minute. */
import type { Snapshot } from '../api';
import type { ChartDistribution } from '../shared/chartData';
import { minuteMs, minuteOf } from './minuteTier';

const fullRateMs = 3_600_000;
/** Rows that a histogram begins with room for, and grows by at least. */
const minRows = 32;

/** A window of a histogram, or the newest of a minute. */
export interface BucketRow {
  from: number;
  to: number;
  /** By bucket, not cumulative; one longer than the bounds. */
  counts: ArrayLike<number>;
}

const resizeColumn = <Column extends Float32Array | Float64Array>(
  column: Column,
  length: number,
  of: new (length: number) => Column,
): Column => {
  const more = new of(length);
  more.set(column);
  return more;
};

/** One histogram's rows, in the order of their ends, as columns. */
class BucketColumns {
  private ends = new Float64Array(minRows);
  /** How long each window was, in ms. */
  private lengths = new Float32Array(minRows);
  /** Singles: exact up to 16 million observations in a window. */
  private counts: Float32Array;
  private readonly width: number;
  /** What is on disk: rows up to this end, and each minute before this one. */
  writtenTo = -Infinity;
  minutesBefore = -Infinity;
  rows = 0;

  constructor(readonly bounds: readonly number[]) {
    this.width = bounds.length + 1;
    this.counts = new Float32Array(this.width * minRows);
  }

  get bytes(): number {
    return this.ends.byteLength + this.lengths.byteLength + this.counts.byteLength;
  }

  hasBounds(bounds: readonly number[]): boolean {
    return bounds.length === this.bounds.length && bounds.every((bound, index) => bound === this.bounds[index]);
  }

  fromOf(row: number): number {
    return this.toOf(row) - (this.lengths[row] ?? NaN);
  }

  toOf(row: number): number {
    return this.ends[row] ?? NaN;
  }

  countsOf(row: number): Float32Array {
    return this.counts.subarray(row * this.width, (row + 1) * this.width);
  }

  get lastEnd(): number {
    return this.rows === 0 ? -Infinity : this.toOf(this.rows - 1);
  }

  /** Adds a row. A clock that went back withdraws what has not been yet. False where it is the last one again. */
  push({ from, to, counts }: BucketRow): boolean {
    while (this.lastEnd > to) this.rows -= 1;
    if (this.lastEnd === to) return false;
    if (this.writtenTo > to) this.writtenTo = this.lastEnd;
    this.minutesBefore = Math.min(this.minutesBefore, minuteOf(to));
    if (this.rows === this.ends.length) this.resize(this.rows + Math.max(minRows, this.rows >> 3));
    this.ends[this.rows] = to;
    this.lengths[this.rows] = to - from;
    this.counts.set(counts, this.rows * this.width);
    this.rows += 1;
    return true;
  }

  /** Leaves the rows that `keeps`, and gives back room that nobody needs. */
  filter(keeps: (row: number) => boolean): void {
    let kept = 0;
    for (let row = 0; row < this.rows; row++) {
      if (!keeps(row)) continue;
      this.ends.copyWithin(kept, row, row + 1);
      this.lengths.copyWithin(kept, row, row + 1);
      this.counts.copyWithin(kept * this.width, row * this.width, (row + 1) * this.width);
      kept += 1;
    }
    this.rows = kept;
    const room = Math.ceil((kept + 1) / minRows) * minRows;
    if (this.ends.length > room + Math.max(minRows, room >> 3)) this.resize(room);
  }

  /** The last of a minute, as far as there is a later one. */
  isLastOfMinute(row: number): boolean {
    return row === this.rows - 1 || minuteOf(this.toOf(row)) !== minuteOf(this.toOf(row + 1));
  }

  private resize(rows: number): void {
    this.ends = resizeColumn(this.ends.subarray(0, this.rows), rows, Float64Array);
    this.lengths = resizeColumn(this.lengths.subarray(0, this.rows), rows, Float32Array);
    this.counts = resizeColumn(this.counts.subarray(0, this.rows * this.width), rows * this.width, Float32Array);
  }
}

/** The rows of one histogram, as they are written to disk. */
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
 * Windows overlap, so those of a minute are not added up: the last one of it stays. A day of 16 buckets is 1,800 rows, 0.14 MB a histogram.
 * Other bounds (another release of vLLM) begin anew.
 */
export class DistributionHistory {
  private readonly byHistogram = new Map<string, BucketColumns>();
  private thinnedAt = -Infinity;

  constructor(private readonly hours: () => number) {}

  /** Of the typed arrays. */
  get bytes(): number {
    let sum = 0;
    for (const buckets of this.byHistogram.values()) sum += buckets.bytes;
    return sum;
  }

  /** Notes a snapshot and returns what it added: a row for each histogram whose window is new. */
  add({ at, distributions = {} }: Pick<Snapshot, 'at' | 'distributions'>): ChartDistribution[] {
    const added = Object.entries(distributions).flatMap(([histogram, { from, to, bounds, counts }]) =>
      this.put(histogram, bounds, { from, to, counts })
        ? [{ ...emptyDistribution(histogram, bounds), from: [from], to: [to], counts: [counts] }]
        : [],
    );
    if (Math.abs(at - this.thinnedAt) >= minuteMs) this.thin(at);
    return added;
  }

  /** Adds one row, of a snapshot or from disk. False where it is there already. */
  put(histogram: string, bounds: readonly number[], row: BucketRow): boolean {
    let buckets = this.byHistogram.get(histogram);
    if (!buckets?.hasBounds(bounds)) {
      buckets = new BucketColumns(bounds);
      this.byHistogram.set(histogram, buckets);
    }
    return buckets.push(row);
  }

  /** When the newest row of a histogram ends; -Infinity where there is none. */
  lastOf(histogram: string): number {
    return this.byHistogram.get(histogram)?.lastEnd ?? -Infinity;
  }

  /** The rows of these histograms that touch a stretch of time, as copies. */
  query(histograms: readonly string[], from: number, to: number): ChartDistribution[] {
    return histograms.flatMap((histogram) => {
      const buckets = this.byHistogram.get(histogram);
      if (!buckets) return [];
      const found = emptyDistribution(histogram, buckets.bounds);
      for (let row = 0; row < buckets.rows; row++) {
        if (buckets.toOf(row) < from || buckets.fromOf(row) > to) continue;
        found.from.push(buckets.fromOf(row));
        found.to.push(buckets.toOf(row));
        found.counts.push([...buckets.countsOf(row)]);
      }
      return [found];
    });
  }

  /** The rows that are not on disk yet; from now on they count as written. */
  takeRows(): HistogramRows[] {
    return this.takeRowsWhere(
      (buckets, row) => buckets.toOf(row) > buckets.writtenTo,
      (buckets) => {
        buckets.writtenTo = buckets.lastEnd;
      },
    );
  }

  /** The last row of each minute before `before` that is not on disk as such; from now on it counts as written. */
  takeUnwrittenMinutes(before: number): HistogramRows[] {
    const isNew = (buckets: BucketColumns, row: number): boolean => {
      const minute = minuteOf(buckets.toOf(row));
      return minute >= buckets.minutesBefore && minute < before && buckets.isLastOfMinute(row);
    };
    return this.takeRowsWhere(isNew, (buckets) => {
      // At the end of a window its last minute is written as it is; a later row of it writes it again.
      buckets.minutesBefore = Math.min(before, minuteOf(buckets.lastEnd) + 1);
    });
  }

  /** After reading from disk: all that is here is on disk, and what is too old goes. */
  finishLoading(now: number): void {
    for (const buckets of this.byHistogram.values()) {
      buckets.writtenTo = buckets.lastEnd;
      buckets.minutesBefore = minuteOf(buckets.lastEnd);
    }
    this.thin(now);
  }

  private takeRowsWhere(
    isWanted: (buckets: BucketColumns, row: number) => boolean,
    done: (buckets: BucketColumns) => void,
  ): HistogramRows[] {
    return [...this.byHistogram].flatMap(([histogram, buckets]) => {
      const rows = Array.from({ length: buckets.rows }, (_, row) => row).filter((row) => isWanted(buckets, row));
      done(buckets);
      return rows.length === 0
        ? []
        : [
            {
              histogram,
              bounds: buckets.bounds,
              rows: rows.map((row) => ({
                from: buckets.fromOf(row),
                to: buckets.toOf(row),
                counts: buckets.countsOf(row),
              })),
            },
          ];
    });
  }

  private thin(now: number): void {
    this.thinnedAt = now;
    const keptMs = this.hours() * 3_600_000;
    for (const [histogram, buckets] of this.byHistogram) {
      buckets.filter(
        (row) =>
          buckets.toOf(row) >= now - fullRateMs || (buckets.toOf(row) >= now - keptMs && buckets.isLastOfMinute(row)),
      );
      if (buckets.rows === 0) this.byHistogram.delete(histogram);
    }
  }
}
