import type { Unit } from '../src/shared/format';
import type { Frame } from './frame';
import { readOut } from './legend';
import type { Line } from './lines';

/** A plot as a picture needs it. */
export interface PicturePlot {
  title: string;
  unit: Unit;
  canvas: HTMLCanvasElement;
  lines: readonly Line[];
}

const margin = 16;
const rowHeight = 18;

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The lines of a plot's legend, as many in a row as fit. */
function legendRows(
  context: CanvasRenderingContext2D,
  { lines, unit }: PicturePlot,
  frame: Frame,
  width: number,
): { line: Line; text: string; x: number; row: number }[] {
  let [x, row] = [0, 0];
  return lines
    .filter(({ key }) => !frame.mutedKeys.has(key))
    .map((line) => {
      const text = `${line.name}  ${readOut(line, unit, frame)}`;
      const wide = context.measureText(text).width + 24 + 18;
      if (x > 0 && x + wide > width) [x, row] = [0, row + 1];
      const place = { line, text, x, row };
      x += wide;
      return place;
    });
}

/** All plots below one another with their titles and legends, on the theme's background, as base64 of a PNG; empty where there is nothing to draw on. */
export function pictureOf(plots: readonly PicturePlot[], frame: Frame): string {
  const ratio = devicePixelRatio || 1;
  const drawn = plots.filter(({ canvas }) => canvas.width > 0 && canvas.clientWidth > 0);
  const width = Math.max(320, ...drawn.map(({ canvas }) => canvas.clientWidth)) + 2 * margin;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) return '';
  const font = (bold: boolean): string =>
    `${bold ? '600 ' : ''}${frame.theme.font.size + 2}px ${frame.theme.font.family}`;
  context.font = font(false);
  const parts = drawn.map((plot) => ({ plot, legend: legendRows(context, plot, frame, width - 2 * margin) }));
  const heightOf = ({ plot, legend }: (typeof parts)[number]): number =>
    rowHeight + 4 + plot.canvas.clientHeight + ((legend.at(-1)?.row ?? -1) + 1) * rowHeight + margin;
  const height = margin + rowHeight + parts.reduce((sum, part) => sum + heightOf(part), 0) + margin / 2;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = frame.theme.background;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'top';
  context.font = font(false);
  context.fillStyle = frame.theme.descriptionForeground;
  context.fillText(`SkyRL engine metrics · ${day.format(frame.from)} – ${day.format(frame.to)}`, margin, margin - 4);
  let top = margin + rowHeight;
  for (const part of parts) {
    drawPicturePlot(context, part, top, frame, font);
    top += heightOf(part);
  }
  return canvas.toDataURL('image/png').split(',')[1] ?? '';
}

function drawPicturePlot(
  context: CanvasRenderingContext2D,
  { plot, legend }: { plot: PicturePlot; legend: ReturnType<typeof legendRows> },
  top: number,
  { theme }: Frame,
  font: (bold: boolean) => string,
): void {
  const { clientWidth, clientHeight } = plot.canvas;
  context.font = font(true);
  context.fillStyle = theme.foreground;
  context.fillText(plot.title, margin, top);
  context.drawImage(plot.canvas, margin, top + rowHeight + 2, clientWidth, clientHeight);
  context.font = font(false);
  for (const { line, text, x, row } of legend) {
    const y = top + rowHeight + 4 + clientHeight + row * rowHeight;
    context.strokeStyle = line.colour;
    context.lineWidth = line.column === 'band' ? 8 : 2;
    context.globalAlpha = line.column === 'band' ? 0.35 : 1;
    context.setLineDash([...line.dash]);
    context.beginPath();
    context.moveTo(margin + x, y + 7);
    context.lineTo(margin + x + 16, y + 7);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    context.fillText(text, margin + x + 22, y);
  }
}
