import { addPoints, dropBefore, newSeries, type ChartData, type ChartSeries } from '../src/shared/chartData';

/** Above what the host keeps per series, so that only a page open for long ever cuts. */
const MAX_POINTS = 4_000;

function keyOf(measure: string, engineId = ''): string {
  return `${measure}\n${engineId}`;
}

/** The page's copy of the host's history. */
export class Store {
  /** How many engines the host knows; may be more than have series here. */
  engineCount = 0;
  private readonly series = new Map<string, ChartSeries>();

  get empty(): boolean {
    return this.series.size === 0;
  }

  /** Takes everything anew. */
  replace(data: ChartData): void {
    this.series.clear();
    for (const series of data.series) this.series.set(keyOf(series.measure, series.engine?.id), series);
    this.engineCount = data.engines;
  }

  /** Takes what one scrape added, and forgets what is before `since`. */
  append(data: ChartData, since: number): void {
    for (const more of data.series) {
      const key = keyOf(more.measure, more.engine?.id);
      const series = this.series.get(key) ?? newSeries(more.measure, more.engine);
      this.series.set(key, series);
      addPoints(series, more);
    }
    for (const [key, series] of this.series) {
      dropBefore(series, since, MAX_POINTS, 32);
      if (series.at.length === 0) this.series.delete(key);
    }
    this.engineCount = data.engines;
  }

  aggregate(measure: string): ChartSeries | undefined {
    return this.series.get(keyOf(measure));
  }

  /** The series of each engine, in the order of their names' numbers. */
  each(measure: string): ChartSeries[] {
    return [...this.series.values()]
      .filter((series) => series.measure === measure && series.engine)
      .sort((a, b) => (a.engine?.name ?? '').localeCompare(b.engine?.name ?? '', 'en', { numeric: true }));
  }

  /** The time of the newest point; `undefined` where there is none. */
  get newest(): number | undefined {
    let newest: number | undefined;
    for (const { at } of this.series.values()) {
      const last = at.at(-1);
      if (last !== undefined && last > (newest ?? -Infinity)) newest = last;
    }
    return newest;
  }
}
