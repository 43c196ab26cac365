import { Chart, LinearScale, LineController, LineElement, PointElement, type ChartDataset, type ChartOptions, type Point, type ScaleOptions } from 'chart.js';
import type { CatalogRow } from '../src/metrics/catalog';
import { formatValue } from '../src/shared/format';
import { tickLabel, timeLabel, timeTicks, titleUnit } from './axis';
import { make } from './dom';
import type { Frame } from './frame';
import { Legend } from './legend';
import type { Line } from './lines';
import { drawBand, drawCursor, drawLonePoints, drawThresholds } from './marks';
import { rowOf, type PlotSpec } from './plots';
import { shownRows } from './reading';
import { plotSummary } from './summary';

Chart.register(LineController, LineElement, PointElement, LinearScale);

/** The width of all value axes: plots above one another share their time axis. */
export const AXIS_WIDTH = 44;

/** What a plot tells its page. */
export interface PlotEvents {
  /** Unix ms under the mouse; `undefined` when it left. */
  hover: (at: number | undefined) => void;
  toggle: (key: string) => void;
}

function dataset({ series, colour, dash }: Line, frame: Frame): ChartDataset<'line', Point[]> {
  const [start, end] = shownRows(series, frame);
  const data = series.at.slice(start, end).map((x, index) => ({ x, y: series.value[start + index] ?? NaN }));
  return { data, borderColor: colour, borderDash: [...dash] };
}

/** One plot: a title, a canvas that says in words what it shows, and a legend. */
export class Plot {
  readonly element: HTMLElement;
  readonly row: CatalogRow;
  private readonly canvas = make('canvas', { role: 'img' });
  private readonly legend: Legend;
  private readonly chart: Chart<'line', Point[]>;
  private lines: readonly Line[] = [];

  constructor(readonly spec: PlotSpec, private frame: Frame, events: PlotEvents) {
    this.row = rowOf(spec);
    this.legend = new Legend(this.row.unit, events.toggle);
    const { thresholds, unit } = this.row;
    const limits = thresholds && make('span', { class: 'limits', title: `Thresholds: ${thresholds.source}` },
      make('span', { class: 'warning' }, formatValue(thresholds.warning, unit)), ' ', make('span', { class: 'error' }, formatValue(thresholds.error, unit)));
    const heading = make('h2', { id: `title-${spec.id}` }, spec.title, ' ', make('small', {}, titleUnit(unit)));
    this.element = make('section', { class: spec.each ? 'each' : 'aggregate', 'aria-labelledby': heading.id, 'data-plot': spec.id, 'data-unit': unit },
      make('header', {}, heading, ...(limits ? [limits] : [])), make('div', { class: 'canvas' }, this.canvas), this.legend.element);
    this.canvas.addEventListener('pointermove', (event) => events.hover(this.timeUnder(event)));
    this.canvas.addEventListener('pointerleave', () => events.hover(undefined));
    this.chart = new Chart(this.canvas, { type: 'line', data: { datasets: [] }, options: this.options(), plugins: [this.marks()] });
  }

  /** Draws lines in a frame; how many series and points were drawn. */
  draw(lines: readonly Line[], frame: Frame): { series: number; points: number } {
    this.lines = lines;
    this.frame = frame;
    const drawn = this.drawn();
    this.chart.data.datasets = drawn.filter(({ column }) => column === 'value').map((line) => dataset(line, frame));
    Object.assign(this.chart.options.scales?.['x'] ?? {}, { min: frame.from, max: frame.to });
    this.chart.update('none');
    this.legend.update(lines, frame);
    const summary = plotSummary(this.spec.title, lines, this.row.unit, frame);
    if (this.canvas.getAttribute('aria-label') !== summary) this.canvas.setAttribute('aria-label', summary);
    return { series: drawn.length, points: this.chart.data.datasets.reduce((sum, { data }) => sum + data.filter(({ y }) => !Number.isNaN(y)).length, 0) };
  }

  /** Moves the cursor only: nothing is laid out anew. */
  moveCursor(frame: Frame): void {
    this.frame = frame;
    this.chart.draw();
    this.legend.update(this.lines, frame);
  }

  dispose(): void {
    this.chart.destroy();
    this.element.remove();
  }

  private drawn(): Line[] {
    return this.lines.filter(({ key }) => !this.frame.muted.has(key));
  }

  private timeUnder(event: PointerEvent): number | undefined {
    return this.chart.scales['x']?.getValueForPixel(event.offsetX);
  }

  private marks(): { id: string; beforeDatasetsDraw(chart: Chart): void; afterDatasetsDraw(chart: Chart): void } {
    return {
      id: 'marks',
      beforeDatasetsDraw: (chart) => {
        for (const line of this.drawn()) if (line.column === 'lowest') drawBand(chart, line, this.frame);
        drawThresholds(chart, this.row, this.frame);
      },
      afterDatasetsDraw: (chart) => {
        for (const line of this.drawn()) if (line.column === 'value') drawLonePoints(chart, line, this.frame);
        drawCursor(chart, this.drawn(), this.frame);
      },
    };
  }

  private options(): ChartOptions<'line'> {
    const { unit } = this.row;
    const look = { color: () => this.frame.theme.quiet, font: () => this.frame.theme.font, maxRotation: 0 };
    const time: ScaleOptions<'linear'> = {
      type: 'linear', min: this.frame.from, max: this.frame.to, border: { display: false }, grid: { display: false },
      afterBuildTicks: (scale) => { scale.ticks = timeTicks(this.frame.from, this.frame.to, scale.width).map((value) => ({ value })); },
      ticks: { ...look, align: 'inner', autoSkip: false, callback: (value) => timeLabel(Number(value), this.frame) },
    };
    const values: ScaleOptions<'linear'> = {
      type: 'linear', beginAtZero: true, suggestedMax: 1, border: { display: false },
      afterFit: (scale) => { scale.width = AXIS_WIDTH; },
      grid: { color: () => this.frame.theme.grid, drawTicks: false },
      ticks: { ...look, padding: 6, maxTicksLimit: unit === 'fraction' ? 3 : 4, callback: (value) => tickLabel(Number(value), unit), ...(unit === 'requests' ? { precision: 0 } : {}) },
    };
    return {
      animation: false, parsing: false, normalized: true, spanGaps: false, responsive: true, maintainAspectRatio: false, events: [],
      layout: { padding: { right: 2, top: 4 } },
      elements: { line: { borderWidth: 1.5, borderJoinStyle: 'round' }, point: { radius: 0, hitRadius: 0 } },
      scales: { x: time, y: values },
    };
  }
}
