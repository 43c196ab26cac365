/** The area of a Chart.js plot, for drawing in it without Chart.js. */
import type { Chart } from 'chart.js';

interface PlotArea {
  context: CanvasRenderingContext2D;
  /** Horizontal position of a time (Unix ms), and vertical position of a value, in CSS pixels. */
  x: (at: number) => number;
  y: (value: number) => number;
}

/** Calls `draw`, clipped to the plot's area, and restores the context afterwards. */
export function withPlotArea(chart: Chart, draw: (area: PlotArea) => void): void {
  const { ctx: context, chartArea, scales } = chart;
  const { x, y } = scales;
  if (!x || !y) return;
  context.save();
  context.beginPath();
  context.rect(chartArea.left, chartArea.top - 2, chartArea.width + 2, chartArea.height + 4);
  context.clip();
  // The same as the scales compute, which is too slow there for thousands of points.
  const [pixelsPerMs, pixelsPerUnit] = [chartArea.width / (x.max - x.min), chartArea.height / (y.max - y.min)];
  draw({
    context,
    x: (at) => chartArea.left + (at - x.min) * pixelsPerMs,
    y: (value) => chartArea.bottom - (value - y.min) * pixelsPerUnit,
  });
  context.restore();
}
