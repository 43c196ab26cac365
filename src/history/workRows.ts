/** The kept work of one engine: one row for each stretch of work, as columns in a typed array. */
import { workCounters, type WorkDeltas } from '../metrics/workCounters';

/**
 * `work`: the engine worked. `continued`: it went on working, but another step of training began. `unknown`: it was not
 * observed, though its counters advanced.
 */
export type WorkRowKind = 'work' | 'continued' | 'unknown';

/** One stretch of an engine's work. Times are Unix ms. */
export interface WorkRow {
  kind: WorkRowKind;
  /** It began after this time; NaN if its beginning was not seen. */
  beginAfter: number;
  /** It had begun by this time. */
  beginBefore: number;
  /** It ended after this time; NaN if its end was not seen. */
  endAfter: number;
  /** It had ended by this time, or, while it lasts, was seen last. */
  endBefore: number;
  /** The last reading that is counted in it. */
  readAt: number;
  /** Highest share of the KV cache in use, 0 to 1; NaN if unknown. */
  kvPeak: number;
  deltas: WorkDeltas;
}

const kinds: readonly WorkRowKind[] = ['work', 'continued', 'unknown'];
const times = ['beginAfter', 'beginBefore', 'endAfter', 'endBefore', 'readAt', 'kvPeak'] as const;
/** Numbers of a row: its kind, its times, its deltas. */
export const numbersPerRow = 1 + times.length + workCounters.length;
const minRows = 8;

/** The numbers of a row, as they are kept in memory and on disk. */
const rowToNumbers = (row: WorkRow): number[] => [
  kinds.indexOf(row.kind),
  ...times.map((time) => row[time]),
  ...workCounters.map((counter) => row.deltas[counter]),
];

/** The row of these numbers, which begin at `offset`; undefined if they are none. */
export function rowFromNumbers(numbers: Float64Array, offset: number): WorkRow | undefined {
  const kind = kinds[numbers[offset] ?? NaN];
  if (kind === undefined || offset + numbersPerRow > numbers.length) return undefined;
  const at = (index: number): number => numbers[offset + index] ?? NaN;
  const deltas = Object.fromEntries(
    workCounters.map((counter, index) => [counter, at(1 + times.length + index)]),
  ) as WorkDeltas;
  const [beginAfter, beginBefore, endAfter, endBefore, readAt, kvPeak] = [1, 2, 3, 4, 5, 6].map(at) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { kind, beginAfter, beginBefore, endAfter, endBefore, readAt, kvPeak, deltas };
}

/** The rows of one engine, ascending in time. Only the last ones ever change. */
export class WorkRows {
  private numbers = new Float64Array(minRows * numbersPerRow);
  length = 0;
  /** Rows from this index on are new or changed since they were last written to disk. */
  private unwrittenFrom = 0;

  /** Of the typed array. */
  get bytes(): number {
    return this.numbers.byteLength;
  }

  /** The numbers of the rows that are not on disk; they count as written from now on. */
  takeUnwritten(): number[] {
    const from = this.unwrittenFrom;
    this.markWritten();
    return [...this.numbers.subarray(from * numbersPerRow, this.length * numbersPerRow)];
  }

  /** Marks all rows as written to disk. */
  markWritten(): void {
    this.unwrittenFrom = this.length;
  }

  /** A copy of the row at an index, which must exist. */
  at(index: number): WorkRow {
    return rowFromNumbers(this.numbers, index * numbersPerRow) as WorkRow;
  }

  get hasUnwritten(): boolean {
    return this.unwrittenFrom < this.length;
  }

  get last(): WorkRow | undefined {
    return this.length === 0 ? undefined : this.at(this.length - 1);
  }

  push(row: WorkRow): void {
    if ((this.length + 1) * numbersPerRow > this.numbers.length)
      this.resize(this.length + Math.max(minRows, this.length >> 2));
    this.length += 1;
    this.set(this.length - 1, row);
  }

  replaceLast(row: WorkRow): void {
    this.set(this.length - 1, row);
  }

  /** The index of the first row that was read at or after a time; the length if there is none. */
  firstIndexFrom(time: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.readAtOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Removes the rows from an index on. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
    this.unwrittenFrom = Math.min(this.unwrittenFrom, this.length);
  }

  /** Removes the rows that were read before a time. */
  dropBefore(time: number): void {
    const count = this.firstIndexFrom(time);
    if (count === 0) return;
    this.numbers.copyWithin(0, count * numbersPerRow, this.length * numbersPerRow);
    this.length -= count;
    this.unwrittenFrom = Math.max(0, this.unwrittenFrom - count);
    if (this.numbers.length > 4 * Math.max(minRows, this.length) * numbersPerRow) this.resize(this.length + minRows);
  }

  private set(index: number, row: WorkRow): void {
    this.numbers.set(rowToNumbers(row), index * numbersPerRow);
    this.unwrittenFrom = Math.min(this.unwrittenFrom, index);
  }

  private readAtOf(index: number): number {
    return this.numbers[index * numbersPerRow + 1 + times.indexOf('readAt')] ?? NaN;
  }

  private resize(rows: number): void {
    const resized = new Float64Array(rows * numbersPerRow);
    resized.set(this.numbers.subarray(0, this.length * numbersPerRow));
    this.numbers = resized;
  }
}
