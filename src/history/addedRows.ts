/** The rows that one snapshot adds to the history. */
import { newSeries, type ChartSeries, type ChartSubject } from '../shared/chartData';
import type { SeriesRow } from './seriesRows';

const nullIfNaN = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Adds a row to a series; a gap only if it is later than the last row and that is not a gap. */
export function pushRow(series: ChartSeries, at: number, value: number, low: number, high: number): void {
  const last = series.at.length - 1;
  const isGap = Number.isNaN(value);
  if (isGap && last >= 0 && (series.value[last] === null || at <= (series.at[last] ?? -Infinity))) return;
  series.at.push(at);
  series.value.push(nullIfNaN(value));
  series.lowest?.push(isGap ? null : nullIfNaN(low));
  series.highest?.push(isGap ? null : nullIfNaN(high));
}

/**
 * Rows in the order in which they were added, those of a series together. 512 engines have 20,000 in a scrape, of which
 * a chart shows a few, if there is one: series are made of them only when they are asked for.
 */
export class AddedRows {
  private readonly subjects: (ChartSubject | undefined)[] = [];
  private readonly measures: string[] = [];
  private readonly rows: SeriesRow[] = [];
  private made: ChartSeries[] | undefined;

  push(subject: ChartSubject | undefined, measure: string, row: SeriesRow): void {
    this.subjects.push(subject);
    this.measures.push(measure);
    this.rows.push(row);
  }

  /** The rows as series. */
  get series(): ChartSeries[] {
    this.made ??= this.makeSeries();
    return this.made;
  }

  private makeSeries(): ChartSeries[] {
    const all: ChartSeries[] = [];
    for (const [index, { at, value, low, high }] of this.rows.entries()) {
      const subject = this.subjects[index];
      const measure = this.measures[index] ?? '';
      let series = all.at(-1);
      if (series?.measure !== measure || series.engine !== subject) {
        series = newSeries(measure, subject);
        all.push(series);
      }
      pushRow(series, at, value, low, high);
    }
    return all;
  }
}
