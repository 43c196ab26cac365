import { Chart, LinearScale, LineController, type ChartOptions, type Plugin, type ScaleOptions } from 'chart.js';
import type { ViewOptions } from '../src/shared/viewOptions';
import { tickLabel, timeLabel, timeTicks } from './axis';
import { axisWidth, newCanvas, rightPadding } from './canvas';
import { make, setAttribute } from './dom';
import type { Frame } from './frame';
import { onGestures, type Gestures } from './gestures';
import { Legend, type LegendEvents } from './legend';
import { linesOf, type Line } from './lines';
import { drawBand, drawCursor, drawLines, drawRun, drawSelection, drawThresholds } from './plotDrawing';
import type { PlotSpec } from './plots';
import { createPlotSection, type DrawnCount, type PlotView } from './plotView';
import { countIn, shownRows } from './seriesLookup';
import type { Store } from './store';
import { cursorWords, plotSummary } from './summary';
import { PlotTable, linesTable } from './plotTable';
import { downsample, type DownsampledSeries } from './downsample';

// Its scales only: its own lines take several times as long for as many points.
Chart.register(LineController, LinearScale);

/** The band of an aggregate is a line of its own in the legend; that of an engine's old minutes belongs to its line. */
const hasBand = ({ column, series }: Line): boolean =>
  column === 'band' || (series.engine !== undefined && series.lowest !== undefined);

/** Lines of one unit over time: a title, a canvas that says in words what it shows, a table of the same, and a legend. */
export class Plot implements PlotView {
  readonly element: HTMLElement;
  readonly canvas = newCanvas();
  private readonly canvasHome = make('div', { class: 'canvas' }, this.canvas);
  private readonly emptyNote = make('p', { class: 'nothing' }, 'Not measured in this time.');
  private readonly legend: Legend;
  private readonly table: PlotTable;
  /** Made when the plot is first seen. */
  private chart: Chart | undefined;
  private isVisible = false;
  private form: ViewOptions['form'] = 'plots';
  /** Whether the chart has the size of its place: not after that was hidden. */
  private fits = false;
  /** What is drawn of the lines that are not muted. */
  private drawn: readonly { line: Line; drawn: DownsampledSeries }[] = [];
  private banded: readonly Line[] = [];
  lines: readonly Line[] = [];

  constructor(
    readonly spec: PlotSpec,
    private frame: Frame,
    events: Gestures & LegendEvents,
  ) {
    this.legend = new Legend(spec.unit, events);
    this.table = new PlotTable(spec.title);
    this.element = createPlotSection(spec, this.canvasHome, this.emptyNote, this.table.element, this.legend.element);
    onGestures(this.canvas, (offsetX) => this.chart?.scales['x']?.getValueForPixel(offsetX) ?? this.frame.to, events);
  }

  update(store: Store, frame: Frame, form: ViewOptions['form']): void {
    this.frame = frame;
    this.form = form;
    this.lines = linesOf(this.spec, store, frame.theme);
    const empty = this.lines.length === 0;
    this.emptyNote.hidden = !empty;
    this.fits &&= this.canvasHome.hidden === false;
    this.canvasHome.hidden = empty || form === 'table';
    this.table.element.hidden = empty || form === 'plots';
    this.legend.update(this.lines, frame);
    if (form === 'plots')
      setAttribute(this.canvas, 'aria-label', plotSummary(this.spec.title, this.lines, this.spec.unit, frame));
  }

  draw(seen: boolean): DrawnCount {
    const { frame } = this;
    this.isVisible = seen;
    const lines = this.lines.filter(({ key }) => !frame.mutedKeys.has(key));
    if (!seen)
      return {
        series: lines.length,
        points: lines.reduce((sum, { series, column }) => sum + (column === 'value' ? countIn(series, frame) : 0), 0),
      };
    if (this.form === 'table') {
      const rows = linesTable(lines, this.spec.unit, frame);
      this.table.draw(rows);
      return { series: lines.length, points: rows.times.length };
    }
    this.paint(lines);
    return { series: lines.length, points: this.drawn.reduce((sum, { drawn }) => sum + drawn.count, 0) };
  }

  moveCursor(frame: Frame): void {
    this.frame = frame;
    if (this.isVisible && !this.canvasHome.hidden) this.chart?.draw();
    this.legend.update(this.lines, frame);
  }

