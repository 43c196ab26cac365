import { formatDuration, formatValue, type Unit } from '../src/shared/format';
import { firstIndexFrom } from '../src/shared/chartData';
import type { Frame } from './frame';
import { valueOf } from './legend';
import type { Line } from './lines';

/** Lines whose values are said one by one; more are counted. */
const SAID = 8;

function shownNumbers({ series, column }: Line, { from, to }: Frame): number[] {
  const [start, end] = [firstIndexFrom(series.at, from), firstIndexFrom(series.at, to + 1)];
  return (series[column] ?? []).slice(start, end).filter((value) => value !== null);
}

function lineWords(line: Line, unit: Unit, frame: Frame): string {
  const numbers = shownNumbers(line, frame);
  if (numbers.length === 0) return `${line.name}: nothing measured`;
  const [low, high] = numbers.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const newest = formatValue(valueOf(line, { ...frame, cursor: undefined }), unit);
  return `${line.name} ${newest === '–' ? 'not measured now' : newest}, between ${formatValue(low, unit)} and ${formatValue(high, unit)}`;
}

function withRest(words: string[]): string {
  return words.length <= SAID ? words.join('; ') : [...words.slice(0, SAID), `${words.length - SAID} more`].join('; ');
}

/** A plot in words, for who does not see it. */
export function plotSummary(title: string, lines: readonly Line[], unit: Unit, frame: Frame): string {
  const drawn = lines.filter(({ key }) => !frame.muted.has(key));
  const words = drawn.length > 0 ? withRest(drawn.map((line) => lineWords(line, unit, frame))) : 'no lines';
  return `${title}, ${formatDuration(frame.to - frame.from)}: ${words}`;
}

/** The values under the cursor in words. */
export function cursorWords(lines: readonly { line: Line; unit: Unit }[], frame: Frame): string {
  const drawn = lines.filter(({ line }) => !frame.muted.has(line.key));
  return withRest(drawn.map(({ line, unit }) => {
    const value = valueOf(line, frame);
    return `${line.name} ${value === undefined ? 'not measured' : formatValue(value, unit)}`;
  }));
}
