/** A query result as CSV (RFC 4180): one row per sample, one column per label. */
import type { LabelSet, QueryData } from '../prometheus/responseData';
import { csvLine } from '../shared/csv';
import { labelNames } from './textTable';

const time = (ms: number): string => new Date(ms).toISOString();
const row = (cells: readonly (string | number | undefined)[]): string => `${csvLine(cells)}\r\n`;

function* labelsIn(rows: readonly { labels: LabelSet }[]): Generator<LabelSet> {
  for (const { labels } of rows) yield labels;
}

/** The columns of labels; if they are too many, one column of JSON, and their cells for a series. */
function labelColumns(rows: readonly { labels: LabelSet }[]): {
  heads: string[];
  cellsOf: (labels: LabelSet) => (string | undefined)[];
} {
  const heads = labelNames(labelsIn(rows));
  return heads === undefined
    ? { heads: ['labels'], cellsOf: (labels) => [JSON.stringify(labels)] }
    : { heads, cellsOf: (labels) => heads.map((name) => (Object.hasOwn(labels, name) ? labels[name] : undefined)) };
}

/**
 * The CSV of a result line by line, with a header row. Times are ISO 8601 in UTC; values are as the server sent them,
 * without units.
 */
export function* csvLines(data: QueryData): Generator<string> {
  if (data.type === 'vector') {
    const { heads, cellsOf } = labelColumns(data.samples);
    yield row([...heads, 'time', 'value']);
    for (const { labels, at, value, histogram } of data.samples) {
      const shown = histogram ? `${histogram.count} observations, sum ${histogram.sum}` : (value ?? NaN);
      yield row([...cellsOf(labels), time(at), shown]);
    }
  } else if (data.type === 'matrix') {
    const { heads, cellsOf } = labelColumns(data.series);
    yield row([...heads, 'time', 'value']);
    for (const { labels, at, value } of data.series) {
      const cells = cellsOf(labels);
      for (const [index, when] of at.entries()) yield row([...cells, time(when), value[index] ?? NaN]);
    }
  } else {
    yield row(['time', 'value']);
    yield row([time(data.at), data.type === 'scalar' ? data.value : data.text]);
  }
}
