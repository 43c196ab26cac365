/** The data of Prometheus's responses: untrusted JSON in, checked values out. Times are Unix ms. */
import { isObject } from '../shared/guards';
import type { SlicedWork } from '../shared/timeSlice';
import { durationMs } from './duration';

/** Label values by name. */
export type LabelSet = Readonly<Record<string, string>>;

/** What a table can show of a native histogram. */
export interface NativeHistogram {
  count: number;
  sum: number;
  /** Buckets that are not empty. */
  buckets: { low: number; high: number; count: number }[];
}

/** One series at one moment. */
export interface InstantSample {
  labels: LabelSet;
  at: number;
  /** Absent if the sample is a native histogram. */
  value?: number;
  histogram?: NativeHistogram;
}

/** One series over a range: times and values of the same length. */
export interface RangeSeries {
  labels: LabelSet;
  at: number[];
  value: number[];
  /** How many samples were native histograms, which a line cannot show. */
  histograms: number;
}

/** The result of a query, by its type. */
export type QueryData =
  | { type: 'vector'; samples: InstantSample[] }
  | { type: 'matrix'; series: RangeSeries[] }
  | { type: 'scalar'; at: number; value: number }
  | { type: 'string'; at: number; text: string };

/** The data has another shape than the API documents. `message` completes "It sends …". */
export class ShapeError extends Error {}

function fail(found: string): never {
  throw new ShapeError(found);
}

/** A number as Go writes it in a string: `NaN`, `+Inf` and `-Inf` included. Throws a ShapeError. */
function sampleValue(text: unknown): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return typeof text === 'string' && text !== '' ? Number(text) : fail('a value that is not a text');
}

/** Farthest time from 1970 that a Date can hold, in ms. */
const maxDateMs = 8.64e15;

/** Unix ms, rounded. Throws a ShapeError if it is no time that can be shown. */
function sampleTime(value: unknown): number {
  const ms = typeof value === 'number' ? Math.round(value * 1000) : fail('a time that is not a number');
  return Math.abs(ms) <= maxDateMs ? ms : fail('a time beyond all dates');
}

function asPair(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length === 2 ? value : fail('a sample that is not a pair');
}

/** Most labels of a series: ten times as many as Ray's and vLLM's have with all that Kubernetes adds. */
export const maxLabels = 512;

/** A label set. Throws a ShapeError. */
export function labelsOf(value: unknown): LabelSet {
  if (isObject(value) && Object.keys(value).length > maxLabels) fail(`a series with over ${maxLabels} labels`);
  if (!isObject(value) || Object.values(value).some((text) => typeof text !== 'string'))
    fail('labels that are not texts');
  return value as LabelSet;
}

function histogramOf(value: unknown): NativeHistogram {
  if (!isObject(value)) fail('a histogram that is not an object');
  const buckets = Array.isArray(value['buckets']) ? (value['buckets'] as unknown[]) : [];
  return {
    count: sampleValue(value['count']),
    sum: sampleValue(value['sum']),
    buckets: buckets.map((bucket) => {
      const [, low, high, count] = Array.isArray(bucket) ? (bucket as unknown[]) : fail('a bucket that is not a list');
      return { low: sampleValue(low), high: sampleValue(high), count: sampleValue(count) };
    }),
  };
}

function* parseInstantSample(value: unknown): SlicedWork<InstantSample> {
  yield;
  if (!isObject(value)) fail('a sample that is not an object');
  const labels = labelsOf(value['metric']);
  if (value['histogram'] !== undefined) {
    const [at, histogram] = asPair(value['histogram']);
    return { labels, at: sampleTime(at), histogram: histogramOf(histogram) };
  }
  const [at, text] = asPair(value['value']);
  return { labels, at: sampleTime(at), value: sampleValue(text) };
}

/** After so many samples other work may run: they take about a millisecond. */
const samplesPerPause = 10_000;

function* parseRangeSeries(value: unknown): SlicedWork<RangeSeries> {
  if (!isObject(value)) fail('a series that is not an object');
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
  // A loop by index, because a response has hundreds of thousands of samples and destructuring costs as much as
  // parsing.
  for (let index = 0; index < count; index++) {
    if (index % samplesPerPause === 0) yield;
    const sample = asPair((values as unknown[])[index]);
    const at = sampleTime(sample[0]);
    if (index > 0 && at <= (series.at[index - 1] ?? NaN)) fail('times out of order');
    series.at[index] = at;
    series.value[index] = sampleValue(sample[1]);
  }
  return series;
}

function* parseAll<Item>(values: readonly unknown[], parse: (value: unknown) => SlicedWork<Item>): SlicedWork<Item[]> {
  const items: Item[] = [];
  for (const value of values) items.push(yield* parse(value));
  return items;
}

/** The data of `query` and `query_range`, parsed in slices. Throws a ShapeError. */
export function* queryData(value: unknown): SlicedWork<QueryData> {
  if (!isObject(value)) fail('data that is not an object');
  const { resultType, result } = value;
  if (!Array.isArray(result)) fail('a result that is not a list');
  const items = result as unknown[];
  if (resultType === 'vector') return { type: 'vector', samples: yield* parseAll(items, parseInstantSample) };
  if (resultType === 'matrix') return { type: 'matrix', series: yield* parseAll(items, parseRangeSeries) };
  const [at, text] = asPair(items);
  if (resultType === 'scalar') return { type: 'scalar', at: sampleTime(at), value: sampleValue(text) };
  if (resultType === 'string' && typeof text === 'string') return { type: 'string', at: sampleTime(at), text };
  return fail('a result of an unknown type');
}

/** A string field; empty if it is missing or something else. */
export function stringField(value: unknown, field: string): string {
  const text = isObject(value) ? value[field] : undefined;
  return typeof text === 'string' ? text : '';
}

/** A list of strings. Throws a ShapeError. */
export function textList(value: unknown): string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
    ? value
    : fail('a list that is not of texts');
}

/** What a server knows about a family. */
export interface MetricMetadata {
  type: string;
  help: string;
  unit: string;
}

/** The data of `metadata`, by family name; the first description of each counts. Throws a ShapeError. */
export function metadataOf(value: unknown): Map<string, MetricMetadata> {
  if (!isObject(value)) fail('metadata that is not an object');
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

/** A target that a Prometheus scrapes. */
export interface ActiveTarget {
  labels: LabelSet;
  url: string;
  health: string;
  lastError: string;
  /** Undefined if the server does not say. */
  intervalMs: number | undefined;
}

/** The active targets in the data of `targets`. Throws a ShapeError. */
export function targetsOf(value: unknown): ActiveTarget[] {
  const list = isObject(value) ? value['activeTargets'] : undefined;
  if (!Array.isArray(list)) fail('targets that are not a list');
  return (list as unknown[]).filter(isObject).map((target) => ({
    labels: isObject(target['labels']) ? labelsOf(target['labels']) : {},
    url: stringField(target, 'scrapeUrl'),
    health: stringField(target, 'health'),
    lastError: stringField(target, 'lastError'),
    intervalMs: typeof target['scrapeInterval'] === 'string' ? durationMs(target['scrapeInterval']) : undefined,
  }));
}
