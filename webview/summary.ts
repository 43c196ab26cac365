import { formatDuration, formatValue, type Unit } from '../src/shared/format';
import { firstIndexFrom } from '../src/shared/chartData';
import type { Frame } from './frame';
import { readOut } from './legend';
import type { Line } from './lines';

/** Lines whose values are said one by one; more are counted. */
const maxSpokenLines = 8;

/** The lowest and the highest of what a line shows. */
function extremes({ series, column }: Line, { from, to }: Frame): [number, number] | undefined {
  const [start, end] = [firstIndexFrom(series.at, from), firstIndexFrom(series.at, to + 1)];
  let [low, high] = [Infinity, -Infinity];
  const [lows, highs] = column === 'band' ? [series.lowest, series.highest] : [series.value, series.value];
  for (let index = start; index < end; index++) {
    const least = lows?.[index] ?? Infinity;
    const most = highs?.[index] ?? -Infinity;
    if (least < low) low = least;
    if (most > high) high = most;
  }
  return low <= high ? [low, high] : undefined;
}

function lineWords(line: Line, unit: Unit, frame: Frame): string {
  const found = extremes(line, frame);
  if (!found) return `${line.name}: nothing measured`;
  const newest = readOut(line, unit, { ...frame, cursor: undefined });
  return `${line.name} ${newest === '–' ? 'not measured now' : newest}, between ${formatValue(found[0], unit)} and ${formatValue(found[1], unit)}`;
}

function withRest(words: string[]): string {
  return words.length <= maxSpokenLines
    ? words.join('; ')
    : [...words.slice(0, maxSpokenLines), `${words.length - maxSpokenLines} more`].join('; ');
}

/** A plot in words, for who does not see it. */
export function plotSummary(title: string, lines: readonly Line[], unit: Unit, frame: Frame): string {
  const drawn = lines.filter(({ key }) => !frame.mutedKeys.has(key));
  const words = drawn.length > 0 ? withRest(drawn.map((line) => lineWords(line, unit, frame))) : 'no lines';
  return `${title}, ${formatDuration(frame.to - frame.from)}: ${words}`;
}

/** The values under the cursor in words, one text for each line. */
export function cursorWords(lines: readonly Line[], unit: Unit, frame: Frame): string[] {
  return lines
    .filter(({ key }) => !frame.mutedKeys.has(key))
    .map((line) => {
      const said = readOut(line, unit, frame);
      return `${line.name} ${said === '–' ? 'not measured' : said}`;
    });
}

/** Many texts as one; what is too many is counted. */
export function joinTexts(words: string[]): string {
  return withRest(words);
}
