/** What is drawn on a plot besides its lines. Chart.js' own plugins for it cost more than they draw. */
import type { Chart, ChartArea } from 'chart.js';
import { bandColour } from './bands';
import type { ChartSeries } from '../src/shared/chartData';
import type { ChartRow } from '../src/shared/chartRow';
import type { TimeRange } from '../src/shared/protocol';
import type { Frame } from './frame';
import type { Line } from './lines';
import { indexAt, shownRows } from './seriesLookup';
import type { Theme } from './theme';
import type { DownsampledSeries } from './downsample';

interface PlotArea {
  context: CanvasRenderingContext2D;
  x: (at: number) => number;
  y: (value: number) => number;
}

/** Runs `draw` inside the plot's area; the context is as before afterwards. */
function within(chart: Chart, draw: (place: PlotArea) => void): void {
  const { ctx, chartArea, scales } = chart;
  const { x, y } = scales;
  if (!x || !y) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top - 2, chartArea.width + 2, chartArea.height + 4);
  ctx.clip();
  // As the scales themselves reckon, which for thousands of points takes them too long.
  const [wide, high] = [chartArea.width / (x.max - x.min), chartArea.height / (y.max - y.min)];
  draw({
    context: ctx,
    x: (at) => chartArea.left + (at - x.min) * wide,
    y: (value) => chartArea.bottom - (value - y.min) * high,
  });
  ctx.restore();
}

/** Stretches without a gap of what lies between the lowest and the highest, at most two rows a pixel. */
function bandStretches(
  series: ChartSeries,
  frame: Frame,
  width: number,
): { at: number; low: number; high: number }[][] {
  const stretches: { at: number; low: number; high: number }[][] = [[]];
  const [start, end] = shownRows(series, frame);
  const stride = Math.max(1, Math.floor((end - start) / (2 * width)));
  for (let first = start; first < end; first += stride) {
    let [low, high, gap] = [Infinity, -Infinity, false];
    for (let index = first; index < Math.min(end, first + stride); index++) {
      const [lowest, highest] = [series.lowest?.[index], series.highest?.[index]];
      if (typeof lowest !== 'number' || typeof highest !== 'number') gap = true;
      else [low, high] = [Math.min(low, lowest), Math.max(high, highest)];
    }
    if (low <= high) stretches.at(-1)?.push({ at: series.at[first] ?? 0, low, high });
    if (gap) stretches.push([]);
  }
  return stretches.filter(({ length }) => length > 0);
}

/** Fills the band of a line, below the lines. */
export function drawBand(chart: Chart, { series, colour }: Line, frame: Frame): void {
  within(chart, ({ context, x, y }) => {
    context.fillStyle = context.strokeStyle = colour;
    for (const stretch of bandStretches(series, frame, Math.max(1, chart.chartArea.width))) {
      context.beginPath();
      for (const { at, high } of stretch) context.lineTo(x(at), y(high));
      for (const { at, low } of stretch.toReversed()) context.lineTo(x(at), y(low));
      context.closePath();
      context.globalAlpha = 0.18;
      context.fill();
      context.globalAlpha = 0.4;
      context.stroke();
    }
  });
}

/** Dashed lines where a value starts to be trouble. */
export function drawThresholds(chart: Chart, rows: readonly ChartRow[], { theme }: Frame): void {
  const limits = rows.flatMap(({ thresholds }) =>
    thresholds
      ? ([
          [thresholds.warning, theme.warning],
          [thresholds.error, theme.error],
        ] as const)
      : [],
  );
  if (limits.length === 0) return;
  within(chart, ({ context, y }) => {
    const { left, right } = chart.chartArea;
    context.setLineDash([3, 3]);
    for (const [value, colour] of limits) {
      context.strokeStyle = colour;
      context.beginPath();
      // In the middle of a row of pixels, where a thin line is sharp.
      const row = Math.round(y(value)) + 0.5;
      context.moveTo(left, row);
      context.lineTo(right, row);
      context.stroke();
    }
  });
}

