/** A query result as CSV (RFC 4180): one row per sample, one column per label. */
import type { QueryData } from '../prometheus/responseData';
import { csvLine } from '../shared/csv';
import { labelNames } from './textTable';

const time = (ms: number): string => new Date(ms).toISOString();

/**
 * The CSV of a result, with a header row. Times are ISO 8601 in UTC; values are as the server sent them, without units.
 */
export function csvOf(data: QueryData): string {
  const lines: (string | number)[][] = [];
  if (data.type === 'vector') {
    const names = labelNames(data.samples.map(({ labels }) => labels));
    lines.push([...names, 'time', 'value']);
    for (const { labels, at, value, histogram } of data.samples) {
      lines.push([
        ...names.map((name) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '')),
        time(at),
        histogram ? `${histogram.count} observations, sum ${histogram.sum}` : (value ?? NaN),
      ]);
    }
  } else if (data.type === 'matrix') {
    const names = labelNames(data.series.map(({ labels }) => labels));
    lines.push([...names, 'time', 'value']);
    for (const { labels, at, value } of data.series) {
      const labelCells = names.map((name) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''));
      at.forEach((when, index) => lines.push([...labelCells, time(when), value[index] ?? NaN]));
    }
  } else {
    lines.push(['time', 'value'], [time(data.at), data.type === 'scalar' ? data.value : data.text]);
  }
  return `${lines.map(csvLine).join('\r\n')}\r\n`;
}
