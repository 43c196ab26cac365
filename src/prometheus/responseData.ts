/** Prometheus's answers as typed values: JSON of a stranger in, checked data out. Times are Unix ms. */
import { isObject } from '../shared/guards';

export type LabelSet = Readonly<Record<string, string>>;

/** A native histogram, in part: what a table can show. */
export interface NativeHistogram {
  count: number;
  sum: number;
  /** Bounds and count of each bucket that holds something. */
  buckets: { low: number; high: number; count: number }[];
}

export interface InstantSample {
  labels: LabelSet;
  at: number;
  /** Absent where the sample is a native histogram. */
  value?: number;
  histogram?: NativeHistogram;
}

export interface RangeSeries {
  labels: LabelSet;
  at: number[];
  value: number[];
  /** How many samples were native histograms, which a line cannot show. */
  histograms: number;
}

export type QueryData =
  | { type: 'vector'; samples: InstantSample[] }
  | { type: 'matrix'; series: RangeSeries[] }
  | { type: 'scalar'; at: number; value: number }
  | { type: 'string'; at: number; text: string };

export class ShapeError extends Error {}

function fail(what: string): never {
  throw new ShapeError(what);
}

/** `"NaN"`, `"+Inf"`, `"-Inf"` or a number, as Go writes it. */
export function sampleValue(text: unknown): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return typeof text === 'string' && text !== '' ? Number(text) : fail('a value that is no text');
}

const sampleTime = (value: unknown): number =>
  typeof value === 'number' ? Math.round(value * 1000) : fail('a time that is no number');

function pair(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length === 2 ? value : fail('a sample that is no pair');
}

export function labelsOf(value: unknown): LabelSet {
  if (!isObject(value) || Object.values(value).some((text) => typeof text !== 'string'))
    fail('labels that are no texts');
  return value as LabelSet;
}

function histogramOf(value: unknown): NativeHistogram {
  if (!isObject(value)) fail('a histogram that is no object');
  const buckets = Array.isArray(value['buckets']) ? (value['buckets'] as unknown[]) : [];
  return {
    count: sampleValue(value['count']),
    sum: sampleValue(value['sum']),
    buckets: buckets.map((bucket) => {
      const [, low, high, count] = Array.isArray(bucket) ? (bucket as unknown[]) : fail('a bucket that is no list');
      return { low: sampleValue(low), high: sampleValue(high), count: sampleValue(count) };
    }),
  };
}

function parseInstantSample(value: unknown): InstantSample {
  if (!isObject(value)) fail('a sample that is no object');
  const labels = labelsOf(value['metric']);
  if (value['histogram'] !== undefined) {
    const [at, histogram] = pair(value['histogram']);
    return { labels, at: sampleTime(at), histogram: histogramOf(histogram) };
  }
  const [at, text] = pair(value['value']);
  return { labels, at: sampleTime(at), value: sampleValue(text) };
}

function parseRangeSeries(value: unknown): RangeSeries {
  if (!isObject(value)) fail('a series that is no object');
  const values = (value['values'] ?? []) as unknown;
  const histograms = (value['histograms'] ?? []) as unknown;
  if (!Array.isArray(values) || !Array.isArray(histograms)) fail('a series without a list of values');
  const count = values.length;
  const series: RangeSeries = {
    labels: labelsOf(value['metric']),
    at: new Array<number>(count),
    value: new Array<number>(count),
    histograms: histograms.length,
  };
  // By index: an answer has hundreds of thousands of them, and a pair taken apart costs as much as its numbers.
  for (let index = 0; index < count; index++) {
    const sample = pair((values as unknown[])[index]);
    series.at[index] = sampleTime(sample[0]);
    series.value[index] = sampleValue(sample[1]);
  }
  return series;
}

/** The `data` of `query` and `query_range`. Throws a ShapeError. */
export function queryData(value: unknown): QueryData {
  if (!isObject(value)) fail('data that is no object');
  const { resultType, result } = value;
  if (!Array.isArray(result)) fail('a result that is no list');
  const items = result as unknown[];
  if (resultType === 'vector') return { type: 'vector', samples: items.map(parseInstantSample) };
  if (resultType === 'matrix') return { type: 'matrix', series: items.map(parseRangeSeries) };
  const [at, text] = pair(items);
  if (resultType === 'scalar') return { type: 'scalar', at: sampleTime(at), value: sampleValue(text) };
  if (resultType === 'string' && typeof text === 'string') return { type: 'string', at: sampleTime(at), text };
  return fail('a result of an unknown type');
}

/** A field that should be a text; empty where it is not. */
export function stringField(value: unknown, field: string): string {
  const text = isObject(value) ? value[field] : undefined;
  return typeof text === 'string' ? text : '';
}

/** A list of texts. Throws a ShapeError. */
export function textList(value: unknown): string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
    ? value
    : fail('a list that is not of texts');
}

export interface MetricMetadata {
  type: string;
  help: string;
  unit: string;
}

/** By family name; the first description of each counts. */
export function metadataOf(value: unknown): Map<string, MetricMetadata> {
  if (!isObject(value)) fail('metadata that is no object');
  return new Map(
    Object.entries(value).flatMap(([name, entries]) => {
      const first: unknown = Array.isArray(entries) ? entries[0] : undefined;
      return isObject(first)
        ? [
            [
              name,
              { type: stringField(first, 'type'), help: stringField(first, 'help'), unit: stringField(first, 'unit') },
            ] as const,
          ]
        : [];
    }),
  );
}

export interface ActiveTarget {
  labels: LabelSet;
  url: string;
  health: string;
  lastError: string;
  /** Undefined where the server does not say. */
  intervalMs: number | undefined;
}

/** The `activeTargets` of `targets`. */
export function targetsOf(value: unknown): ActiveTarget[] {
  const list = isObject(value) ? value['activeTargets'] : undefined;
  if (!Array.isArray(list)) fail('targets that are no list');
  return (list as unknown[]).filter(isObject).map((target) => ({
    labels: isObject(target['labels']) ? labelsOf(target['labels']) : {},
    url: stringField(target, 'scrapeUrl'),
    health: stringField(target, 'health'),
    lastError: stringField(target, 'lastError'),
    intervalMs: typeof target['scrapeInterval'] === 'string' ? durationMs(target['scrapeInterval']) : undefined,
  }));
}

const unitMs: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** `1m30s` in ms; undefined for what is no Prometheus duration. */
export function durationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) sum += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return sum;
}

/** Milliseconds as Prometheus writes a duration: `1m30s`, `250ms`. */
export function durationText(ms: number): string {
  let rest = Math.max(1, Math.round(ms));
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = unitMs[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
