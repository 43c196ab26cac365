/** What is common to the canvases, also those that Chart.js does not draw. */
import { make } from './dom';
import type { Frame } from './frame';

/** The width of all value axes: plots above one another share their time axis. */
export const axisWidth = 50;
/** Room at the right edge, for half a line. */
export const rightPadding = 2;

/** A canvas for who sees it; words are for who does not. Of no size until it is drawn: its own would be too wide for a narrow panel. */
export function newCanvas(): HTMLCanvasElement {
  return make('canvas', { role: 'img', width: '1', height: '1' });
}

export interface TimeScale {
  left: number;
  right: number;
  x: (at: number) => number;
}

/** Where times lie on a canvas of this width, in CSS pixels. */
export function timeScale(width: number, from: number, to: number): TimeScale {
  const [left, right] = [axisWidth, width - rightPadding];
  return { left, right, x: (at) => left + ((at - from) / (to - from)) * (right - left) };
}

/** The time under a pointer on a canvas that a `timeScale` of its width describes. */
export function timeAt(offsetX: number, width: number, { from, to }: Pick<Frame, 'from' | 'to'>): number {
  const { left, right } = timeScale(width, from, to);
  return from + ((offsetX - left) / Math.max(1, right - left)) * (to - from);
}

/** The context of a canvas as wide as its parent and `height` CSS pixels high, cleared, in CSS pixels. */
export function canvasContext(canvas: HTMLCanvasElement, height: number): CanvasRenderingContext2D | undefined {
  const ratio = devicePixelRatio || 1;
  const width = canvas.parentElement?.clientWidth ?? 0;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** The cursor's line, below `top`. */
export function drawCursorLine(
  context: CanvasRenderingContext2D,
  canvas: HTMLCanvasElement,
  top: number,
  { cursor, from, to, theme }: Frame,
): void {
  if (cursor === undefined) return;
  const { x } = timeScale(canvas.clientWidth, from, to);
  context.strokeStyle = theme.descriptionForeground;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x(cursor), top);
  context.lineTo(x(cursor), canvas.clientHeight);
  context.stroke();
}
