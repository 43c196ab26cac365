/** Plots in words, for screen readers. */
import { firstIndexFrom } from '../src/shared/chartData';
import { formatDuration, formatValue, type Unit } from '../src/shared/format';
import type { Frame } from './frame';
import { lineValueText } from './lineValue';
import type { Line } from './lines';

/** More texts than this are counted instead of listed. */
const maxTexts = 8;

/** Texts as one, separated by semicolons; those beyond a limit are counted. */
export function joinTexts(texts: readonly string[]): string {
  return texts.length <= maxTexts
    ? texts.join('; ')
    : [...texts.slice(0, maxTexts), `${texts.length - maxTexts} more`].join('; ');
}

/** The lowest and the highest value of a line in a frame; undefined if it has none. */
function extremes({ series, column }: Line, { from, to }: Frame): [lowest: number, highest: number] | undefined {
  const [start, end] = [firstIndexFrom(series.at, from), firstIndexFrom(series.at, to + 1)];
  const [lows, highs] = column === 'band' ? [series.lowest, series.highest] : [series.value, series.value];
  let [lowest, highest] = [Infinity, -Infinity];
  for (let index = start; index < end; index++) {
    const [low, high] = [lows?.[index] ?? Infinity, highs?.[index] ?? -Infinity];
    if (low < lowest) lowest = low;
    if (high > highest) highest = high;
  }
  return lowest <= highest ? [lowest, highest] : undefined;
}

function lineSummary(line: Line, unit: Unit, frame: Frame): string {
  const range = extremes(line, frame);
  if (!range) return `${line.name}: nothing measured`;
  const [lowest, highest] = range.map((value) => formatValue(value, unit));
  const newest = lineValueText(line, unit, { ...frame, cursor: undefined });
  return `${line.name} ${newest === '–' ? 'not measured now' : newest}, between ${lowest} and ${highest}`;
}

const withoutMuted = (lines: readonly Line[], { mutedKeys }: Frame): Line[] =>
  lines.filter(({ key }) => !mutedKeys.has(key));

/** A plot in words: its title, the length of its range, and newest, lowest and highest value of each line. */
export function plotSummary(title: string, lines: readonly Line[], unit: Unit, frame: Frame): string {
  const summaries = withoutMuted(lines, frame).map((line) => lineSummary(line, unit, frame));
  return `${title}, ${formatDuration(frame.to - frame.from)}: ${summaries.length > 0 ? joinTexts(summaries) : 'no lines'}`;
}

/** The values at the cursor in words, one text per line. */
export function cursorTexts(lines: readonly Line[], unit: Unit, frame: Frame): string[] {
  return withoutMuted(lines, frame).map((line) => {
    const value = lineValueText(line, unit, frame);
    return `${line.name} ${value === '–' ? 'not measured' : value}`;
  });
}
