/** The page's copy of the data that the host sends. */
import {
  addPoints,
  dropBefore,
  mergeBands,
  newSeries,
  type ChartBand,
  type ChartData,
  type ChartDistribution,
  type ChartSeries,
  type ChartSubject,
} from '../src/shared/chartData';
import { unpackSeries } from '../src/shared/seriesColumns';

/** More points per series than the host sends before it replaces everything. */
const maxPoints = 8_000;
/** Rows that may be too old before the columns are moved. */
const dropSlack = 32;

const keyOf = (measure: string, engineId = ''): string => `${measure}\n${engineId}`;

const nameOrder = new Intl.Collator('en', { numeric: true });

function groupStates(bands: readonly ChartBand[]): ReadonlyMap<string, readonly ChartBand[]> {
  const byEngine = new Map<string, ChartBand[]>();
  for (const band of bands) {
    if (band.kind !== 'state' || !band.engine) continue;
    const ofEngine = byEngine.get(band.engine.id);
    if (ofEngine) ofEngine.push(band);
    else byEngine.set(band.engine.id, [band]);
  }
  return byEngine;
}

/** Series, bands and distributions of a chart. */
export class Store {
  /** How many engines the host knows; not all of them need to have series here. */
  engineCount = 0;
  private knownBands: readonly ChartBand[] = [];
  private states: ReadonlyMap<string, readonly ChartBand[]> | undefined;
  private readonly series = new Map<string, ChartSeries>();
  private distributions: ChartDistribution[] = [];

  /** Phases, states and resets, by time of beginning. */
  get bands(): readonly ChartBand[] {
    return this.knownBands;
  }

  /** The bands of states by ID of their engine. */
  get statesById(): ReadonlyMap<string, readonly ChartBand[]> {
    return (this.states ??= groupStates(this.knownBands));
  }

  get isEmpty(): boolean {
    return this.series.size === 0;
  }

  /** Replaces all data. */
  replace({ series, columns, bands, distributions = [], engineCount }: ChartData): void {
    this.series.clear();
    for (const one of [...series, ...(columns ? unpackSeries(columns) : [])])
      this.series.set(keyOf(one.measure, one.engine?.id), one);
    this.setBands(mergeBands([], bands));
    this.distributions = distributions;
    this.engineCount = engineCount;
  }

  /** Adds the data of one scrape, and drops everything before `since` (Unix ms). */
  append({ series, columns, bands, distributions = [], engineCount }: ChartData, since: number): void {
    for (const increment of [...series, ...(columns ? unpackSeries(columns) : [])]) this.appendSeries(increment);
    for (const [key, known] of this.series) {
      dropBefore(known, since, maxPoints, dropSlack);
      if (known.at.length === 0) this.series.delete(key);
    }
    const merged = bands.length > 0 ? mergeBands(this.bands, bands) : this.bands;
    const recent = merged.filter(({ kind, from, to }) => (to ?? (kind === 'reset' ? from : Infinity)) >= since);
    if (bands.length > 0 || recent.length < merged.length) this.setBands(recent);
    for (const increment of distributions) this.appendDistribution(increment, since);
    this.engineCount = engineCount;
  }

  /** The aggregate over the engines; undefined if it was not measured. */
  aggregate(measure: string): ChartSeries | undefined {
    return this.series.get(keyOf(measure));
  }

  /** The series of each engine, in the order of the numbers in their names. */
  engineSeries(measure: string): ChartSeries[] {
    return this.subjectSeries(measure).sort((a, b) => nameOrder.compare(a.engine?.name ?? '', b.engine?.name ?? ''));
  }

  /** The series of each engine, node or GPU, in no order. */
  subjectSeries(measure: string): ChartSeries[] {
    return [...this.series.values()].filter((series) => series.measure === measure && series.engine);
  }

  distribution(histogram: string): ChartDistribution | undefined {
    return this.distributions.find((one) => one.histogram === histogram);
  }

  /** The subjects that have a series here, each once. */
  get subjects(): ChartSubject[] {
    const byId = new Map<string, ChartSubject>();
    for (const { engine } of this.series.values()) if (engine) byId.set(engine.id, engine);
    return [...byId.values()];
  }

  /** Time of the newest point in Unix ms; undefined without any. */
  get newestTime(): number | undefined {
    let newest: number | undefined;
    for (const { at } of this.series.values()) {
      const last = at.at(-1);
      if (last !== undefined && last > (newest ?? -Infinity)) newest = last;
    }
    return newest;
  }

  /** Time of the oldest point in Unix ms; undefined without any. */
  get oldestTime(): number | undefined {
    let oldest: number | undefined;
    for (const { at } of this.series.values()) {
      const [first] = at;
      if (first !== undefined && first < (oldest ?? Infinity)) oldest = first;
    }
    return oldest;
  }

  private setBands(bands: readonly ChartBand[]): void {
    this.knownBands = bands;
    this.states = undefined;
  }

  private appendSeries(increment: ChartSeries): void {
    const key = keyOf(increment.measure, increment.engine?.id);
    const known = this.series.get(key) ?? newSeries(increment.measure, increment.engine);
    // If the clock went back, rows are withdrawn. A new object then discards what was downsampled of them.
    const goesForward = (increment.at[0] ?? Infinity) > (known.at.at(-1) ?? -Infinity);
    const series = goesForward ? known : { ...known };
    this.series.set(key, series);
    addPoints(series, increment);
  }

  private appendDistribution(increment: ChartDistribution, since: number): void {
    const known = this.distribution(increment.histogram);
    if (!known || String(known.bounds) !== String(increment.bounds)) {
      this.distributions = [...this.distributions.filter((one) => one !== known), increment];
      return;
    }
    const first = increment.to[0] ?? Infinity;
    const columns = [known.from, known.to, known.counts];
    while ((known.to.at(-1) ?? -Infinity) >= first) for (const column of columns) column.pop();
    known.from.push(...increment.from);
    known.to.push(...increment.to);
    known.counts.push(...increment.counts);
    while ((known.to[0] ?? Infinity) < since) for (const column of columns) column.shift();
  }
}
