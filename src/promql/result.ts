/** A result as the text of a read-only document: what was asked, when, how long it took, what came. */
import type { InstantSample, NativeHistogram, QueryData, RangeSeries } from '../prometheus/responseData';
import type { PrometheusError } from '../prometheus/errors';
import type { QueryResponse } from '../prometheus/client';
import type { Unit } from '../shared/format';
import { engineLimit } from '../shared/viewOptions';
import { bareQuery } from './queryBlocks';
import { labelTable, escapeControlChars } from './textTable';
import { sampleText } from './unit';

/** Rows that a document shows; an editor stays quick, and nobody reads more. */
export const mostRows = 1000;

/** What was asked. */
export interface ExecutedQuery {
  /** As typed, and as sent where variables were put in. */
  query: string;
  sentQuery: string;
  variables: readonly { name: string; value: string }[];
  base: string;
  /** Unix ms of the evaluation, or of the end of the range. */
  at: number;
  range?: { from: number; to: number; stepMs: number } | undefined;
  unit: Unit | undefined;
}

export type Outcome =
  { kind: 'answer'; answer: QueryResponse } | { kind: 'error'; error: PrometheusError } | { kind: 'running' };

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time to the second, as the pad's user has it. */
export function timeText(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

const countText = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${
    count === 1
      ? word
      : word
          .replace(/y$/, 'ie')
          .replace(/$/, 's')
          .replace(/seriess$/, 'series')
  }`;

function histogramText({ count, sum, buckets }: NativeHistogram): string {
  return `histogram: ${sampleText(count, undefined)} observations, sum ${sampleText(sum, undefined)}, ${countText(buckets.length, 'bucket')}`;
}

/** The server's own order says something where the query sorts; else the largest is first. */
export function sortSamples(samples: readonly InstantSample[], query: string): InstantSample[] {
  if (/\b(?:sort|sort_desc|sort_by_label|sort_by_label_desc|topk|bottomk)\s*(?:by|without)?\s*\(/.test(query))
    return [...samples];
  const size = ({ value }: InstantSample): number => (value === undefined || Number.isNaN(value) ? -Infinity : value);
  // Subtraction makes NaN of two infinities.
  return [...samples].sort((a, b) => (size(a) === size(b) ? 0 : size(b) > size(a) ? 1 : -1));
}

function vectorLines(samples: readonly InstantSample[], { unit, query }: ExecutedQuery): string[] {
  if (samples.length === 0) return noSeriesLines;
  const shown = sortSamples(samples, query).slice(0, mostRows);
  const rows = shown.map(({ labels, value, histogram }) => ({
    labels,
    values: [histogram ? histogramText(histogram) : sampleText(value ?? NaN, unit)],
  }));
  return [...labelTable(rows, ['value']), ...cutLines(samples.length)];
}

const noSeriesLines = ['No series. Nothing has these names and labels at this time; completion knows what there is.'];

function cutLines(count: number): string[] {
  return count > mostRows
    ? [
        '',
        `Shown: ${mostRows.toLocaleString('en')} of ${count.toLocaleString('en')} series. CSV and JSON have all of them.`,
      ]
    : [];
}

function summary(
  { labels, value, histograms }: RangeSeries,
  unit: Unit | undefined,
): { labels: RangeSeries['labels']; values: string[] } {
  let [lowest, highest, sum, count] = [Infinity, -Infinity, 0, 0];
  for (const one of value) {
    if (Number.isNaN(one)) continue;
    lowest = Math.min(lowest, one);
    highest = Math.max(highest, one);
    sum += one;
    count += 1;
  }
  const text = (one: number): string => (count === 0 ? '–' : sampleText(one, unit));
  const points = histograms > 0 ? `${value.length} + ${histograms} histograms` : String(value.length);
  return {
    labels,
    values: [
      points,
      text(lowest),
      text(sum / count),
      text(highest),
      value.length === 0 ? '–' : sampleText(value.at(-1) ?? NaN, unit),
    ],
  };
}

function matrixLines(series: readonly RangeSeries[], { unit }: ExecutedQuery): string[] {
  if (series.length === 0) return noSeriesLines;
  const rows = series.slice(0, mostRows).map((one) => summary(one, unit));
  const drawn =
    series.length > engineLimit ? ['', `Drawn: the ${engineLimit} series whose last value is highest.`] : [];
  return [...labelTable(rows, ['points', 'lowest', 'mean', 'highest', 'last']), ...cutLines(series.length), ...drawn];
}

function dataLines(data: QueryData, asked: ExecutedQuery): string[] {
  if (data.type === 'vector') return vectorLines(data.samples, asked);
  if (data.type === 'matrix') return matrixLines(data.series, asked);
  return [data.type === 'scalar' ? sampleText(data.value, asked.unit) : escapeControlChars(data.text)];
}

function sizeOf(data: QueryData): string {
  if (data.type === 'vector') return countText(data.samples.length, 'series');
  if (data.type === 'matrix')
    return `${countText(data.series.length, 'series')}, ${countText(
      data.series.reduce((sum, { at }) => sum + at.length, 0),
      'point',
    )}`;
  return data.type;
}

function headLines(
  { query, sentQuery, variables, base, at, range }: ExecutedQuery,
  facts: readonly string[],
): string[] {
  const when = range ? `${timeText(range.from)} – ${timeText(range.to)}, step ${range.stepMs / 1000} s` : timeText(at);
  return [
    ...query.trim().split(/\r?\n/),
    '',
    [when, ...facts, escapeControlChars(base)].join(' · '),
    ...variables.map(({ name, value }) => `$${name} = ${escapeControlChars(value)}`),
    ...(variables.length > 0 ? [`Sent: ${escapeControlChars(bareQuery(sentQuery))}`] : []),
    '',
  ];
}

/** One line for each remark of the server, its own prefix taken away. */
function remarks({ warnings, infos }: QueryResponse): string[] {
  const lines = [
    ...warnings.map((text) => `Warning: ${escapeControlChars(text.replace(/^PromQL warning: /, ''))}`),
    ...infos.map((text) => `Info: ${escapeControlChars(text.replace(/^PromQL info: /, ''))}`),
  ];
  return lines.length > 0 ? [...lines, ''] : [];
}

function errorLines(error: PrometheusError): string[] {
  const place = error.position
    ? ` (line ${error.position.line}, column ${error.position.column} of what was sent)`
    : '';
  return [`Error: ${escapeControlChars(error.message)}${place}`, ...(error.advice === undefined ? [] : [error.advice])];
}

/** The whole document. */
export function resultText(asked: ExecutedQuery, outcome: Outcome): string {
  if (outcome.kind === 'running') return [...headLines(asked, []), 'Running …', ''].join('\n');
  if (outcome.kind === 'error') return [...headLines(asked, []), ...errorLines(outcome.error), ''].join('\n');
  const { answer } = outcome;
  return [
    ...headLines(asked, [sizeOf(answer.data), `${Math.round(answer.tookMs)} ms`]),
    ...remarks(answer),
    ...dataLines(answer.data, asked),
    '',
  ].join('\n');
}
