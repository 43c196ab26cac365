/** Draws what is around the lines of a plot: thresholds, training phases, resets and the selection. */
import type { Chart, ChartArea } from 'chart.js';
import type { ChartRow } from '../src/shared/chartRow';
import type { TimeRange } from '../src/shared/protocol';
import { bandColour } from './bands';
import type { Frame } from './frame';
import { withPlotArea } from './plotArea';
import type { Theme } from './theme';

/** Narrower phases would be meaningless stripes. In CSS pixels. */
const minPhaseWidth = 3;

/** Draws a dashed line at each threshold of the rows. */
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
  withPlotArea(chart, ({ context, y }) => {
    const { left, right } = chart.chartArea;
    context.setLineDash([3, 3]);
    for (const [value, colour] of limits) {
      context.strokeStyle = colour;
      context.beginPath();
      // A thin line is sharp in the middle of a row of pixels.
      const row = Math.round(y(value)) + 0.5;
      context.moveTo(left, row);
      context.lineTo(right, row);
      context.stroke();
    }
  });
}

/** Draws training phases as faint areas, and resets as dotted lines from top to bottom. */
export function drawRunMarks(chart: Chart, { bands, to, theme }: Frame): void {
  withPlotArea(chart, ({ context, x }) => {
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

/** Draws what a person marks to zoom in on. `x` is the horizontal position of a time. */
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
