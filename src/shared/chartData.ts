/**
 * The data that the chart draws, as plain values. The history makes them, and the page merges increments with the same
 * functions.
 */
import type { SeriesColumns } from './seriesColumns';

/** What a line or band is about: an engine, or with `nonEngine` a node, a GPU, the trainer or a server. */
export interface ChartSubject {
  id: string;
  name: string;
  /** Address of its node; absent if unknown. */
  node?: string;
  nonEngine?: true;
}

/** The rows of one line, as columns of equal length, ascending in time. */
export interface ChartSeries {
  /** Catalog id. */
  measure: string;
  /** Absent: the aggregate over the engines. */
  engine?: ChartSubject;
  /** Unix ms. */
  at: number[];
  /** `null` is a gap: nothing was measured between the neighbouring points. For a whole minute: its mean. */
  value: (number | null)[];
  /**
   * Lowest engine's value of an aggregate, or lowest value in a minute of a single subject. `null`: no spread.
   */
  lowest?: (number | null)[];
  /** Highest, as `lowest`. */
  highest?: (number | null)[];
}

/**
 * A span of time on the chart: a training phase, or an engine's state other than active and quiet. A reset is a moment.
 */
export interface ChartBand {
  kind: 'phase' | 'state' | 'reset';
  /** Absent: the whole run. */
  engine?: ChartSubject;
  /** Unix ms. */
  from: number;
  /** Absent: it has not ended yet. A reset never has it. */
  to?: number;
  /** Name of the phase or state. Untrusted text. */
  label: string;
}

/**
 * The buckets of a histogram over time: columns of equal length, one row for each rate window. Rate windows may
 * overlap.
 */
export interface ChartDistribution {
  /** Beginning of the ids of the histogram's catalog rows, such as `ttft_seconds`. */
  histogram: string;
  /** Upper bounds of the buckets except the last one, which has none. */
  bounds: number[];
  /** Unix ms. */
  from: number[];
  to: number[];
  /** By row: observations in each bucket, not cumulative. One longer than `bounds`. */
  counts: number[][];
}

/** Selects lines and a time range; times are Unix ms and inclusive. */
export interface ChartQuery {
  /** Catalog ids. */
  measures: readonly string[];
  /** The aggregate over the engines, every engine, or the engines with these ids. */
  engines: 'aggregate' | 'each' | readonly string[];
  from: number;
  to: number;
  /** Most rows of a series; if it has more, rows are merged with their lowest and highest. Absent: all. */
  maxPoints?: number;
}

/** Everything that a chart shows, or, as an increment, only what is new. */
export interface ChartData {
  series: ChartSeries[];
  /** More series, of single subjects: those of a heat map. */
  columns?: SeriesColumns;
  /**
   * In an increment: the bands that began, ended or were renamed. Two bands are the same if kind, engine, `from` and
   * label are.
   */
  bands: ChartBand[];
  /** The requested histograms. */
  distributions?: ChartDistribution[];
  /** Number of engines in the history; `series` may have fewer. */
  engineCount: number;
}

/** What one snapshot adds to a chart. */
export type ChartIncrement = ChartData;

interface ChartPoint {
  at: number;
  value: number | null;
  lowest?: number | undefined;
  highest?: number | undefined;
}

/** An empty series of a subject, or of the aggregate. The aggregate's has a spread. */
export function newSeries(measure: string, engine?: ChartSubject): ChartSeries {
  return engine ? { measure, engine, at: [], value: [] } : { measure, at: [], value: [], lowest: [], highest: [] };
}

/** The first index with a time at or after `time`; the length if there is none. `times` must ascend. */
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

function columnsOf(series: ChartSeries): (number | null)[][] {
  return [series.at, series.value, series.lowest, series.highest].filter((column) => column !== undefined);
}

/** Adds a row. If the clock went back, the rows at or after its time are removed, so that times ascend. */
export function addPoint(series: ChartSeries, point: ChartPoint): void {
  if (point.at <= (series.at.at(-1) ?? -Infinity)) {
    const length = firstIndexFrom(series.at, point.at);
    for (const column of columnsOf(series)) column.length = length;
  }
  series.at.push(point.at);
  series.value.push(point.value);
  series.lowest?.push(point.lowest ?? null);
  series.highest?.push(point.highest ?? null);
}

/** Adds the rows of an increment of the same series. */
export function addPoints(series: ChartSeries, increment: ChartSeries): void {
  increment.at.forEach((at, index) => {
    addPoint(series, {
      at,
      value: increment.value[index] ?? null,
      lowest: increment.lowest?.[index] ?? undefined,
      highest: increment.highest?.[index] ?? undefined,
    });
  });
}

const bandKey = ({ kind, engine, from, label }: ChartBand): string => JSON.stringify([kind, engine?.id, from, label]);

/**
 * The bands together with those of an increment, by time of beginning. Of the same band the increment's version counts.
 */
export function mergeBands(bands: readonly ChartBand[], increment: readonly ChartBand[]): ChartBand[] {
  const changed = new Map(increment.map((band) => [bandKey(band), band]));
  // A key costs more than a number, and with hundreds of engines there are thousands of bands.
  const changedTimes = new Set(increment.map(({ from }) => from));
  const merged = bands.map((band) => {
    if (!changedTimes.has(band.from)) return band;
    const key = bandKey(band);
    const replacement = changed.get(key);
    changed.delete(key);
    return replacement ?? band;
  });
  return [...merged, ...changed.values()].sort((a, b) => a.from - b.from);
}

/**
 * Removes the rows before `time` and, of the rest, the oldest beyond `maxRows`. Nothing is removed until more than
 * `slack` rows can go, because each removal moves all that remains.
 */
export function dropBefore(series: ChartSeries, time: number, maxRows: number, slack = 0): void {
  const count = Math.max(firstIndexFrom(series.at, time), series.at.length - maxRows);
  if (count <= slack && count < series.at.length) return;
  for (const column of columnsOf(series)) column.splice(0, count);
}

/** A copy with the rows at or after `time`. */
export function seriesSince(series: ChartSeries, time: number): ChartSeries {
  const start = firstIndexFrom(series.at, time);
  const copy: ChartSeries = { ...series, at: series.at.slice(start), value: series.value.slice(start) };
  if (series.lowest) copy.lowest = series.lowest.slice(start);
  if (series.highest) copy.highest = series.highest.slice(start);
  return copy;
}
