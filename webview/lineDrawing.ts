/** Draws lines, bands and the cursor's points on a plot. Chart.js's own lines take several times as long. */
import type { Chart } from 'chart.js';
import type { ChartSeries } from '../src/shared/chartData';
import type { DownsampledSeries } from './downsample';
import type { Frame } from './frame';
import type { Line } from './lines';
import { withPlotArea } from './plotArea';
import { indexAt, shownRows } from './seriesLookup';

/** A line with the points that are drawn of it. */
export interface DrawnLine {
  line: Line;
  series: DownsampledSeries;
}

/** With more points per pixel a thin line is easier to read, and drawn in a tenth of the time. */
const densePointsPerPixel = 0.8;

function drawDot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Draws lines in their order. A point with a gap on either side is drawn as a dot. */
export function drawLines(chart: Chart, lines: readonly DrawnLine[]): void {
  withPlotArea(chart, ({ context, x, y }) => {
    context.lineJoin = 'bevel';
    for (const { line, series } of lines) {
      const { points, start, end, isolatedPoints } = series;
      context.strokeStyle = context.fillStyle = line.colour;
      context.lineWidth = end - start > densePointsPerPixel * chart.chartArea.width ? 1 : 1.5;
      context.setLineDash([...line.dash]);
      context.beginPath();
      let isConnected = false;
      for (let index = start; index < end; index++) {
        const point = points[index];
        if (!point || Number.isNaN(point.y)) {
          isConnected = false;
          continue;
        }
        if (isConnected) context.lineTo(x(point.x), y(point.y));
        else context.moveTo(x(point.x), y(point.y));
        isConnected = true;
      }
      context.stroke();
      for (const point of isolatedPoints) drawDot(context, x(point.x), y(point.y), 2);
    }
  });
}

/** Draws the cursor, and a point on each line where it is read. */
export function drawCursor(chart: Chart, lines: readonly Line[], { cursor, theme }: Frame): void {
  if (cursor === undefined) return;
  withPlotArea(chart, ({ context, x, y }) => {
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
      drawDot(context, x(at), y(value), 4.5);
      context.fillStyle = colour;
      drawDot(context, x(at), y(value), 3);
    }
  });
}

/** Draws the band between the lowest and the highest value. */
export function drawBand(chart: Chart, { series, colour }: Line, frame: Frame): void {
  withPlotArea(chart, ({ context, x, y }) => {
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

/** The stretches of a band without gaps, with at most two rows per pixel of a width. */
function bandStretches(
  series: ChartSeries,
  frame: Frame,
  width: number,
): { at: number; low: number; high: number }[][] {
  const stretches: { at: number; low: number; high: number }[][] = [[]];
  const [start, end] = shownRows(series, frame);
  const stride = Math.max(1, Math.floor((end - start) / (2 * width)));
  for (let first = start; first < end; first += stride) {
    let [low, high, hasGap] = [Infinity, -Infinity, false];
    for (let index = first; index < Math.min(end, first + stride); index++) {
      const [lowest, highest] = [series.lowest?.[index], series.highest?.[index]];
      if (typeof lowest !== 'number' || typeof highest !== 'number') hasGap = true;
      else [low, high] = [Math.min(low, lowest), Math.max(high, highest)];
    }
    if (low <= high) stretches.at(-1)?.push({ at: series.at[first] ?? 0, low, high });
    if (hasGap) stretches.push([]);
  }
  return stretches.filter(({ length }) => length > 0);
}
