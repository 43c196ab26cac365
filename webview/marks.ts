/** What is drawn on a plot besides its lines. Chart.js' own plugins for it cost more than they draw. */
import type { Chart } from 'chart.js';
import type { CatalogRow } from '../src/metrics/catalog';
import type { ChartSeries } from '../src/shared/chartData';
import type { Frame } from './frame';
import type { Line } from './lines';
import { indexAt, shownRows } from './reading';

interface Place {
  context: CanvasRenderingContext2D;
  x: (at: number) => number;
  y: (value: number) => number;
}

/** Runs `draw` inside the plot's area; the context is as before afterwards. */
function within(chart: Chart, draw: (place: Place) => void): void {
  const { ctx, chartArea, scales } = chart;
  const { x, y } = scales;
  if (!x || !y) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top - 2, chartArea.width + 2, chartArea.height + 4);
  ctx.clip();
  draw({ context: ctx, x: (at) => x.getPixelForValue(at), y: (value) => y.getPixelForValue(value) });
  ctx.restore();
}

/** Stretches without a gap of what lies between the lowest and the highest engine. */
function bandStretches(series: ChartSeries, frame: Frame): { at: number; low: number; high: number }[][] {
  const stretches: { at: number; low: number; high: number }[][] = [[]];
  const [start, end] = shownRows(series, frame);
  for (let index = start; index < end; index++) {
    const [at, low, high] = [series.at[index], series.lowest?.[index], series.highest?.[index]];
    if (at === undefined || typeof low !== 'number' || typeof high !== 'number') stretches.push([]);
    else stretches.at(-1)?.push({ at, low, high });
  }
  return stretches.filter(({ length }) => length > 0);
}

/** Fills the band of a line, below the lines. */
export function drawBand(chart: Chart, { series, colour }: Line, frame: Frame): void {
  within(chart, ({ context, x, y }) => {
    context.fillStyle = context.strokeStyle = colour;
    for (const stretch of bandStretches(series, frame)) {
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
export function drawThresholds(chart: Chart, { thresholds }: CatalogRow, { theme }: Frame): void {
  if (!thresholds) return;
  within(chart, ({ context, y }) => {
    const { left, right } = chart.chartArea;
    context.setLineDash([3, 3]);
    for (const [value, colour] of [[thresholds.warning, theme.warning], [thresholds.error, theme.error]] as const) {
      context.strokeStyle = colour;
      context.beginPath();
      context.moveTo(left, y(value));
      context.lineTo(right, y(value));
      context.stroke();
    }
  });
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** A point with a gap on either side has no line: a dot shows it. */
export function drawLonePoints(chart: Chart, { series, colour }: Line, frame: Frame): void {
  within(chart, ({ context, x, y }) => {
    context.fillStyle = colour;
    const [start, end] = shownRows(series, frame);
    for (let index = start; index < end; index++) {
      const [at, value] = [series.at[index], series.value[index]];
      const alone = (series.value[index - 1] ?? null) === null && (series.value[index + 1] ?? null) === null;
      if (alone && at !== undefined && typeof value === 'number') dot(context, x(at), y(value), 2);
    }
  });
}

/** The cursor, and on each line the point that it reads. */
export function drawCursor(chart: Chart, lines: readonly Line[], { cursor, theme }: Frame): void {
  if (cursor === undefined) return;
  within(chart, ({ context, x, y }) => {
    context.strokeStyle = theme.quiet;
    context.beginPath();
    context.moveTo(x(cursor), chart.chartArea.top);
    context.lineTo(x(cursor), chart.chartArea.bottom);
    context.stroke();
    for (const { series, column, colour } of lines) {
      const index = indexAt(series, cursor);
      const [at, value] = index === undefined ? [] : [series.at[index], series[column]?.[index]];
      if (at === undefined || typeof value !== 'number') continue;
      context.fillStyle = theme.background;
      dot(context, x(at), y(value), 4.5);
      context.fillStyle = colour;
      dot(context, x(at), y(value), 3);
    }
  });
}
