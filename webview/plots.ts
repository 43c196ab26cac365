/** Which plots there are for a choice. Nothing here knows a metric by its name. */
import type { ChartRow } from '../src/shared/chartRow';
import type { Unit } from '../src/shared/format';
import type { ViewOptions } from '../src/shared/viewOptions';

export interface PlotSpec {
  /** Stays while its rows do: a page keeps the plot. */
  id: string;
  kind: 'lines' | 'distribution';
  title: string;
  unit: Unit;
  /** A plot of lines: their rows, all of one unit. A distribution: a row of its histogram. */
  rows: readonly [ChartRow, ...ChartRow[]];
  /** Whether each engine has its line, instead of the aggregate; or only those with these ids. */
  perEngine: boolean | readonly string[];
}

const titles: Partial<Record<Unit, string>> = {
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

/** A histogram's name: that of its rows without the quantile. */
export function histogramLabel({ label }: ChartRow): string {
  return label.replace(/, p[\d.]+$/, '');
}

function titleOf(rows: readonly [ChartRow, ...ChartRow[]]): string {
  const [first, ...others] = rows;
  if (others.length === 0) return first.label;
  const oneHistogram = first.histogram !== undefined && others.every(({ histogram }) => histogram === first.histogram);
  return oneHistogram ? histogramLabel(first) : (titles[first.unit] ?? first.unit);
}

/** The rows in groups that have a key in common, in the order of each group's first. */
function grouped(
  rows: readonly ChartRow[],
  keyOf: (row: ChartRow) => string,
): { key: string; rows: [ChartRow, ...ChartRow[]] }[] {
  const groups = new Map<string, [ChartRow, ...ChartRow[]]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return [...groups].map(([key, members]) => ({ key, rows: members }));
}

/**
 * The plots of a choice: metrics of one unit together, or, split, each by itself with a histogram's quantiles together; where each engine has
 * its line, always one metric a plot. Distributions come after the lines. What is not in the catalog gives nothing.
 */
export function plotsFor(
  { measures, distributions, engines, layout }: ViewOptions,
  catalog: readonly ChartRow[],
): PlotSpec[] {
  const each = Array.isArray(engines) ? engines : engines === 'each';
  const rows = measures.flatMap((id) => catalog.find((row) => row.id === id) ?? []);
  const keyOf = (row: ChartRow): string =>
    each !== false ? row.id : layout === 'overlay' ? `unit:${row.unit}` : (row.histogram ?? row.id);
  const lines = grouped(rows, keyOf).map(({ key, rows: members }): PlotSpec => ({
    id: key,
    kind: 'lines',
    title: titleOf(members),
    unit: members[0].unit,
    rows: members,
    perEngine: each,
  }));
  const heat = distributions.flatMap((histogram): PlotSpec[] => {
    const row = catalog.find((one) => one.histogram === histogram);
    return row
      ? [
          {
            id: `distribution:${histogram}`,
            kind: 'distribution',
            title: `${histogramLabel(row)} over time`,
            unit: row.unit,
            rows: [row],
            perEngine: false,
          },
        ]
      : [];
  });
  return [...lines, ...heat];
}
