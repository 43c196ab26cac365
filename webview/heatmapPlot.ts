/** A heat map of one metric over time: a row for each engine, and a colour for each value. */
import { formatDuration } from '../src/shared/format';
import type { ViewOptions } from '../src/shared/viewOptions';
import { canvasContext, newCanvas, timeAt } from './canvas';
import { countCells } from './cells';
import { make, setAttribute, setText } from './dom';
import type { Frame } from './frame';
import { onGestures, type Gestures } from './gestures';
import { ExtentTracker } from './extentTracker';
import { heatmapColours } from './heatmapColours';
import { drawHeatmap, hasId, heatmapArea, heatmapHeight, maxRowsIn, rowAt } from './heatmapDrawing';
import { HeatmapLegend, heatmapLegendEntries, pictureEntriesOf, type HeatmapLegendEntry } from './heatmapLegend';
import { HeatmapLines } from './heatmapLines';
import { drawHeatmapPixels } from './heatmapPixels';
import { overviewText, rowText, shownEngine } from './heatmapReading';
import {
  arrangeRows,
  heatmapEngines,
  mergedText,
  orderEngines,
  statesIn,
  type HeatmapRow,
  type HeatmapRows,
} from './heatmapRows';
import { heatmapTable } from './heatmapTable';
import type { PictureEntry } from './picture';
import type { PlotSpec } from './plots';
import { PlotTable } from './plotTable';
import { createPlotSection, type DrawnCount, type PlotView } from './plotView';
import { hasPoint } from './seriesLookup';
import type { Store } from './store';

/** What a person does in a heat map. */
export interface HeatmapEvents {
  /** ID of the row under the pointer; undefined after it left. */
  hoverRow: (id: string | undefined) => void;
  /** A click on an engine. */
  selectEngine: (id: string) => void;
  /** Shows the lines of an engine instead of the heat map. */
  showLines: (id: string) => void;
}

/** The rows have this share of the page's height, within these limits in CSS pixels. */
const heightShare = 0.6;
const [minHeight, maxHeight] = [160, 1_200];

const availableHeight = (): number => Math.min(maxHeight, Math.max(minHeight, Math.round(innerHeight * heightShare)));

/** The heat map of one metric. */
export class HeatmapPlot implements PlotView {
  readonly element: HTMLElement;
  readonly canvas = newCanvas();
  private readonly canvasContainer = make('div', {}, this.canvas);
  private readonly emptyNote = make('p', { class: 'empty' }, 'No engine was measured in this time range.');
  private readonly mergedNote = make('p', { class: 'empty' });
  private readonly readout = make('div', { class: 'readout' });
  private readonly linesButton = make('button', { type: 'button', class: 'back' });
  private readonly legend = new HeatmapLegend();
  private readonly table: PlotTable;
  private readonly tableDetails: HTMLDetailsElement;
  private shown: HeatmapRows = { kind: 'engine', rows: [] };
  private legendEntries: HeatmapLegendEntry[] = [];
  private readonly lines = new HeatmapLines();
  private readonly extents = new ExtentTracker();
  private image: ImageData | undefined;
  /** The image shows other data, or another time. */
  private isStale = true;
  private isVisible = false;
  private readonly resizeObserver = new ResizeObserver(() => this.paint());

  constructor(
    readonly spec: PlotSpec,
    private frame: Frame,
    private readonly events: Gestures & HeatmapEvents,
  ) {
    this.table = new PlotTable(`${spec.title} by engine`, ['Previous', 'Next']);
    this.tableDetails = make('details', {}, make('summary', {}, 'Table of engines'), this.table.element);
    this.tableDetails.addEventListener('toggle', () => this.drawTable());
    this.linesButton.addEventListener('click', () => {
      if (this.frame.selectedEngine !== undefined) events.showLines(this.frame.selectedEngine);
    });
    const { canvasContainer, emptyNote, mergedNote, readout, linesButton, legend, tableDetails } = this;
    const readoutRow = make('div', { class: 'readout-row' }, readout, linesButton);
    this.element = createPlotSection(
      spec,
      canvasContainer,
      emptyNote,
      mergedNote,
      readoutRow,
      legend.element,
      tableDetails,
    );
    onGestures(this.canvas, (offsetX) => timeAt(offsetX, this.canvas.clientWidth, this.frame), {
      ...events,
      click: (offsetY) => this.selectAt(offsetY),
    });
    this.canvas.addEventListener('pointermove', ({ offsetY }) => events.hoverRow(this.rowUnder(offsetY)?.id));
    this.canvas.addEventListener('pointerleave', () => events.hoverRow(undefined));
    this.resizeObserver.observe(canvasContainer);
  }

  /** The rows from top to bottom. */
  get rows(): readonly HeatmapRow[] {
    return this.shown.rows;
  }

