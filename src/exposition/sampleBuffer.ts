/** Collects the samples of one exposition: series and values in the order of the lines. */
import type { Series } from './types';

/** Serves one scrape after the other; set `count` to 0 to begin the next. */
export class SampleBuffer<Meta> {
  count = 0;
  /** Indexes into the series table. Entries from `count` on are those of the scrape before. */
  private seriesIndexes = new Int32Array(256);
  private values = new Float64Array(256);
  /** Whether any index differs from the scrape before. */
  private hasChanged = false;
  private series: readonly Series<Meta>[] = [];

  /** Adds a sample of the series with this index of the table. */
  add(seriesIndex: number, value: number): void {
    const { count } = this;
    if (count === this.seriesIndexes.length) this.grow();
    if (this.seriesIndexes[count] !== seriesIndex) {
      this.seriesIndexes[count] = seriesIndex;
      this.hasChanged = true;
    }
    this.values[count] = value;
    this.count = count + 1;
  }

  /** A copy of the values. */
  takeValues(): Float64Array {
    return this.values.slice(0, this.count);
  }

  /** The series of the samples. The same array as in the scrape before if the series are the same. */
  listSeries(table: readonly (Series<Meta> | undefined)[]): readonly Series<Meta>[] {
    const { count, series: previous } = this;
    if (!this.hasChanged && count === previous.length) return previous;
    this.hasChanged = false;
    const series = new Array<Series<Meta>>(count);
    let isSame = count === previous.length;
    for (let index = 0; index < count; index += 1) {
      const entry = table[this.seriesIndexes[index] as number] as Series<Meta>;
      series[index] = entry;
      if (isSame && previous[index] !== entry) isSame = false;
    }
    return isSame ? previous : (this.series = series);
  }

  private grow(): void {
    const [seriesIndexes, values] = [new Int32Array(2 * this.count), new Float64Array(2 * this.count)];
    seriesIndexes.set(this.seriesIndexes);
    values.set(this.values);
    this.seriesIndexes = seriesIndexes;
    this.values = values;
  }
}
