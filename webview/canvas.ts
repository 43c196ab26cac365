/** Helpers for canvases: size, time scale, and the line of the cursor. */
import type { TimeRange } from '../src/shared/protocol';
import { make } from './dom';
import type { Frame } from './frame';

/** Width of all value axes, in CSS pixels: plots above one another share their time axis. */
export const axisWidth = 50;
/** Room at the right edge for half the width of a line, in CSS pixels. */
export const rightPadding = 2;

/**
 * A new canvas with the role of an image. Its default size would be too wide for a narrow panel, so it has none until
 * it is drawn.
 */
export function newCanvas(): HTMLCanvasElement {
  return make('canvas', { role: 'img', width: '1', height: '1' });
}

interface TimeScale {
  /** Edges of the plot, in CSS pixels. */
  left: number;
  right: number;
  /** Horizontal position of a time. */
  x: (at: number) => number;
}

/** Where times are on a canvas of a width in CSS pixels. */
export function timeScale(width: number, from: number, to: number): TimeScale {
  const [left, right] = [axisWidth, width - rightPadding];
  return { left, right, x: (at) => left + ((at - from) / (to - from)) * (right - left) };
}

/** The time at a horizontal position: the inverse of `timeScale`. */
export function timeAt(offsetX: number, width: number, { from, to }: TimeRange): number {
  const { left, right } = timeScale(width, from, to);
  return from + ((offsetX - left) / Math.max(1, right - left)) * (to - from);
}

/** The cleared context of a canvas, resized to its parent's width and a height. Its unit is CSS pixels. */
export function canvasContext(canvas: HTMLCanvasElement, height: number): CanvasRenderingContext2D | undefined {
  const ratio = devicePixelRatio || 1;
  const width = canvas.parentElement?.clientWidth ?? 0;
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Draws the line of the cursor over the whole height. */
export function drawCursorLine(
  context: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  { cursor, from, to, theme }: Frame,
): void {
  if (cursor === undefined) return;
  const { x } = timeScale(canvas.clientWidth, from, to);
  context.strokeStyle = theme.descriptionForeground;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(cursor), 0);
  context.lineTo(x(cursor), canvas.clientHeight);
  context.stroke();
}
