/** A result as CSV (RFC 4180): one row a sample, every label a column. */
import type { QueryData } from '../prometheus/responseData';
import { labelNames } from './textTable';

/** A cell that begins like a formula is made text: spreadsheets would run it. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) && !/^[+-]Inf$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const number = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
const time = (ms: number): string => new Date(ms).toISOString();

/** Times are ISO 8601 in UTC; values as they are, without units. */
export function csvOf(data: QueryData): string {
  const lines: string[][] = [];
  if (data.type === 'vector') {
    const names = labelNames(data.samples.map(({ labels }) => labels));
    lines.push([...names, 'time', 'value']);
    for (const { labels, at, value, histogram } of data.samples) {
      lines.push([
        ...names.map((name) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '')),
        time(at),
        histogram ? `${histogram.count} observations, sum ${histogram.sum}` : number(value ?? NaN),
      ]);
    }
  } else if (data.type === 'matrix') {
    const names = labelNames(data.series.map(({ labels }) => labels));
    lines.push([...names, 'time', 'value']);
    for (const { labels, at, value } of data.series) {
      const own = names.map((name) => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''));
      at.forEach((when, index) => lines.push([...own, time(when), number(value[index] ?? NaN)]));
    }
  } else {
    lines.push(['time', 'value'], [time(data.at), data.type === 'scalar' ? number(data.value) : data.text]);
  }
  return `${lines.map((cells) => cells.map(cell).join(',')).join('\r\n')}\r\n`;
}
