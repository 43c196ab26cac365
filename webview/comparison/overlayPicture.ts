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

/** Space above, below and beside the lines. The space for the values on the left is as wide as they are. */
const [top, bottom, right] = [8, 22, 10];
/** Between labels and lines, at the edge of the picture, and between neighbouring places. */
const [labelGap, edgeGap, placeGap] = [6, 2, 12];
const labelSize = 11;
const valueTicks = 4;
const mostPlaceTicks = 5;

/** A value or place of an axis with its label, and how wide that is. */
interface Tick {
  value: number;
  label: string;
  width: number;
}

/** Where everything of the picture is. */
export interface PictureLayout extends PictureSize {
  /** From here to there are the lines, in CSS pixels. */
  left: number;
  right: number;
  toX: Scale;
  toY: Scale;
  values: Tick[];
  places: Tick[];
}

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
function placesOf(from: number, to: number, alignment: Alignment, count: number): number[] {
  const longest = Math.max(Math.abs(from), Math.abs(to));
  const unit = alignment !== 'start' || longest < 2 * minute ? 1 : longest < 2 * hour ? minute : hour;
  return roundTicks(from / unit, to / unit, count).map((tick) => tick * unit);
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

let ruler: CanvasRenderingContext2D | null | undefined;

/** How wide a label is in the page's font, in CSS pixels. */
function widthOf(label: string): number {
  ruler ??= document.createElement('canvas').getContext('2d');
  if (!ruler) return label.length * labelSize;
  ruler.font = `${labelSize}px ${getComputedStyle(document.body).fontFamily}`;
  return Math.ceil(ruler.measureText(label).width);
}

const toTick = (value: number, label: string): Tick => ({ value, label, width: widthOf(label) });

/** As many places as have room beside each other. */
function fittingPlaces(from: number, to: number, alignment: Alignment, toX: Scale): Tick[] {
  for (let count = mostPlaceTicks; ; count--) {
    const ticks = placesOf(from, to, alignment, count).map((x) => toTick(x, formatX(x, alignment)));
    const isFitting = ticks.every(
      ({ value, width }, index) =>
        index === 0 ||
        toX(value) - toX(ticks[index - 1]?.value ?? 0) >= (width + (ticks[index - 1]?.width ?? 0)) / 2 + placeGap,
    );
    if (isFitting) return ticks;
    if (count === 1) return ticks.slice(0, 1);
  }
}

/** Gives lines their places in a picture of this size, with room for the widest label. */
export function layOutPicture({ lines, alignment }: AlignedLines, row: MeasureRow, size: PictureSize): PictureLayout {
  const all = xValues(lines);
  const values = lines.flatMap(({ y }) => y.filter((value) => value !== null));
  const [from = 0, to = 1] = [all[0], all.at(-1)];
  const lowest = Math.min(0, ...values);
  const highest = Math.max(...values, lowest + Number.MIN_VALUE);
  const ticks = roundTicks(lowest, highest, valueTicks).map((value) => toTick(value, formatMeasure(row, value)));
  const left = Math.max(0, ...ticks.map(({ width }) => width)) + labelGap + edgeGap;
  const end = Math.max(left + 1, size.width - right);
  const toX: Scale = (x) => left + ((x - from) / (to - from || 1)) * (end - left);
  const toY: Scale = (y) =>
    size.height - bottom - ((y - lowest) / (highest - lowest || 1)) * (size.height - top - bottom);
  return { ...size, left, right: end, toX, toY, values: ticks, places: fittingPlaces(from, to, alignment, toX) };
}

/** The picture; `cursor` is the place that is read. */
export function drawPicture(
  { width, height, left, right: end, toX, toY, values, places }: PictureLayout,
  { lines }: AlignedLines,
  row: MeasureRow,
  cursor: number | undefined,
): Element {
  const label = { class: 'tick', 'font-size': labelSize };
  /** The middle of a label that is wholly in the picture. */
  const middleOf = (tick: Tick): number => {
    const half = tick.width / 2 + edgeGap;
    return Math.max(half, Math.min(width - half, toX(tick.value)));
  };
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
    ...values.map(({ value }) => makeSvg('line', { class: 'grid', x1: left, x2: end, y1: toY(value), y2: toY(value) })),
    ...values.map(({ value, label: text }) =>
      textOf(text, { ...label, x: left - labelGap, y: toY(value) + 4, 'text-anchor': 'end' }),
    ),
    ...places.map((tick) =>
      textOf(tick.label, { ...label, x: middleOf(tick), y: height - 5, 'text-anchor': 'middle' }),
    ),
    ...lines.map((line, index) => makeSvg('path', { class: `line run-${index}`, d: pathOf(line, toX, toY) })),
    ...(cursor === undefined
      ? []
      : [makeSvg('line', { class: 'cursor', x1: toX(cursor), x2: toX(cursor), y1: top, y2: height - bottom })]),
  );
}
