/** What the chart draws, as plain values: `History` makes them, the webview merges them by the same functions. */

/** Rows of one line, as columns of equal length in the order of time. */
export interface ChartSeries {
  /** Catalog id. */
  measure: string;
  /** Absent: the aggregate over the engines. */
  engine?: { id: string; name: string };
  /** Unix ms. */
  at: number[];
  /** `null` is a gap: nothing was measured between the points on its sides. */
  value: (number | null)[];
  /** The lowest and highest engine's value; only on aggregates. */
  lowest?: (number | null)[];
  highest?: (number | null)[];
}

/** Series with all that is kept of them, or, as an increment, with only the rows that are new. */
export interface ChartData {
  series: ChartSeries[];
  /** How many engines the history knows, also where fewer are in `series`. */
  engines: number;
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
export function newSeries(measure: string, engine?: { id: string; name: string }): ChartSeries {
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
