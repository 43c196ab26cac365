import { Chart, LinearScale, LineController, LineElement, PointElement, type ChartDataset, type ChartOptions, type ScaleOptions } from 'chart.js';
import { tickLabel, timeLabel, timeTicks } from './axis';
import { AXIS_WIDTH, RIGHT_PADDING } from './canvas';
import { make, setAttribute } from './dom';
import type { Frame } from './frame';
import { onGestures, type Gestures } from './gestures';
import { Legend, type LegendEvents } from './legend';
import { linesOf, type Line } from './lines';
import { drawBand, drawCursor, drawLonePoints, drawRun, drawSelection, drawThresholds } from './marks';
import type { PlotSpec } from './plots';
import { plotFrame, type DrawnCount, type PlotPart } from './plotPart';
import { shownRows } from './reading';
import type { Store } from './store';
import { cursorWords, plotSummary } from './summary';
import { PlotTable } from './table';
import { thinned, type Point } from './thin';

Chart.register(LineController, LineElement, PointElement, LinearScale);

/** The band of an aggregate is a line of its own in the legend; that of an engine's old minutes belongs to its line. */
const hasBand = ({ column, series }: Line): boolean => column === 'band' || series.engine !== undefined;

/** Lines of one unit over time: a title, a canvas that says in words what it shows, a table of the same, and a legend. */
export class Plot implements PlotPart {
  readonly element: HTMLElement;
  readonly canvas = make('canvas', { role: 'img' });
  private readonly canvasHome = make('div', { class: 'canvas' }, this.canvas);
  private readonly nothing = make('p', { class: 'nothing' }, 'Not measured in this time.');
  private readonly legend: Legend;
  private readonly table: PlotTable;
  private readonly chart: Chart<'line', Point[]>;
  lines: readonly Line[] = [];

  constructor(readonly spec: PlotSpec, private frame: Frame, events: Gestures & LegendEvents) {
    this.legend = new Legend(spec.unit, events);
    this.table = new PlotTable(spec.title, spec.unit);
    this.element = plotFrame(spec, this.canvasHome, this.nothing, this.table.element, this.legend.element);
    this.chart = new Chart(this.canvas, { type: 'line', data: { datasets: [] }, options: this.options(), plugins: [this.marks()] });
    onGestures(this.canvas, (offsetX) => this.chart.scales['x']?.getValueForPixel(offsetX) ?? this.frame.to, events);
  }

  draw(store: Store, frame: Frame, form: 'plots' | 'table'): DrawnCount {
    this.frame = frame;
    this.lines = linesOf(this.spec, store, frame.theme);
    const empty = this.lines.length === 0;
    this.nothing.hidden = !empty;
    const wasHidden = this.canvasHome.hidden;
    this.canvasHome.hidden = empty || form === 'table';
    this.table.element.hidden = empty || form === 'plots';
    this.legend.update(this.lines, frame);
    if (form === 'table') return this.table.draw(this.drawn(), frame);
    if (wasHidden) this.chart.resize();
    const drawn = this.drawn();
    this.chart.data.datasets = drawn.filter(({ column }) => column === 'value').map((line) => this.dataset(line));
    Object.assign(this.chart.options.scales?.['x'] ?? {}, { min: frame.from, max: frame.to });
    Object.assign(this.chart.options.scales?.['y'] ?? {}, this.reach());
    this.chart.update('none');
    setAttribute(this.canvas, 'aria-label', plotSummary(this.spec.title, this.lines, this.spec.unit, frame));
    return { series: drawn.length, points: this.chart.data.datasets.reduce((sum, { data }) => sum + data.filter(({ y }) => !Number.isNaN(y)).length, 0) };
  }

  moveCursor(frame: Frame): void {
    this.frame = frame;
    if (!this.canvasHome.hidden) this.chart.draw();
    this.legend.update(this.lines, frame);
  }

