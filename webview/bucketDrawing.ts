/** Draws the buckets of a histogram over time, with axes, on a canvas. All lengths are in CSS pixels. */
import type { Unit } from '../src/shared/format';
import { tickLabel } from './axis';
import { axisWidth, drawCursorLine, timeScale } from './canvas';
import type { BucketCells } from './distribution';
import type { Frame } from './frame';
import { drawSelection } from './plotMarks';
import { drawTimeLabels, timeAxisHeight } from './timeAxis';

const topPadding = 4;
/** Distance of two labels of the bucket axis. */
const minLabelDistance = 24;

/** Draws everything on a cleared canvas of a height. `bounds` are the upper bounds of the buckets. */
export function drawBuckets(
  context: CanvasRenderingContext2D,
  canvasHeight: number,
  bucketCells: BucketCells,
  bounds: readonly number[],
  unit: Unit,
  frame: Frame,
): void {
  const { canvas } = context;
  const scale = timeScale(canvas.clientWidth, frame.from, frame.to);
  const bottom = canvasHeight - timeAxisHeight;
  const area = {
    left: scale.left,
    right: scale.right,
    top: topPadding,
    bottom,
    width: scale.right - scale.left,
    height: bottom - topPadding,
  };
  const cellHeight = area.height / (bucketCells.high - bucketCells.low + 1);
  const cellTop = (bucket: number): number => bottom - (bucket - bucketCells.low + 1) * cellHeight;
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.width, area.height);
  context.clip();
  context.fillStyle = frame.theme.charts.blue;
  for (const { from, to, bucket, share } of bucketCells.cells) {
    // By the square root, so that a few slow observations are visible beside many fast ones.
    context.globalAlpha = 0.12 + 0.88 * Math.sqrt(share);
    const left = scale.x(from);
    context.fillRect(left, cellTop(bucket), Math.max(1, scale.x(to) - left), Math.max(1, cellHeight - 0.5));
  }
  context.restore();
  context.fillStyle = frame.theme.descriptionForeground;
  context.font = `${frame.theme.font.size}px ${frame.theme.font.family}`;
  const stride = Math.max(1, Math.ceil(minLabelDistance / cellHeight));
  drawBucketLabels(context, bucketCells, bounds, unit, stride, cellTop);
  drawTimeLabels(context, frame, scale, bottom + timeAxisHeight - 2);
  drawCursorLine(context, canvas, frame);
  if (frame.selection) drawSelection(context, area, scale.x, frame.selection, frame.theme);
}

/** Upper bounds of every `stride`-th bucket, at the left. */
function drawBucketLabels(
  context: CanvasRenderingContext2D,
  { low, high }: BucketCells,
  bounds: readonly number[],
  unit: Unit,
  stride: number,
  cellTop: (bucket: number) => number,
): void {
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let bucket = low; bucket <= high; bucket += stride) {
    const bound = bounds[bucket];
    const label = bound === undefined ? '∞' : tickLabel(bound, unit);
    context.fillText(label, axisWidth - 6, Math.max(topPadding + 6, cellTop(bucket)));
  }
}
