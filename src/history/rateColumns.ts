/** The generation rate of all engines over time: a point a scrape, as columns in typed arrays. */
import { firstIndexFrom } from '../shared/chartData';

/** Points, ascending in time. */
export class RateColumns {
  /** Unix ms. */
  private times: number[] = [];
  /** Tokens per second. */
  private values: number[] = [];
  /** Points after this time are not on disk. */
  writtenTo = -Infinity;

  /** About; numbers of a list take eight bytes. */
  get bytes(): number {
    return 16 * this.times.length;
  }

  /** Adds a point. If the clock went back, later points are removed. */
  push(at: number, value: number): void {
    if (at <= (this.times.at(-1) ?? -Infinity)) this.truncate(at);
    this.times.push(at);
    this.values.push(value);
  }

  /** The highest value between two times, both inclusive; undefined if there is none. */
  highest(from: number, to: number): number | undefined {
    let highest: number | undefined;
    for (let index = firstIndexFrom(this.times, from); (this.times[index] ?? Infinity) <= to; index++)
      highest = Math.max(highest ?? -Infinity, this.values[index] ?? -Infinity);
    return highest;
  }

  /** The points that are not on disk, as pairs of time and value; they count as written from now on. */
  takeUnwritten(): number[] {
    const pairs: number[] = [];
    for (let index = firstIndexFrom(this.times, this.writtenTo + 1); index < this.times.length; index++)
      pairs.push(this.times[index] ?? NaN, this.values[index] ?? NaN);
    this.writtenTo = this.times.at(-1) ?? this.writtenTo;
    return pairs;
  }

  dropBefore(time: number): void {
    const count = firstIndexFrom(this.times, time);
    if (count === 0) return;
    this.times.splice(0, count);
    this.values.splice(0, count);
  }

  private truncate(at: number): void {
    const length = firstIndexFrom(this.times, at);
    this.times.length = this.values.length = length;
    this.writtenTo = Math.min(this.writtenTo, at - 1);
  }
}
