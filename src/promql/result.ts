/** The text of a result document: the query, when and where it was evaluated, how long that took, and the result. */
import type { QueryResponse } from '../prometheus/client';
import type { PrometheusError } from '../prometheus/errors';
import type { QueryData } from '../prometheus/responseData';
import type { Unit } from '../shared/format';
import type { SlicedWork } from '../shared/timeSlice';
import { bareQuery } from './queryBlocks';
import { dataLines } from './resultTable';
import { escapeControlChars } from './textTable';

/** A query that was sent. */
export interface ExecutedQuery {
  /** The query as typed. */
  query: string;
  /** The query with the values of its variables. */
  sentQuery: string;
  variables: readonly { name: string; value: string }[];
  /** Address of the server. */
  base: string;
  /** Moment of the evaluation, or end of the range, in Unix ms. */
  at: number;
  range?: { from: number; to: number; stepMs: number } | undefined;
  /** Unit of the result, if known. */
  unit: Unit | undefined;
}

/** What came of a query so far. */
export type Outcome =
  { kind: 'answer'; answer: QueryResponse } | { kind: 'error'; error: PrometheusError } | { kind: 'running' };

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** Local time to the second, as `2026-01-31 09:05:00`. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')}`;
}

function sizeText(data: QueryData): string {
  const seriesText = (count: number): string => `${count.toLocaleString('en')} series`;
  if (data.type === 'vector') return seriesText(data.samples.length);
  if (data.type !== 'matrix') return data.type;
  const points = data.series.reduce((sum, { at }) => sum + at.length, 0);
  return `${seriesText(data.series.length)}, ${points.toLocaleString('en')} ${points === 1 ? 'point' : 'points'}`;
}

/** The query, and one line of facts about it; a line for each variable. */
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

/** The server's warnings and infos, one line each, without the prefix that the server adds. */
function annotationLines({ warnings, infos }: QueryResponse): string[] {
  const lines = [
    ...warnings.map((text) => `Warning: ${escapeControlChars(text.replace(/^PromQL warning: /, ''))}`),
    ...infos.map((text) => `Info: ${escapeControlChars(text.replace(/^PromQL info: /, ''))}`),
  ];
  return lines.length > 0 ? [...lines, ''] : [];
}

function errorLines(error: PrometheusError): string[] {
  const position = error.position
    ? ` (line ${error.position.line}, column ${error.position.column} of the query as sent)`
    : '';
  const advice = error.advice === undefined ? [] : [error.advice];
  return [`Error: ${escapeControlChars(error.message)}${position}`, ...advice];
}

/** The whole text of the document, made in slices. */
export function* resultText(executed: ExecutedQuery, outcome: Outcome): SlicedWork<string> {
  if (outcome.kind === 'running') return [...headLines(executed, []), 'Running …', ''].join('\n');
  if (outcome.kind === 'error') return [...headLines(executed, []), ...errorLines(outcome.error), ''].join('\n');
  const { answer } = outcome;
  return [
    ...headLines(executed, [sizeText(answer.data), `${Math.round(answer.tookMs)} ms`]),
    ...annotationLines(answer),
    ...(yield* dataLines(answer.data, executed.query, executed.unit)),
    '',
  ].join('\n');
}
