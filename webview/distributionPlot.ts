import type { ChartDistribution } from '../src/shared/chartData';
import type { ViewOptions } from '../src/shared/viewOptions';
import { tickLabel, timeLabel, timeTicks } from './axis';
import { axisWidth, canvasContext, drawCursorLine, newCanvas, timeAt, timeScale } from './canvas';
import { bucketName, distributionWords, heatmapTable, buildHeatmap, type Heatmap } from './distribution';
import { make, setAttribute, setText } from './dom';
import type { Frame } from './frame';
import { onGestures, type Gestures } from './gestures';
import { drawSelection } from './plotDrawing';
import { createPlotSection, type DrawnCount, type PlotView } from './plotView';
import type { PlotSpec } from './plots';
import type { Store } from './store';
import { PlotTable } from './plotTable';

/** Room for the labels of the time axis. */
const axisHeight = 20;
const topPadding = 4;

const emptyHeatmap: Heatmap = { cells: [], low: 0, high: -1 };

/** A histogram's buckets over time, darker where more fell: the shape that quantiles hide. */
export class DistributionPlot implements PlotView {
  readonly element: HTMLElement;
  readonly canvas = newCanvas();
  readonly lines = [];
  private readonly canvasContainer = make('div', { class: 'canvas' }, this.canvas);
  private readonly emptyNote = make('p', { class: 'nothing' }, 'Nothing was observed in this time.');
  private readonly table: PlotTable;
  private readonly readout = make('div', { class: 'said' });
  private data: ChartDistribution | undefined;
  private heatmap: Heatmap = emptyHeatmap;
  private isVisible = false;
  private readonly resizing = new ResizeObserver(() => this.paint());

  constructor(
    readonly spec: PlotSpec,
    private frame: Frame,
    events: Gestures,
  ) {
    this.table = new PlotTable(spec.title);
    this.element = createPlotSection(spec, this.canvasContainer, this.emptyNote, this.table.element, this.readout);
    onGestures(this.canvas, (offsetX) => timeAt(offsetX, this.canvas.clientWidth, this.frame), events);
    this.resizing.observe(this.canvasContainer);
  }

  update(store: Store, frame: Frame, form: ViewOptions['form']): void {
    this.frame = frame;
    this.data = store.distribution(this.spec.rows[0].histogram ?? '');
    this.heatmap = this.data ? buildHeatmap(this.data, frame.from, frame.to) : emptyHeatmap;
    const empty = this.heatmap.cells.length === 0;
    this.emptyNote.hidden = !empty;
    this.readout.hidden = empty;
    this.canvasContainer.hidden = empty || form === 'table';
    this.table.element.hidden = empty || form === 'plots';
    this.updateReadout();
  }

  draw(seen: boolean): DrawnCount {
    const { length } = this.heatmap.cells;
    this.isVisible = seen;
    this.paint();
    if (seen && this.data && !this.table.element.hidden)
      this.table.draw(heatmapTable(this.data, this.heatmap, this.frame.from, this.frame.to, this.spec.unit));
    return { series: length === 0 ? 0 : 1, points: length };
  }

  moveCursor(frame: Frame): void {
    this.frame = frame;
    this.updateReadout();
    this.paint();
  }

  describeCursor(frame: Frame): string[] {
    return [`${this.spec.title} ${this.read(frame)}`];
  }

  dispose(): void {
    this.resizing.disconnect();
    this.element.remove();
  }

  /** What is read at a frame's cursor, else the newest. */
  private read(frame: Frame): string {
    return (
      (this.data && distributionWords(this.data, frame.cursor ?? this.data.to.at(-1) ?? frame.to, this.spec.unit)) ??
      'nothing observed'
    );
  }

  private updateReadout(): void {
    const {
      data,
      heatmap: { low, high },
      spec: { title, unit },
    } = this;
    setText(this.readout, this.read(this.frame));
    if (data && low <= high)
      setAttribute(
        this.canvas,
        'aria-label',
        `${title}: observed between ${bucketName(data.bounds, low, unit)} and ${bucketName(data.bounds, high, unit)}`,
      );
  }

  private paint(): void {
    const { data, frame, canvas, canvasContainer, heatmap } = this;
    if (!data || !this.isVisible || canvasContainer.hidden) return;
    const context = canvasContext(canvas, canvasContainer.clientHeight);
    if (!context) return;
    const [width, bottom] = [canvas.clientWidth, canvasContainer.clientHeight - axisHeight];
    const scale = timeScale(width, frame.from, frame.to);
    const height = (bottom - topPadding) / (heatmap.high - heatmap.low + 1);
    const top = (bucket: number): number => bottom - (bucket - heatmap.low + 1) * height;
    context.save();
    context.beginPath();
    context.rect(scale.left, topPadding, scale.right - scale.left, bottom - topPadding);
    context.clip();
    context.fillStyle = frame.theme.charts.blue;
    for (const { from, to, bucket, share } of heatmap.cells) {
      // The root, so that a few slow ones are seen beside many.
      context.globalAlpha = 0.12 + 0.88 * Math.sqrt(share);
      const left = scale.x(from);
      context.fillRect(left, top(bucket), Math.max(1, scale.x(to) - left), Math.max(1, height - 0.5));
    }
    context.restore();
    this.labels(context, data, heatmap, { scale, bottom, height, top });
    drawCursorLine(context, canvas, 0, frame);
    if (frame.selection) {
      const area = {
        left: scale.left,
        right: scale.right,
        top: topPadding,
        bottom,
        width: scale.right - scale.left,
        height: bottom - topPadding,
      };
      drawSelection(context, area, scale.x, frame.selection, frame.theme);
    }
  }

  /** Upper bounds of some buckets at the left, times below. */
  private labels(
    context: CanvasRenderingContext2D,
    { bounds }: ChartDistribution,
    { low, high }: Heatmap,
    {
      scale,
      bottom,
      height,
      top,
    }: { scale: ReturnType<typeof timeScale>; bottom: number; height: number; top: (bucket: number) => number },
  ): void {
    const { frame, spec } = this;
    context.fillStyle = frame.theme.descriptionForeground;
    context.font = `${frame.theme.font.size}px ${frame.theme.font.family}`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    const stride = Math.max(1, Math.ceil(24 / height));
    for (let bucket = low; bucket <= high; bucket += stride) {
      const bound = bounds[bucket];
      context.fillText(
        bound === undefined ? '∞' : tickLabel(bound, spec.unit),
        axisWidth - 6,
        Math.max(topPadding + 6, top(bucket)),
      );
    }
    context.textBaseline = 'bottom';
    const ticks = timeTicks(frame, scale.right - scale.left);
    ticks.forEach((at, index) => {
      context.textAlign =
        index === 0 && at === frame.from ? 'left' : index === ticks.length - 1 && at === frame.to ? 'right' : 'center';
      context.fillText(timeLabel(at, frame), scale.x(at), bottom + axisHeight - 2);
    });
  }
}
