import {
  addPoints,
  dropBefore,
  mergeBands,
  newSeries,
  type ChartBand,
  type ChartData,
  type ChartDistribution,
  type ChartSubject,
  type ChartSeries,
} from '../src/shared/chartData';

/** More than the host sends before it sends everything anew. */
const maxPoints = 8_000;

function keyOf(measure: string, engineId = ''): string {
  return `${measure}\n${engineId}`;
}

/** The page's copy of what the host shows it. */
export class Store {
  /** How many engines the host knows; may be more than have series here. */
  engineCount = 0;
  bands: readonly ChartBand[] = [];
  private readonly series = new Map<string, ChartSeries>();
  private distributions: ChartDistribution[] = [];

  get isEmpty(): boolean {
    return this.series.size === 0;
  }

  /** Takes everything anew. */
  replace({ series, bands, distributions = [], engineCount }: ChartData): void {
    this.series.clear();
    for (const one of series) this.series.set(keyOf(one.measure, one.engine?.id), one);
    this.bands = mergeBands([], bands);
    this.distributions = distributions;
    this.engineCount = engineCount;
  }

  /** Takes what one scrape added, and forgets what is before `since`. */
  append({ series, bands, distributions = [], engineCount }: ChartData, since: number): void {
    for (const more of series) {
      const key = keyOf(more.measure, more.engine?.id);
      const before = this.series.get(key) ?? newSeries(more.measure, more.engine);
      // A clock that went back withdraws rows: what was drawn of them is not kept.
      const known = (more.at[0] ?? Infinity) > (before.at.at(-1) ?? -Infinity) ? before : { ...before };
      this.series.set(key, known);
      addPoints(known, more);
    }
    for (const [key, known] of this.series) {
      dropBefore(known, since, maxPoints, 32);
      if (known.at.length === 0) this.series.delete(key);
    }
    const merged = bands.length > 0 ? mergeBands(this.bands, bands) : this.bands;
    this.bands = merged.filter(({ kind, from, to }) => (to ?? (kind === 'reset' ? from : Infinity)) >= since);
    for (const more of distributions) this.addDistribution(more, since);
    this.engineCount = engineCount;
  }

  aggregate(measure: string): ChartSeries | undefined {
    return this.series.get(keyOf(measure));
  }

  /** The series of each engine, in the order of their names' numbers. */
  engineSeries(measure: string): ChartSeries[] {
    return [...this.series.values()]
      .filter((series) => series.measure === measure && series.engine)
      .sort((a, b) => (a.engine?.name ?? '').localeCompare(b.engine?.name ?? '', 'en', { numeric: true }));
  }

  distribution(histogram: string): ChartDistribution | undefined {
    return this.distributions.find((one) => one.histogram === histogram);
  }

  /** The engines and parts that have a series here. */
  get subjects(): ChartSubject[] {
    return [
      ...new Map(
        [...this.series.values()].flatMap(({ engine }) => (engine ? [[engine.id, engine] as const] : [])),
      ).values(),
    ];
  }

  /** The time of the newest point; `undefined` where there is none. */
  get newestTime(): number | undefined {
    let newest: number | undefined;
    for (const { at } of this.series.values()) {
      const last = at.at(-1);
      if (last !== undefined && last > (newest ?? -Infinity)) newest = last;
    }
    return newest;
  }

  private addDistribution(more: ChartDistribution, since: number): void {
    const known = this.distribution(more.histogram);
    if (!known || String(known.bounds) !== String(more.bounds)) {
      this.distributions = [...this.distributions.filter((one) => one !== known), more];
      return;
    }
    const first = more.to[0] ?? Infinity;
    const columns = [known.from, known.to, known.counts];
    while ((known.to.at(-1) ?? -Infinity) >= first) for (const column of columns) column.pop();
    known.from.push(...more.from);
    known.to.push(...more.to);
    known.counts.push(...more.counts);
    while ((known.to[0] ?? Infinity) < since) for (const column of columns) column.shift();
  }
}