  describeCursor(frame: Frame): string[] {
    return cursorWords(this.lines, this.spec.unit, frame);
  }

  dispose(): void {
    this.chart?.destroy();
    this.element.remove();
  }

  private paint(lines: readonly Line[]): void {
    const chart = (this.chart ??= new Chart(this.canvas, {
      type: 'line',
      data: { datasets: [] },
      options: this.options(),
      plugins: [this.drawingPlugin()],
    }));
    if (!this.fits) chart.resize();
    this.fits = chart.width > 0;
    this.downsampleLines(chart.width);
    this.banded = lines.filter(hasBand);
    chart.options.scales = this.scales();
    chart.update('none');
  }

  /** As many points of the lines as a canvas this wide has room for. */
  private downsampleLines(wide: number): void {
    const { frame, lines } = this;
    const width = Math.max(50, wide - axisWidth - rightPadding);
    this.drawn = lines
      .filter(({ key, column }) => column === 'value' && !frame.mutedKeys.has(key))
      .map((line) => ({ line, drawn: downsample(line.series, frame, width) }));
  }

  /** How far the value axis reaches at least; no flat line at nothing as a full plot. */
  private reach(): { suggestedMin: number; suggestedMax: number } {
    const { unit } = this.spec;
    let [low, high] = [0, unit === 'fraction' || unit === 'requests' ? 1 : 0];
    for (const { drawn } of this.drawn) [low, high] = [Math.min(low, drawn.low), Math.max(high, drawn.high)];
    for (const { series } of this.banded) {
      const [start, end] = shownRows(series, this.frame);
      for (let index = start; index < end; index++) {
        low = Math.min(low, series.lowest?.[index] ?? Infinity);
        high = Math.max(high, series.highest?.[index] ?? -Infinity);
      }
    }
    return { suggestedMin: low, suggestedMax: high };
  }

  private drawingPlugin(): Plugin {
    return {
      id: 'marks',
      // Chart.js updates by itself as it is made, before there is anything to draw, and where the panel's size changes.
      beforeUpdate: () => this.isVisible && this.chart !== undefined,
      beforeDatasetsDraw: (chart) => {
        drawRun(chart, this.frame);
        for (const line of this.banded) drawBand(chart, line, this.frame);
        drawThresholds(chart, this.spec.rows, this.frame);
      },
      afterDatasetsDraw: (chart) => {
        const { selection, theme } = this.frame;
        drawLines(chart, this.drawn);
        drawCursor(
          chart,
          this.drawn.map(({ line }) => line),
          this.frame,
        );
        if (selection)
          drawSelection(
            chart.ctx,
            chart.chartArea,
            (at) => chart.scales['x']?.getPixelForValue(at) ?? 0,
            selection,
            theme,
          );
      },
    };
  }

  /** As plain values of this frame: what Chart.js had to ask a function for, it would ask for every label. */
  private scales(): NonNullable<ChartOptions<'line'>['scales']> {
    const { unit } = this.spec;
    const { theme, from, to } = this.frame;
    const look = { color: theme.descriptionForeground, font: theme.font, maxRotation: 0, autoSkip: false };
    const time: ScaleOptions<'linear'> = {
      type: 'linear',
      min: from,
      max: to,
      border: { display: false },
      grid: { display: false },
      afterBuildTicks: (scale) => {
        scale.ticks = timeTicks(this.frame, scale.width).map((value) => ({ value }));
      },
      ticks: { ...look, align: 'inner', callback: (value) => timeLabel(Number(value), this.frame) },
    };
    const values: ScaleOptions<'linear'> = {
      type: 'linear',
      beginAtZero: true,
      ...this.reach(),
      border: { display: false },
      afterFit: (scale) => {
        scale.width = axisWidth;
      },
      grid: { color: theme.grid, drawTicks: false },
      ticks: {
        ...look,
        padding: 6,
        maxTicksLimit: unit === 'fraction' ? 3 : 4,
        callback: (value) => tickLabel(Number(value), unit),
        ...(unit === 'requests' ? { precision: 0 } : {}),
      },
    };
    return { x: time, y: values };
  }

  private options(): ChartOptions<'line'> {
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      events: [],
      onResize: (_, { width }) => {
        if (this.isVisible) this.downsampleLines(width);
      },
      layout: { padding: { right: rightPadding, top: 4 } },
      scales: this.scales(),
    };
  }
}
