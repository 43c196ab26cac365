/** The rows of one histogram in memory, as columns in typed arrays. */
import { minuteOf } from './minuteTier';

/** Rows that a histogram begins with room for, and grows by at least. */
const minRows = 32;

/** The buckets of a histogram in one rate window. */
export interface BucketRow {
  /** Unix ms. */
  from: number;
  to: number;
  /** Observations by bucket, not cumulative; one longer than the bounds. */
  counts: ArrayLike<number>;
}

function resizeColumn<Column extends Float32Array | Float64Array>(
  column: Column,
  length: number,
  ColumnType: new (length: number) => Column,
): Column {
  const resized = new ColumnType(length);
  resized.set(column);
  return resized;
}

/** Rows with the same bounds, by the end of their rate windows. */
export class BucketColumns {
  private ends = new Float64Array(minRows);
  /** Length of each rate window, in ms. */
  private lengths = new Float32Array(minRows);
  /** In single precision: exact up to 16 million observations in a rate window. */
  private counts: Float32Array;
  private readonly width: number;
  /** Rows that end up to this time are on disk. */
  writtenTo = -Infinity;
  /** Minutes (since 1970) before this one are on disk. */
  minutesBefore = -Infinity;
  rows = 0;

  constructor(readonly bounds: readonly number[]) {
    this.width = bounds.length + 1;
    this.counts = new Float32Array(this.width * minRows);
  }

  /** Of the typed arrays. */
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

  /** A view of the row's counts, which changes with it. */
  countsOf(row: number): Float32Array {
    return this.counts.subarray(row * this.width, (row + 1) * this.width);
  }

  /** End of the last row; -Infinity if there is none. */
  get lastEnd(): number {
    return this.rows === 0 ? -Infinity : this.toOf(this.rows - 1);
  }

  /** Adds a row. If the clock went back, later rows are removed. False if the row is the last one again. */
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

  /** Keeps the rows that `keeps` accepts, and releases unused room. */
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

  /** Whether a row is the last of its minute so far. */
  isLastOfMinute(row: number): boolean {
    return row === this.rows - 1 || minuteOf(this.toOf(row)) !== minuteOf(this.toOf(row + 1));
  }

  private resize(rows: number): void {
    this.ends = resizeColumn(this.ends.subarray(0, this.rows), rows, Float64Array);
    this.lengths = resizeColumn(this.lengths.subarray(0, this.rows), rows, Float32Array);
    this.counts = resizeColumn(this.counts.subarray(0, this.rows * this.width), rows * this.width, Float32Array);
  }
}