/** Narrower phases would be stripes without a meaning. */
const minPhaseWidth = 3;

/** Training phases behind the lines, faintly; resets as dotted lines from top to bottom. */
export function drawRun(chart: Chart, { bands, to, theme }: Frame): void {
  within(chart, ({ context, x }) => {
    const { top, bottom } = chart.chartArea;
    for (const band of bands) {
      const left = x(band.from);
      if (band.kind === 'phase') {
        const right = x(Math.min(band.to ?? to, to));
        if (right - left < minPhaseWidth) continue;
        context.globalAlpha = theme.highContrast ? 0.14 : 0.06;
        context.fillStyle = bandColour(band, theme);
        context.fillRect(left, top, right - left, bottom - top);
      } else if (band.kind === 'reset') {
        context.globalAlpha = 0.8;
        context.strokeStyle = theme.descriptionForeground;
        context.setLineDash([1, 3]);
        context.beginPath();
        context.moveTo(left, top);
        context.lineTo(left, bottom);
        context.stroke();
      }
    }
  });
}

/** The stretch that a person marks. */
export function drawSelection(
  context: CanvasRenderingContext2D,
  { left, right, top, bottom }: ChartArea,
  x: (at: number) => number,
  { from, to }: TimeRange,
  theme: Theme,
): void {
  const [start, end] = [Math.max(left, x(from)), Math.min(right, x(to))];
  context.save();
  context.fillStyle = context.strokeStyle = theme.foreground;
  context.globalAlpha = 0.12;
  context.fillRect(start, top, end - start, bottom - top);
  context.globalAlpha = 0.6;
  context.strokeRect(start, top, end - start, bottom - top);
  context.restore();
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Above so many points for each pixel a thin line is easier to read, and drawn in a tenth of the time. */
const densePointsPerPixel = 0.8;

/** Draws lines, in their order; a point with a gap on either side has no line: a dot shows it. */
export function drawLines(chart: Chart, lines: readonly { line: Line; drawn: DownsampledSeries }[]): void {
  within(chart, ({ context, x, y }) => {
    context.lineJoin = 'bevel';
    for (const {
      line: { colour, dash },
      drawn: { points, start, end, isolatedPoints },
    } of lines) {
      context.strokeStyle = context.fillStyle = colour;
      context.lineWidth = end - start > densePointsPerPixel * chart.chartArea.width ? 1 : 1.5;
      context.setLineDash([...dash]);
      context.beginPath();
      let open = false;
      for (let index = start; index < end; index++) {
        const point = points[index];
        if (!point || Number.isNaN(point.y)) open = false;
        else if (open) context.lineTo(x(point.x), y(point.y));
        else context.moveTo(x(point.x), y(point.y));
        open = point !== undefined && !Number.isNaN(point.y);
      }
      context.stroke();
      for (const point of isolatedPoints) dot(context, x(point.x), y(point.y), 2);
    }
  });
}

/** The cursor, and on each line the point that it reads. */
export function drawCursor(chart: Chart, lines: readonly Line[], { cursor, theme }: Frame): void {
  if (cursor === undefined) return;
  within(chart, ({ context, x, y }) => {
    context.strokeStyle = theme.descriptionForeground;
    context.beginPath();
    context.moveTo(x(cursor), chart.chartArea.top);
    context.lineTo(x(cursor), chart.chartArea.bottom);
    context.stroke();
    for (const { series, colour } of lines) {
      const index = indexAt(series, cursor);
      const [at, value] = index === undefined ? [] : [series.at[index], series.value[index]];
      if (at === undefined || typeof value !== 'number') continue;
      context.fillStyle = theme.background;
      dot(context, x(at), y(value), 4.5);
      context.fillStyle = colour;
      dot(context, x(at), y(value), 3);
    }
  });
}
