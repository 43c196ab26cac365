/** What is plotted, as data. Adding a line is adding a row. */
import { catalogRow, type CatalogRow } from '../src/metrics/catalog';
import type { ViewOptions } from '../src/shared/protocol';
import type { ChartColour } from './theme';

/** A measure in a plot. */
export interface PlotLine {
  measure: string;
  /** In the legend of the aggregate. */
  name: string;
  /** Title of its own plot, where each engine has a line. */
  title: string;
  colour: ChartColour;
  /** The legend's name of the band between the lowest and the highest engine; absent: no band, as with sums. */
  band?: string;
}

export interface PlotSpec {
  id: string;
  title: string;
  lines: readonly PlotLine[];
  /** Whether each engine has its line, instead of the aggregate. */
  each: boolean;
}

const plots: readonly Omit<PlotSpec, 'each'>[] = [
  {
    id: 'kv', title: 'KV cache used',
    lines: [{ measure: 'kv_cache_usage_perc', name: 'fullest engine', title: 'KV cache used', colour: 'blue', band: 'lowest engine' }],
  },
  {
    id: 'requests', title: 'Requests',
    lines: [
      { measure: 'num_requests_running', name: 'running', title: 'Requests running', colour: 'green' },
      { measure: 'num_requests_waiting', name: 'waiting', title: 'Requests waiting', colour: 'yellow' },
    ],
  },
  {
    id: 'throughput', title: 'Throughput',
    lines: [
      { measure: 'generation_throughput_tok_s', name: 'generation', title: 'Generation throughput', colour: 'purple' },
      { measure: 'prompt_throughput_tok_s', name: 'prompt', title: 'Prompt throughput', colour: 'blue' },
    ],
  },
];

/** The plots of a choice: by unit for aggregates; one per measure where each engine has a line. */
export function plotsFor(engines: ViewOptions['engines']): PlotSpec[] {
  if (engines === 'aggregate') return plots.map((plot) => ({ ...plot, each: false }));
  return plots.flatMap(({ lines }) => lines.map((line) => ({ id: line.measure, title: line.title, lines: [line], each: true })));
}

/** The catalog row that gives a plot its unit and thresholds: all lines of a plot have one unit. */
export function rowOf(plot: PlotSpec): CatalogRow {
  return catalogRow(plot.lines[0]?.measure ?? '');
}