  words(frame: Frame): string[] {
    return cursorWords(this.lines, this.spec.unit, frame);
  }

  dispose(): void {
    this.chart.destroy();
    this.element.remove();
  }

  private drawn(): Line[] {
    return this.lines.filter(({ key }) => !this.frame.muted.has(key));
  }

  private dataset({ series, colour, dash }: Line): ChartDataset<'line', Point[]> {
    const width = Math.max(50, this.canvasHome.clientWidth - AXIS_WIDTH);
    const data = thinned(series.at, series.value, shownRows(series, this.frame), this.frame, width);
    // With a point on nearly every pixel a thin line is easier to read, and drawn in a third of the time.
    return { data, borderColor: colour, borderDash: [...dash], borderWidth: data.length > 0.8 * width ? 1 : 1.5 };
  }

  /** How far the value axis reaches at least: the bands, which Chart.js does not know, and no flat line at nothing as a full plot. */
  private reach(): { suggestedMin: number; suggestedMax: number } {
    const { unit } = this.spec;
    let [low, high] = [0, unit === 'fraction' || unit === 'requests' ? 1 : 0];
    for (const { series } of this.drawn().filter(hasBand)) {
      const [start, end] = shownRows(series, this.frame);
      for (let index = start; index < end; index++) {
        low = Math.min(low, series.lowest?.[index] ?? Infinity);
        high = Math.max(high, series.highest?.[index] ?? -Infinity);
      }
    }
    return { suggestedMin: low, suggestedMax: high };
  }

  private marks(): { id: string; beforeDatasetsDraw(chart: Chart): void; afterDatasetsDraw(chart: Chart): void } {
    return {
      id: 'marks',
      beforeDatasetsDraw: (chart) => {
        drawRun(chart, this.frame);
        for (const line of this.drawn()) if (hasBand(line)) drawBand(chart, line, this.frame);
        drawThresholds(chart, this.spec.rows, this.frame);
      },
      afterDatasetsDraw: (chart) => {
        const { selection, theme } = this.frame;
        for (const line of this.drawn()) if (line.column === 'value') drawLonePoints(chart, line, this.frame);
        drawCursor(chart, this.drawn(), this.frame);
        if (selection) drawSelection(chart.ctx, chart.chartArea, (at) => chart.scales['x']?.getPixelForValue(at) ?? 0, selection, theme);
      },
    };
  }

  private options(): ChartOptions<'line'> {
    const { unit } = this.spec;
    const look = { color: () => this.frame.theme.quiet, font: () => this.frame.theme.font, maxRotation: 0 };
    const time: ScaleOptions<'linear'> = {
      type: 'linear', min: this.frame.from, max: this.frame.to, border: { display: false }, grid: { display: false },
      afterBuildTicks: (scale) => { scale.ticks = timeTicks(this.frame, scale.width).map((value) => ({ value })); },
      ticks: { ...look, align: 'inner', autoSkip: false, callback: (value) => timeLabel(Number(value), this.frame) },
    };
    const values: ScaleOptions<'linear'> = {
      type: 'linear', beginAtZero: true, ...this.reach(), border: { display: false },
      afterFit: (scale) => { scale.width = AXIS_WIDTH; },
      grid: { color: () => this.frame.theme.grid, drawTicks: false },
      ticks: { ...look, padding: 6, maxTicksLimit: unit === 'fraction' ? 3 : 4, callback: (value) => tickLabel(Number(value), unit), ...(unit === 'requests' ? { precision: 0 } : {}) },
    };
    return {
      animation: false, parsing: false, normalized: true, spanGaps: false, responsive: true, maintainAspectRatio: false, events: [],
      layout: { padding: { right: RIGHT_PADDING, top: 4 } },
      elements: { line: { borderJoinStyle: 'bevel' }, point: { radius: 0, hitRadius: 0 } },
      scales: { x: time, y: values },
    };
  }
}
