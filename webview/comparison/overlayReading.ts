/** Reads lines at a place of their axis. Pure. */
import { firstIndexFrom } from '../../src/shared/chartData';
import type { AlignedLine, Alignment } from '../../src/shared/comparison';
import { formatDuration, formatValue } from '../../src/shared/format';

/** Every place at which any line has a point, ascending. */
export const xValues = (lines: readonly AlignedLine[]): number[] =>
  [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);

/** A line is not read further from its nearest point than this many of its usual distances. */
const farDistances = 2;

/** The value of each line at its point nearest to `at`; `null` if it has none near. */
export function readAt(lines: readonly AlignedLine[], at: number | undefined): (number | null)[] {
  return lines.map(({ x, y }) => {
    if (at === undefined || x.length === 0) return null;
    const after = firstIndexFrom(x, at);
    const [before, next] = [x[after - 1] ?? -Infinity, x[after] ?? Infinity];
    const nearest = at - before <= next - at ? after - 1 : after;
    const distance = ((x.at(-1) ?? 0) - (x[0] ?? 0)) / Math.max(1, x.length - 1);
    return Math.abs((x[nearest] ?? Infinity) - at) <= farDistances * distance || x[nearest] === at
      ? (y[nearest] ?? null)
      : null;
  });
}

/** A place of the axis in words. */
export const formatX = (x: number, alignment: Alignment): string =>
  ({
    start: () => `${x < 0 ? '−' : ''}${formatDuration(1000 * Math.abs(x))}`,
    number: () => `number ${x}`,
    tokens: () => formatValue(x, 'tokens'),
  })[alignment]();
