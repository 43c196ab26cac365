/** A plot of lines over time, with a legend, a description in words and a table. */
import { Chart, LinearScale, LineController, type Plugin } from 'chart.js';
import type { ViewOptions } from '../src/shared/viewOptions';
import { axisWidth, newCanvas, rightPadding } from './canvas';
import { make, setAttribute } from './dom';
import { downsample } from './downsample';
import type { Frame } from './frame';
import { onGestures, type Gestures } from './gestures';
import { Legend, type LegendEvents } from './legend';
import { drawBand, drawCursor, drawLines, type DrawnLine } from './lineDrawing';
import { linesOf, type Line } from './lines';
import { drawRunMarks, drawSelection, drawThresholds } from './plotMarks';
import { lineEntries, type PictureEntry } from './picture';
import type { PlotSpec } from './plots';
import { plotScales, valueRange } from './plotScales';
import { linesTable, PlotTable } from './plotTable';
import { createPlotSection, type DrawnCount, type PlotView } from './plotView';
import { countIn } from './seriesLookup';
import type { Store } from './store';
import { cursorTexts, plotSummary } from './summary';

// Only its scales are used: its lines are slow with many points.
Chart.register(LineController, LinearScale);

/** The narrowest area that lines are downsampled for, in CSS pixels. */
const minAreaWidth = 50;

/**
 * An aggregate's band has an entry in the legend; an engine's band (lowest and highest of old minutes) belongs to its
 * line.
 */
const hasBand = ({ column, series }: Line): boolean =>
  column === 'band' || (series.engine !== undefined && series.lowest !== undefined);

/** A plot of metrics that have one unit. */
export class Plot implements PlotView {
  readonly element: HTMLElement;
  readonly canvas = newCanvas();
  private lines: readonly Line[] = [];
  private readonly canvasContainer = make('div', { class: 'canvas' }, this.canvas);
  private readonly emptyNote = make('p', { class: 'empty' }, 'Not measured in this time range.');
  private readonly legend: Legend;
  private readonly table: PlotTable;
  /** Created when the plot is first visible. */
  private chart: Chart | undefined;
  private isVisible = false;
  private form: ViewOptions['form'] = 'plots';
  /** Whether the chart has its container's size; a hidden container has none. */
  private hasSize = false;
  private drawnLines: readonly DrawnLine[] = [];
  private bandLines: readonly Line[] = [];

  constructor(
    readonly spec: PlotSpec,
    private frame: Frame,
    events: Gestures & LegendEvents,
  ) {
    this.legend = new Legend(spec.unit, events);
    this.table = new PlotTable(spec.title);
    const { canvasContainer, emptyNote, table, legend } = this;
    this.element = createPlotSection(spec, canvasContainer, emptyNote, table.element, legend.element);
    onGestures(this.canvas, (offsetX) => this.chart?.scales['x']?.getValueForPixel(offsetX) ?? this.frame.to, events);
  }

  update(store: Store, frame: Frame, form: ViewOptions['form']): void {
    this.frame = frame;
    this.form = form;
    this.lines = linesOf(this.spec, store, frame.theme);
    const isEmpty = this.lines.length === 0;
    this.emptyNote.hidden = !isEmpty;
    this.hasSize &&= !this.canvasContainer.hidden;
    this.canvasContainer.hidden = isEmpty || form === 'table';
    this.table.element.hidden = isEmpty || form !== 'table';
    this.legend.update(this.lines, frame);
    if (form !== 'table')
      setAttribute(this.canvas, 'aria-label', plotSummary(this.spec.title, this.lines, this.spec.unit, frame));
  }

  draw(isVisible: boolean): DrawnCount {
    const { frame } = this;
    this.isVisible = isVisible;
    const lines = this.lines.filter(({ key }) => !frame.mutedKeys.has(key));
    if (!isVisible) return { series: lines.length, points: this.countPoints(lines) };
    if (this.form === 'table') {
      const data = linesTable(lines, this.spec.unit, frame);
      this.table.draw(data);
      return { series: lines.length, points: data.keys.length };
    }
    this.paint(lines);
    return { series: lines.length, points: this.drawnLines.reduce((sum, { series }) => sum + series.count, 0) };
  }

  moveCursor(frame: Frame): void {
    this.frame = frame;
    if (this.isVisible && !this.canvasContainer.hidden) this.chart?.draw();
    this.legend.update(this.lines, frame);
  }

  describeCursor(frame: Frame): string[] {
    return cursorTexts(this.lines, this.spec.unit, frame);
  }

  pictureEntries(frame: Frame): PictureEntry[] {
    return lineEntries(this.lines, this.spec.unit, frame);
  }

  dispose(): void {
    this.chart?.destroy();
    this.element.remove();
  }

  private countPoints(lines: readonly Line[]): number {
    return lines
      .filter(({ column }) => column === 'value')
      .reduce((sum, { series }) => sum + countIn(series, this.frame), 0);
  }

  private paint(lines: readonly Line[]): void {
    const chart = (this.chart ??= this.createChart());
    if (!this.hasSize) chart.resize();
    this.hasSize = chart.width > 0;
    this.downsampleLines(chart.width);
    this.bandLines = lines.filter(hasBand);
    chart.options.scales = this.scales();
    chart.update('none');
  }

  /** Reduces the lines to as many points as a chart of a width has room for. */
  private downsampleLines(chartWidth: number): void {
    const { frame, lines } = this;
    const width = Math.max(minAreaWidth, chartWidth - axisWidth - rightPadding);
    this.drawnLines = lines
      .filter(({ key, column }) => column === 'value' && !frame.mutedKeys.has(key))
      .map((line) => ({ line, series: downsample(line.series, frame, width) }));
  }

  private scales(): ReturnType<typeof plotScales> {
    const { unit } = this.spec;
    return plotScales(unit, valueRange(unit, this.drawnLines, this.bandLines, this.frame), () => this.frame);
  }

  private createChart(): Chart {
    return new Chart(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      options: {
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        events: [],
        onResize: (_, { width }) => {
          if (this.isVisible) this.downsampleLines(width);
        },
        layout: { padding: { right: rightPadding, top: 4 } },
        scales: this.scales(),
      },
      plugins: [this.drawingPlugin()],
    });
  }

  private drawingPlugin(): Plugin {
    return {
      id: 'drawing',
      // Chart.js also updates while it is created, when there is nothing to draw, and when the panel is resized.
      beforeUpdate: () => this.isVisible && this.chart !== undefined,
      beforeDatasetsDraw: (chart) => {
        drawRunMarks(chart, this.frame);
        for (const line of this.bandLines) drawBand(chart, line, this.frame);
        drawThresholds(chart, this.spec.rows, this.frame);
      },
      afterDatasetsDraw: (chart) => {
        const { selection, theme } = this.frame;
        const lines = this.drawnLines.map(({ line }) => line);
        const x = (at: number): number => chart.scales['x']?.getPixelForValue(at) ?? 0;
        drawLines(chart, this.drawnLines);
        drawCursor(chart, lines, this.frame);
        if (selection) drawSelection(chart.ctx, chart.chartArea, x, selection, theme);
      },
    };
  }
}
