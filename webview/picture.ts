/** A picture of all plots, as a PNG. */
import type { Unit } from '../src/shared/format';
import type { Frame } from './frame';
import { lineValueText } from './lineValue';
import type { Line } from './lines';

/** An entry of a legend. */
export interface PictureEntry {
  text: string;
  /** Draws its sample in CSS pixels; the sample is at most 22 wide and 12 high. */
  drawSample: (context: CanvasRenderingContext2D, x: number, y: number) => void;
}

interface PicturePlot {
  title: string;
  /** The plot as drawn on the page. */
  canvas: HTMLCanvasElement;
  entries: readonly PictureEntry[];
}

/** All lengths are in CSS pixels. */
const margin = 16;
const rowHeight = 18;
const minWidth = 320;
const lineSampleWidth = 26;
const entryGap = 18;

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

interface LegendEntry {
  entry: PictureEntry;
  x: number;
  row: number;
}

/** The entries of lines with their values in a frame, without the muted ones. */
export function lineEntries(lines: readonly Line[], unit: Unit, frame: Frame): PictureEntry[] {
  return lines
    .filter(({ key }) => !frame.mutedKeys.has(key))
    .map((line) => ({
      text: `${line.name}  ${lineValueText(line, unit, frame)}`,
      drawSample: (context, x, y) => drawLineSample(context, line, x, y),
    }));
}

function drawLineSample(context: CanvasRenderingContext2D, { colour, column, dash }: Line, x: number, y: number): void {
  context.strokeStyle = colour;
  context.lineWidth = column === 'band' ? 8 : 2;
  context.globalAlpha = column === 'band' ? 0.35 : 1;
  context.setLineDash([...dash]);
  context.beginPath();
  context.moveTo(x, y + 7);
  context.lineTo(x + 16, y + 7);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** The entries of a plot's legend, as many in a row as fit. */
function layOutLegend(context: CanvasRenderingContext2D, { entries }: PicturePlot, width: number): LegendEntry[] {
  let [x, row] = [0, 0];
  return entries.map((entry) => {
    const entryWidth = context.measureText(entry.text).width + lineSampleWidth + entryGap;
    if (x > 0 && x + entryWidth > width) [x, row] = [0, row + 1];
    const placed = { entry, x, row };
    x += entryWidth;
    return placed;
  });
}

/**
 * Plots below one another with titles and legends, on the theme's background, as base64. Empty if there is no canvas.
 */
export function renderPicture(plots: readonly PicturePlot[], frame: Frame): string {
  const ratio = devicePixelRatio || 1;
  const drawnPlots = plots.filter(({ canvas }) => canvas.width > 0 && canvas.clientWidth > 0);
  const width = Math.max(minWidth, ...drawnPlots.map(({ canvas }) => canvas.clientWidth)) + 2 * margin;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return '';
  const font = (isBold: boolean): string =>
    `${isBold ? '600 ' : ''}${frame.theme.font.size + 2}px ${frame.theme.font.family}`;
  context.font = font(false);
  const sections = drawnPlots.map((plot) => {
    const legend = layOutLegend(context, plot, width - 2 * margin);
    const legendHeight = ((legend.at(-1)?.row ?? -1) + 1) * rowHeight;
    return { plot, legend, height: rowHeight + 4 + plot.canvas.clientHeight + legendHeight + margin };
  });
  const height = margin + rowHeight + sections.reduce((sum, section) => sum + section.height, 0) + margin / 2;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = frame.theme.background;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'top';
  // Resizing the canvas has reset the font.
  context.font = font(false);
  context.fillStyle = frame.theme.descriptionForeground;
  context.fillText(
    `SkyRL engine metrics · ${dateTime.format(frame.from)} – ${dateTime.format(frame.to)}`,
    margin,
    margin - 4,
  );
  let top = margin + rowHeight;
  for (const section of sections) {
    drawSection(context, section, top, frame, font);
    top += section.height;
  }
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
}

function drawSection(
  context: CanvasRenderingContext2D,
  { plot, legend }: { plot: PicturePlot; legend: readonly LegendEntry[] },
  top: number,
  { theme }: Frame,
  font: (isBold: boolean) => string,
): void {
  const { clientWidth, clientHeight } = plot.canvas;
  context.font = font(true);
  context.fillStyle = theme.foreground;
  context.fillText(plot.title, margin, top);
  context.drawImage(plot.canvas, margin, top + rowHeight + 2, clientWidth, clientHeight);
  context.font = font(false);
  for (const { entry, x, row } of legend) {
    const y = top + rowHeight + 4 + clientHeight + row * rowHeight;
    entry.drawSample(context, margin + x, y);
    context.fillStyle = theme.foreground;
    context.fillText(entry.text, margin + x + lineSampleWidth, y);
  }
}
