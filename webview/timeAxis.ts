/** Draws the labels of a time axis on a canvas. */
import { timeLabel, timeTicks } from './axis';
import type { timeScale } from './canvas';
import type { Frame } from './frame';

/** Room for the labels, in CSS pixels. */
export const timeAxisHeight = 20;

/** Draws the labels above `bottom`; those at the ends stay within the plot. */
export function drawTimeLabels(
  context: CanvasRenderingContext2D,
  frame: Frame,
  scale: ReturnType<typeof timeScale>,
  bottom: number,
): void {
  context.textBaseline = 'bottom';
  const ticks = timeTicks(frame, scale.right - scale.left);
  ticks.forEach((at, index) => {
    const isFirst = index === 0 && at === frame.from;
    const isLast = index === ticks.length - 1 && at === frame.to;
    context.textAlign = isFirst ? 'left' : isLast ? 'right' : 'center';
    context.fillText(timeLabel(at, frame), scale.x(at), bottom);
  });
}
