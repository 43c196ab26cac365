/** Draws a heat map on a canvas: pixels, names of rows, time axis, nodes, and what is pointed at. In CSS pixels. */
import { axisWidth, drawCursorLine, rightPadding, timeScale } from './canvas';
import type { Frame } from './frame';
import { rowTop } from './heatmapPixels';
import type { HeatmapRow, HeatmapRows } from './heatmapRows';
import { drawSelection } from './plotMarks';
import { drawTimeLabels, timeAxisHeight } from './timeAxis';

const topPadding = 4;
/** Height of a row if there is room for all rows. */
const usualRowHeight = 14;
/** Thinner rows share one with the others of their node. */
const minRowHeight = 2;
const minPlotHeight = 28;
/** Distance of two names. */
const nameDistance = 12;
/** Thinner rows have no line between nodes. */
const minRowHeightWithLines = 4;

/** Most rows for a height that is available for all rows. */
export const maxRowsIn = (availableHeight: number): number => Math.max(1, Math.floor(availableHeight / minRowHeight));

/** Height of the canvas for a number of rows. */
export function heatmapHeight(rowCount: number, availableHeight: number): number {
  const rowsHeight = Math.max(minPlotHeight, Math.min(availableHeight, rowCount * usualRowHeight));
  return topPadding + rowsHeight + timeAxisHeight;
}

/** Where the rows are on a canvas. */
export interface HeatmapArea {
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
  height: number;
}

/** The area of the rows on a canvas of a size. */
export function heatmapArea(width: number, height: number): HeatmapArea {
  const [left, right, top, bottom] = [axisWidth, width - rightPadding, topPadding, height - timeAxisHeight];
  return { left, right, top, bottom, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

/** The row at a vertical position; undefined outside the rows. */
export function rowAt(
  rows: readonly HeatmapRow[],
  offsetY: number,
  { top, height }: HeatmapArea,
): HeatmapRow | undefined {
  return rows[Math.floor(((offsetY - top) / height) * rows.length)];
}

/** Whether a row is the one with an ID, or has the engine with this ID. */
export const hasId = ({ id, engines }: HeatmapRow, wanted: string | undefined): boolean =>
  wanted !== undefined && (id === wanted || engines.some(({ subject }) => subject.id === wanted));

/** Draws on a cleared canvas. `image` has the pixels of the area. */
export function drawHeatmap(
  context: CanvasRenderingContext2D,
  image: ImageData,
  rows: HeatmapRows,
  area: HeatmapArea,
  frame: Frame,
): void {
  const { canvas } = context;
  const ratio = devicePixelRatio || 1;
  context.putImageData(image, Math.round(area.left * ratio), Math.round(area.top * ratio));
  const { theme } = frame;
  context.font = `${theme.font.size}px ${theme.font.family}`;
  const scale = timeScale(canvas.clientWidth, frame.from, frame.to);
  if (frame.engineOrder === 'node') drawNodeLines(context, rows, area, frame);
  drawNames(context, rows, area, frame);
  context.fillStyle = theme.descriptionForeground;
  drawTimeLabels(context, frame, scale, area.bottom + timeAxisHeight - 2);
  drawCursorLine(context, canvas, frame);
  drawOutline(context, rows.rows, frame.selectedEngine, area, theme.foreground, []);
  drawOutline(context, rows.rows, frame.row, area, theme.foreground, [3, 2]);
  if (frame.selection) drawSelection(context, area, scale.x, frame.selection, theme);
}

/** Top of a row. */
const topOf = (index: number, rowCount: number, { top, height }: HeatmapArea): number =>
  top + rowTop(index, rowCount, height);

/** A line between the engines of two nodes. */
function drawNodeLines(
  context: CanvasRenderingContext2D,
  { kind, rows }: HeatmapRows,
  area: HeatmapArea,
  { theme }: Frame,
): void {
  if (kind !== 'engine' || area.height / rows.length < minRowHeightWithLines) return;
  context.fillStyle = theme.background;
  rows.forEach(({ node }, index) => {
    if (index === 0 || node === rows[index - 1]?.node) return;
    const y = topOf(index, rows.length, area);
    context.fillRect(0, y - 1, area.right, 2);
    context.fillStyle = theme.descriptionForeground;
    context.fillRect(0, y - 0.5, area.left, 1);
    context.fillStyle = theme.background;
  });
}

/**
 * Names at the left: of rows that are high enough; else, in the order of nodes, of each node at its first row; else of
 * as many rows as there is room for.
 */
function drawNames(
  context: CanvasRenderingContext2D,
  { kind, rows }: HeatmapRows,
  area: HeatmapArea,
  { theme, engineOrder }: Frame,
): void {
  const rowHeight = area.height / rows.length;
  const isByNode = kind === 'engine' && engineOrder === 'node' && rowHeight < nameDistance;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = theme.descriptionForeground;
  let nameBottom = -Infinity;
  rows.forEach(({ name, node }, index) => {
    if (isByNode && index > 0 && rows[index - 1]?.node === node) return;
    const middle = isByNode
      ? topOf(index, rows.length, area) + nameDistance / 2 + 1
      : (topOf(index, rows.length, area) + topOf(index + 1, rows.length, area)) / 2;
    if (middle - nameDistance / 2 < nameBottom - 0.5) return;
    nameBottom = middle + nameDistance / 2;
    const right = area.left - 6;
    context.fillText(
      shortenStart(context, isByNode ? (node ?? '?') : name.replace(/^engine /, 'eng '), right),
      right,
      middle,
    );
  });
}

/** As much of the end of a text as fits into a width: what tells names apart is at their ends. */
function shortenStart(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  for (let start = 1; start < text.length; start++) {
    const shortened = `…${text.slice(start).replace(/^[.:\s]+/, '')}`;
    if (context.measureText(shortened).width <= width) return shortened;
  }
  return '';
}

/** A frame around the row with an ID, or with this engine. */
function drawOutline(
  context: CanvasRenderingContext2D,
  rows: readonly HeatmapRow[],
  id: string | undefined,
  area: HeatmapArea,
  colour: string,
  dash: number[],
): void {
  const index = rows.findIndex((row) => hasId(row, id));
  if (index < 0) return;
  const [top, bottom] = [topOf(index, rows.length, area), topOf(index + 1, rows.length, area)];
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.strokeRect(area.left + 0.5, top - 0.5, area.width - 1, Math.max(2, bottom - top) + 1);
  context.setLineDash([]);
}
