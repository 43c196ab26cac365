/** What the chart draws, as plain values: `History` makes them, the webview merges them by the same functions. */

/** An engine as lines and bands name it, or a part of the run: a node, a GPU, the trainer, a server. */
export interface ChartSubject {
  id: string;
  name: string;
  nonEngine?: true;
}

/** Rows of one line, as columns of equal length in the order of time. */
export interface ChartSeries {
  /** Catalog id. */
  measure: string;
  /** Absent: the aggregate over the engines. */
  engine?: ChartSubject;
  /** Unix ms. */
  at: number[];
  /** `null` is a gap: nothing was measured between the points on its sides. For a whole minute: the mean of it. */
  value: (number | null)[];
  /** The lowest and highest engine's value of an aggregate; of one engine's series the lowest and highest of a minute. `null`: no spread. */
  lowest?: (number | null)[];
  highest?: (number | null)[];
}

/** What was so over a stretch of time: a training phase, or the state of an engine that is neither active nor quiet; a reset is a moment. */
export interface ChartBand {
  kind: 'phase' | 'state' | 'reset';
  /** Absent: of the run. */
  engine?: ChartSubject;
  from: number;
  /** Absent: it goes on; a reset has none. */
  to?: number;
  /** The phase's name, or the engine's state; a stranger's text. */
  label: string;
}

/** The buckets of a histogram over time; columns of equal length, each with the time it covers. Times may overlap: windows slide. */
export interface ChartDistribution {
  /** Base of the catalog rows that come from it, e.g. `ttft_seconds`. */
  histogram: string;
  /** Upper bounds of the buckets but the last one, which has none. */
  bounds: number[];
  from: number[];
  to: number[];
  /** A row of each time: how many fell into each bucket, not cumulative; one longer than `bounds`. */
  counts: number[][];
}

/** Which lines are wanted, of which time. Times are Unix ms. */
export interface ChartQuery {
  /** Catalog ids. */
  measures: readonly string[];
  /** The aggregate over the engines; every engine by itself; or the engines with these ids. */
  engines: 'aggregate' | 'each' | readonly string[];
  from: number;
  to: number;
  /** Rows of a series that are enough: above it, rows are merged with their lowest and highest. Absent: all. */
  maxPoints?: number;
}

/** Series with all that is kept of them, or, as an increment, with only the rows that are new. */
export interface ChartData {
  series: ChartSeries[];
  /** As an increment: those that began, ended, or go on under another name. A band is the same where kind, engine, `from` and label are. */
  bands: ChartBand[];
  /** Of the histograms that were asked for. */
  distributions?: ChartDistribution[];
  /** How many engines the history knows, also where fewer are in `series`. */
  engineCount: number;
}

export type ChartIncrement = ChartData;

/** One row. */
export interface ChartPoint {
  at: number;
  value: number | null;
  lowest?: number | undefined;
  highest?: number | undefined;
}

/** An empty series of an aggregate, or of one engine. */
export function newSeries(measure: string, engine?: ChartSubject): ChartSeries {
  return engine ? { measure, engine, at: [], value: [] } : { measure, at: [], value: [], lowest: [], highest: [] };
}

/** The first index whose time is at or after `time`; the length where there is none. */
export function firstIndexFrom(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function columns(series: ChartSeries): (number | null)[][] {
  return [series.at, series.value, series.lowest, series.highest].filter((column) => column !== undefined);
}

/** Adds a row. A clock that went back withdraws the rows of the time that has not been yet, so that times stay in order. */
export function addPoint(series: ChartSeries, point: ChartPoint): void {
  if (point.at <= (series.at.at(-1) ?? -Infinity)) {
    const length = firstIndexFrom(series.at, point.at);
    for (const column of columns(series)) column.length = length;
  }
  series.at.push(point.at);
  series.value.push(point.value);
  series.lowest?.push(point.lowest ?? null);
  series.highest?.push(point.highest ?? null);
}

const bandKey = ({ kind, engine, from, label }: ChartBand): string => JSON.stringify([kind, engine?.id, from, label]);

/** The bands with those of an increment: one that is there already takes its end and its engine's name; in the order of their beginnings. */
export function mergeBands(bands: readonly ChartBand[], more: readonly ChartBand[]): ChartBand[] {
  const merged = new Map([...bands, ...more].map((band) => [bandKey(band), band]));
  return [...merged.values()].sort((a, b) => a.from - b.from);
}

/** Adds the rows of an increment of the same series. */
export function addPoints(series: ChartSeries, more: ChartSeries): void {
  more.at.forEach((at, index) => {
    addPoint(series, {
      at,
      value: more.value[index] ?? null,
      lowest: more.lowest?.[index] ?? undefined,
      highest: more.highest?.[index] ?? undefined,
    });
  });
}

/** Forgets the rows before `time` and, of what is left, the oldest above `most`. Moves memory once for many rows, hence `slack`. */
export function dropBefore(series: ChartSeries, time: number, most: number, slack = 0): void {
  const count = Math.max(firstIndexFrom(series.at, time), series.at.length - most);
  if (count <= slack && count < series.at.length) return;
  for (const column of columns(series)) column.splice(0, count);
}

/** A copy with the rows from `time` on. */
export function seriesSince(series: ChartSeries, time: number): ChartSeries {
  const start = firstIndexFrom(series.at, time);
  const copy: ChartSeries = { ...series, at: series.at.slice(start), value: series.value.slice(start) };
  if (series.lowest) copy.lowest = series.lowest.slice(start);
  if (series.highest) copy.highest = series.highest.slice(start);
  return copy;
}
