/** The samples of one answer: series and values, in the order of the lines. */
import type { Series } from './types';

export class SampleBuffer<Meta> {
  count = 0;
  /** Indices of the table. Behind `count` there still stands what stood there before. */
  private order = new Int32Array(256);
  private values = new Float64Array(256);
  /** Another series than before was put at a place; it may have been taken away again. */
  private moved = false;
  private series: readonly Series<Meta>[] = [];

  add(series: number, value: number): void {
    const { count } = this;
    if (count === this.order.length) this.grow();
    if (this.order[count] !== series) {
      this.order[count] = series;
      this.moved = true;
    }
    this.values[count] = value;
    this.count = count + 1;
  }

  /** Their values, which nobody else writes. */
  takeValues(): Float64Array {
    return this.values.slice(0, this.count);
  }

  /** Their series; the same list as the last time where they are the same. */
  listSeries(table: readonly (Series<Meta> | undefined)[]): readonly Series<Meta>[] {
    const { count, series: last } = this;
    if (!this.moved && count === last.length) return last;
    this.moved = false;
    const series = new Array<Series<Meta>>(count);
    let same = count === last.length;
    for (let place = 0; place < count; place += 1) {
      const one = table[this.order[place] as number] as Series<Meta>;
      series[place] = one;
      if (same && last[place] !== one) same = false;
    }
    return same ? last : (this.series = series);
  }

  private grow(): void {
    const [order, values] = [new Int32Array(2 * this.count), new Float64Array(2 * this.count)];
    order.set(this.order);
    values.set(this.values);
    this.order = order;
    this.values = values;
  }
}
