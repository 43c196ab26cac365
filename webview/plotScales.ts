/** The axes of a plot of lines, as options of Chart.js. */
import type { ChartOptions, ScaleOptions } from 'chart.js';
import type { Unit } from '../src/shared/format';
import { tickLabel, timeLabel, timeTicks } from './axis';
import { axisWidth } from './canvas';
import type { Frame } from './frame';
import type { DrawnLine } from './lineDrawing';
import type { Line } from './lines';
import { shownRows } from './seriesLookup';

/** The values that the value axis must include at least. */
interface ValueRange {
  lowest: number;
  highest: number;
}

/** The values of lines and bands in a frame, zero included. Shares and requests reach to at least 1. */
export function valueRange(
  unit: Unit,
  lines: readonly DrawnLine[],
  bandLines: readonly Line[],
  frame: Frame,
): ValueRange {
  let [lowest, highest] = [0, unit === 'fraction' || unit === 'requests' ? 1 : 0];
  for (const { series } of lines) [lowest, highest] = [Math.min(lowest, series.low), Math.max(highest, series.high)];
  for (const { series } of bandLines) {
    const [start, end] = shownRows(series, frame);
    for (let index = start; index < end; index++) {
      lowest = Math.min(lowest, series.lowest?.[index] ?? Infinity);
      highest = Math.max(highest, series.highest?.[index] ?? -Infinity);
    }
  }
  return { lowest, highest };
}

/** Both axes for a frame. `currentFrame` is asked when labels are made, which is after a resize, too. */
export function plotScales(
  unit: Unit,
  { lowest, highest }: ValueRange,
  currentFrame: () => Frame,
): NonNullable<ChartOptions<'line'>['scales']> {
  const { theme, from, to } = currentFrame();
  // Plain values: Chart.js would call a function for every label.
  const labels = { color: theme.descriptionForeground, font: theme.font, maxRotation: 0, autoSkip: false };
  const time: ScaleOptions<'linear'> = {
    type: 'linear',
    min: from,
    max: to,
    border: { display: false },
    grid: { display: false },
    afterBuildTicks: (scale) => {
      scale.ticks = timeTicks(currentFrame(), scale.width).map((value) => ({ value }));
    },
    ticks: { ...labels, align: 'inner', callback: (value) => timeLabel(Number(value), currentFrame()) },
  };
  const values: ScaleOptions<'linear'> = {
    type: 'linear',
    beginAtZero: true,
    suggestedMin: lowest,
    suggestedMax: highest,
    border: { display: false },
    afterFit: (scale) => {
      scale.width = axisWidth;
    },
    grid: { color: theme.grid, drawTicks: false },
    ticks: {
      ...labels,
      padding: 6,
      maxTicksLimit: unit === 'fraction' ? 3 : 4,
      callback: (value) => tickLabel(Number(value), unit),
      ...(unit === 'requests' ? { precision: 0 } : {}),
    },
  };
  return { x: time, y: values };
}
