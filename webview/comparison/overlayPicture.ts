/** The picture of lines over each other, as SVG. */
import type { AlignedLine, AlignedLines, Alignment, MeasureRow } from '../../src/shared/comparison';
import { formatMeasure } from '../../src/shared/comparisonText';
import { makeSvg } from '../rollouts/svg';
import { letterOf } from './runMark';
import { formatX, xValues } from './overlayReading';

/** In CSS pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** Space around the lines: for the values on the left, and the places below. */
export const margins = { left: 78, right: 10, top: 8, bottom: 22 };
const valueTicks = 4;
const placeTicks = 5;

type Scale = (value: number) => number;

const textOf = (text: string, attributes: Record<string, string | number>): Element => {
  const element = makeSvg('text', attributes);
  element.textContent = text;
  return element;
};

/** The steps of an axis: equal, round, and at most so many. */
export function roundTicks(from: number, to: number, count: number): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => span / each <= count) ?? 10 * power;
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

const minute = 60;
const hour = 3600;

/** Round places: of a time, in its unit. */
function placesOf(from: number, to: number, alignment: Alignment): number[] {
  const longest = Math.max(Math.abs(from), Math.abs(to));
  const unit = alignment !== 'start' || longest < 2 * minute ? 1 : longest < 2 * hour ? minute : hour;
  return roundTicks(from / unit, to / unit, placeTicks).map((tick) => tick * unit);
}

/** A gap in a line begins a new piece. A piece of one point is a dot, which round ends show. */
function pathOf({ x, y }: AlignedLine, toX: Scale, toY: Scale): string {
  let isOpen = false;
  return x
    .map((place, index) => {
      const value = y[index] ?? null;
      if (value === null) {
        isOpen = false;
        return '';
      }
      const at = `${toX(place).toFixed(1)} ${toY(value).toFixed(1)}`;
      const piece = isOpen ? `L${at}` : `M${at}L${at}`;
      isOpen = true;
      return piece;
    })
    .join('');
}

/** The picture; `cursor` is the place that is read. */
export function drawPicture(
  { lines, alignment }: AlignedLines,
  row: MeasureRow,
  { width, height }: PictureSize,
  cursor: number | undefined,
): Element {
  const all = xValues(lines);
  const values = lines.flatMap(({ y }) => y.filter((value) => value !== null));
  const [from = 0, to = 1] = [all[0], all.at(-1)];
  const lowest = Math.min(0, ...values);
  const highest = Math.max(...values, lowest + Number.MIN_VALUE);
  const { left, right, top, bottom } = margins;
  const toX: Scale = (x) => left + ((x - from) / (to - from || 1)) * (width - left - right);
  const toY: Scale = (y) => height - bottom - ((y - lowest) / (highest - lowest || 1)) * (height - top - bottom);
  const ticks = roundTicks(lowest, highest, valueTicks);
  return makeSvg(
    'svg',
    {
      class: 'lines',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': `${row.label} of ${lines.map((_, index) => letterOf(index)).join(', ')}; the cursor below reads its values`,
    },
    ...ticks.map((value) =>
      makeSvg('line', { class: 'grid', x1: left, x2: width - right, y1: toY(value), y2: toY(value) }),
    ),
    ...ticks.map((value) =>
      textOf(formatMeasure(row, value), { class: 'tick', x: left - 6, y: toY(value) + 4, 'text-anchor': 'end' }),
    ),
    ...placesOf(from, to, alignment).map((x) =>
      textOf(formatX(x, alignment), { class: 'tick', x: toX(x), y: height - 5, 'text-anchor': 'middle' }),
    ),
    ...lines.map((line, index) => makeSvg('path', { class: `line run-${index}`, d: pathOf(line, toX, toY) })),
    ...(cursor === undefined
      ? []
      : [makeSvg('line', { class: 'cursor', x1: toX(cursor), x2: toX(cursor), y1: top, y2: height - bottom })]),
  );
}