  update(store: Store, frame: Frame, _form: ViewOptions['form']): void {
    this.frame = frame;
    const [row] = this.spec.rows;
    const { perEngine } = this.spec;
    const input = {
      series: store.subjectSeries(row.id),
      subjects: frame.subjects,
      statesById: store.statesById,
      selected: typeof perEngine === 'boolean' ? undefined : new Set(perEngine),
    };
    const engines = orderEngines(heatmapEngines(input, frame), frame.engineOrder, frame, frame.isLive);
    this.shown = arrangeRows(engines, maxRowsIn(availableHeight()));
    this.isStale = true;
    this.emptyNote.hidden = engines.some(({ series }) => series && hasPoint(series, frame));
    for (const element of [this.canvasContainer, this.tableDetails, this.legend.element])
      element.hidden = engines.length === 0;
    setText(this.mergedNote, mergedText(this.shown));
    this.mergedNote.hidden = this.mergedNote.textContent === '';
    this.updateTexts();
  }

  draw(isVisible: boolean): DrawnCount {
    this.isVisible = isVisible;
    this.paint();
    this.drawTable();
    return { series: this.engines.length, points: countCells(this.engines, this.frame) };
  }

  moveCursor(frame: Frame): void {
    this.frame = frame;
    this.updateTexts();
    this.paint();
    this.drawTable();
  }

  describeCursor(frame: Frame): string[] {
    return this.rows.length === 0 ? [] : [`${this.spec.title} ${this.readoutText(frame)}`];
  }

  pictureEntries(): readonly PictureEntry[] {
    return pictureEntriesOf(this.legendEntries);
  }

  dispose(): void {
    this.resizeObserver.disconnect();
    this.element.remove();
  }

  private get engines(): HeatmapRow['engines'] {
    return this.rows.flatMap(({ engines }) => engines);
  }

  /** The row that is pointed at, else that of the selected engine, else all rows together. */
  private readoutText(frame: Frame): string {
    const row =
      this.rows.find(({ id }) => id === frame.row) ?? this.rows.find((one) => hasId(one, frame.selectedEngine));
    const { unit } = this.spec;
    return row ? rowText(row, unit, frame) : overviewText(this.rows, unit, frame);
  }

  private updateTexts(): void {
    const { frame, spec, engines } = this;
    setText(this.readout, this.rows.length === 0 ? '' : this.readoutText(frame));
    setAttribute(this.readout, 'title', this.readout.textContent ?? '');
    const selected = engines.find(({ subject }) => subject.id === frame.selectedEngine)?.subject;
    this.linesButton.hidden = !selected;
    setText(this.linesButton, selected ? `Show lines of ${selected.name}` : '');
    const newest = overviewText(this.rows, spec.unit, { ...frame, cursor: undefined });
    const summary = `${spec.title}, heat map of ${this.rows.length} rows, ${formatDuration(frame.to - frame.from)}: ${newest}`;
    setAttribute(this.canvas, 'aria-label', summary);
  }

  private rowUnder(offsetY: number): HeatmapRow | undefined {
    return rowAt(this.rows, offsetY, heatmapArea(this.canvas.clientWidth, this.canvas.clientHeight));
  }

  private selectAt(offsetY: number): void {
    const row = this.rowUnder(offsetY);
    const engine = row && shownEngine(row, this.frame);
    if (engine) this.events.selectEngine(engine.subject.id);
  }

  private drawTable(): void {
    if (!this.isVisible || !this.tableDetails.open) return;
    this.table.draw(heatmapTable(this.engines, this.spec.unit, this.frame));
  }

  private paint(): void {
    const { frame, canvas, canvasContainer, shown } = this;
    if (!this.isVisible || canvasContainer.hidden || canvasContainer.clientWidth === 0) return;
    const height = heatmapHeight(shown.rows.length, availableHeight());
    const context = canvasContext(canvas, height);
    if (!context) return;
    const area = heatmapArea(canvasContainer.clientWidth, height);
    const ratio = devicePixelRatio || 1;
    const [width, imageHeight] = [area.width, area.height].map((length) => Math.max(1, Math.round(length * ratio))) as [
      number,
      number,
    ];
    if (this.image?.width !== width || this.image.height !== imageHeight) {
      this.image = new ImageData(width, imageHeight);
      this.isStale = true;
    }
    if (this.isStale) this.drawImage(this.image, ratio);
    this.isStale = false;
    drawHeatmap(context, this.image, shown, area, frame);
  }

  private drawImage({ data, width, height }: ImageData, ratio: number): void {
    const { frame, shown, spec, engines } = this;
    const colours = heatmapColours(engines, spec.rows[0], frame, this.extents);
    const lines = this.lines.update(shown.rows, frame, width, colours);
    drawHeatmapPixels(new Uint32Array(data.buffer), shown.rows, lines, frame, { width, height, ratio }, colours);
    this.legendEntries = heatmapLegendEntries(colours, statesIn(engines, frame), spec.unit);
    this.legend.update(this.legendEntries);
  }
}
