/** Which plots the selected metrics need. Knows no metric by its name. */
import type { ChartRow } from '../src/shared/chartRow';
import type { Unit } from '../src/shared/format';
import type { ViewOptions } from '../src/shared/viewOptions';

/** What one plot shows. */
export interface PlotSpec {
  /** The same as long as the rows are the same, so that a page keeps the plot. */
  id: string;
  kind: 'lines' | 'distribution' | 'heatmap';
  title: string;
  unit: Unit;
  /** For lines: their rows, all of one unit. For a distribution: one row of its histogram. For a heat map: one row. */
  rows: readonly [ChartRow, ...ChartRow[]];
  /** Whether each engine has a line instead of the aggregate; or the IDs of the engines that have one. */
  perEngine: boolean | readonly string[];
}

/** Titles of plots with metrics of several families. */
const unitTitles: Partial<Record<Unit, string>> = {
  requests: 'Requests',
  'requests/s': 'Requests per second',
  fraction: 'Shares',
  tokens: 'Tokens',
  'tokens/s': 'Throughput',
  seconds: 'Time',
  bytes: 'Memory',
  'bytes/s': 'Transfer',
  blocks: 'Blocks',
  count: 'Counts',
  number: 'Numbers',
  '/s': 'Per second',
  W: 'Power',
  '°C': 'Temperature',
  'FLOP/s': 'Compute',
};

/** Name of the histogram of a row: the row's label without the quantile. */
export function histogramLabel({ label }: ChartRow): string {
  return label.replace(/, p[\d.]+$/, '');
}

function titleOf([first, ...others]: readonly [ChartRow, ...ChartRow[]]): string {
  if (others.length === 0) return first.label;
  const isOneHistogram =
    first.histogram !== undefined && others.every(({ histogram }) => histogram === first.histogram);
  return isOneHistogram ? histogramLabel(first) : (unitTitles[first.unit] ?? first.unit);
}

/** Rows by a key, in the order of each group's first row. */
function groupRows(
  rows: readonly ChartRow[],
  keyOf: (row: ChartRow) => string,
): [key: string, rows: [ChartRow, ...ChartRow[]]][] {
  const groups = new Map<string, [ChartRow, ...ChartRow[]]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return [...groups];
}

/**
 * The plots for some options. Metrics of one unit share a plot; if split, only the quantiles of one histogram do; as
 * heat maps, and with a line per engine, each metric has a plot. Distributions follow. Metrics that are not in the catalog are left
 * out.
 */
export function plotsFor(
  { measures, distributions, engines, layout, form }: ViewOptions,
  catalog: readonly ChartRow[],
): PlotSpec[] {
  const isHeatmap = form === 'heatmap';
  const perEngine = Array.isArray(engines) ? engines : isHeatmap || engines === 'each';
  const selectedRows = measures.flatMap((id) => catalog.find((row) => row.id === id) ?? []);
  const plotKey = (row: ChartRow): string => {
    if (perEngine !== false) return row.id;
    return layout === 'overlay' ? `unit:${row.unit}` : (row.histogram ?? row.id);
  };
  const linePlots = groupRows(selectedRows, plotKey).map(([id, rows]): PlotSpec => ({
    id,
    kind: isHeatmap ? 'heatmap' : 'lines',
    title: titleOf(rows),
    unit: rows[0].unit,
    rows,
    perEngine,
  }));
  const distributionPlots = distributions.flatMap((histogram): PlotSpec[] => {
    const row = catalog.find((candidate) => candidate.histogram === histogram);
    if (!row) return [];
    const title = `${histogramLabel(row)} over time`;
    const id = `distribution:${histogram}`;
    return [{ id, kind: 'distribution', title, unit: row.unit, rows: [row], perEngine: false }];
  });
  return [...linePlots, ...distributionPlots];
}
