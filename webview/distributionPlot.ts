/** The plot of a histogram's buckets over time: it shows what quantiles hide. */
import type { ChartDistribution } from '../src/shared/chartData';
import type { ViewOptions } from '../src/shared/viewOptions';
import { canvasContext, newCanvas, timeAt } from './canvas';
import {
  bucketName,
  buildBucketCells,
  noBucketCells,
  fullestBucketText,
  bucketTable,
  type BucketCells,
} from './distribution';
import { make, setAttribute, setText } from './dom';
import type { Frame } from './frame';
import { onGestures, type Gestures } from './gestures';
import { drawBuckets } from './bucketDrawing';
import type { PlotSpec } from './plots';
import { PlotTable } from './plotTable';
import { createPlotSection, type DrawnCount, type PlotView } from './plotView';
import type { Store } from './store';

/** Cells over time: the more observations are in a bucket, the darker its cell. */
export class DistributionPlot implements PlotView {
  readonly element: HTMLElement;
  readonly canvas = newCanvas();
  private readonly canvasContainer = make('div', { class: 'canvas' }, this.canvas);
  private readonly emptyNote = make('p', { class: 'empty' }, 'No observations in this time range.');
  private readonly table: PlotTable;
  private readonly readout = make('div', { class: 'readout' });
  private data: ChartDistribution | undefined;
  private bucketCells: BucketCells = noBucketCells;
  private isVisible = false;
  private readonly resizeObserver = new ResizeObserver(() => this.paint());

  constructor(
    readonly spec: PlotSpec,
    private frame: Frame,
    events: Gestures,
  ) {
    this.table = new PlotTable(spec.title);
    this.element = createPlotSection(spec, this.canvasContainer, this.emptyNote, this.table.element, this.readout);
    onGestures(this.canvas, (offsetX) => timeAt(offsetX, this.canvas.clientWidth, this.frame), events);
    this.resizeObserver.observe(this.canvasContainer);
  }

  update(store: Store, frame: Frame, form: ViewOptions['form']): void {
    this.frame = frame;
    this.data = store.distribution(this.spec.rows[0].histogram ?? '');
    this.bucketCells = this.data ? buildBucketCells(this.data, frame.from, frame.to) : noBucketCells;
    const isEmpty = this.bucketCells.cells.length === 0;
    this.emptyNote.hidden = !isEmpty;
    this.readout.hidden = isEmpty;
    this.canvasContainer.hidden = isEmpty || form === 'table';
    this.table.element.hidden = isEmpty || form !== 'table';
    this.updateTexts();
  }

  draw(isVisible: boolean): DrawnCount {
    this.isVisible = isVisible;
    this.paint();
    const { data, frame, bucketCells } = this;
    if (isVisible && data && !this.table.element.hidden)
      this.table.draw(bucketTable(data, bucketCells, frame.from, frame.to, this.spec.unit));
    return { series: bucketCells.cells.length === 0 ? 0 : 1, points: bucketCells.cells.length };
  }

  moveCursor(frame: Frame): void {
    this.frame = frame;
    this.updateTexts();
    this.paint();
  }

  describeCursor(frame: Frame): string[] {
    return [`${this.spec.title} ${this.readoutText(frame)}`];
  }

  pictureEntries(): [] {
    return [];
  }

  dispose(): void {
    this.resizeObserver.disconnect();
    this.element.remove();
  }

  /** What was observed at the cursor of a frame, else in the newest rate window. */
  private readoutText({ cursor, to }: Frame): string {
    const { data } = this;
    const at = cursor ?? data?.to.at(-1) ?? to;
    return (data && fullestBucketText(data, at, this.spec.unit)) ?? 'no observations';
  }

  private updateTexts(): void {
    const { data, bucketCells, spec } = this;
    setText(this.readout, this.readoutText(this.frame));
    if (!data || bucketCells.cells.length === 0) return;
    const [lowest, highest] = [bucketCells.low, bucketCells.high].map((bucket) =>
      bucketName(data.bounds, bucket, spec.unit),
    );
    setAttribute(this.canvas, 'aria-label', `${spec.title}: observed between ${lowest} and ${highest}`);
  }

  private paint(): void {
    const { data, frame, canvas, canvasContainer, bucketCells } = this;
    if (!data || !this.isVisible || canvasContainer.hidden) return;
    const height = canvasContainer.clientHeight;
    const context = canvasContext(canvas, height);
    if (context) drawBuckets(context, height, bucketCells, data.bounds, this.spec.unit, frame);
  }
}
