/** The categories that have data, each with its metrics; the rows of one histogram are grouped. */
import type { Snapshot } from '../../api';
import { categories, curatedRows, type CatalogRow } from '../../metrics/catalog/index';
import { childrenOf, hasChildren, type TreeRow } from '../shared/treeRow';
import { formatMeasure } from './formatMeasure';
import { metricRow } from './metricRow';

/** The top of the tree has SkyRL's eight, and the mean of KV usage beside its fullest engine. */
const topLevelIds = new Set([...curatedRows.map(({ id }) => id), 'kv_cache_usage_mean']);

/** VS Code wants IDs that are unique in the whole tree. */
export const prefixIds = (row: TreeRow): TreeRow => ({
  ...row,
  id: `category/${row.id}`,
  children: hasChildren(row) ? () => childrenOf(row).map(prefixIds) : [],
});

const isOfHistogram = (row: CatalogRow): row is Extract<CatalogRow, { histogram: string }> =>
  row.kind === 'mean' || row.kind === 'quantile';

/** One row for all rows of a histogram that were measured; none if none was. `now` is Unix ms. */
export function histogramRow(
  histogram: string,
  rows: readonly CatalogRow[],
  snapshot: Snapshot,
  now: number,
): TreeRow[] {
  const measuredRows = rows.filter(({ id }) => snapshot.measures[id]);
  const [first] = measuredRows;
  if (!first) return [];
  const quantiles = measuredRows.flatMap((row) =>
    row.kind === 'quantile' && row.quantile < 0.99
      ? [`p${row.quantile * 100} ${formatMeasure(row, snapshot.measures[row.id] ?? { value: NaN, to: 0 })}`]
      : [],
  );
  const firstRow = metricRow(first, snapshot, now);
  return [
    {
      ...firstRow,
      id: `histogram/${histogram}`,
      label: first.label.replace(/, p\d+$/, ''),
      description: quantiles.join(' · ') || firstRow.description,
      icon: { name: 'graph' },
      context: 'histogram',
      children: measuredRows.map((row) => ({
        ...metricRow(row, snapshot, now),
        label: row.kind === 'mean' ? 'mean' : (/p\d+$/.exec(row.label)?.[0] ?? row.label),
      })),
    },
  ];
}

function categoryChildren(rows: readonly CatalogRow[], snapshot: Snapshot, now: number): TreeRow[] {
  const histograms = new Set<string>();
  return rows.flatMap((row): TreeRow[] => {
    if (!isOfHistogram(row))
      return snapshot.measures[row.id] && !topLevelIds.has(row.id) ? [metricRow(row, snapshot, now)] : [];
    if (histograms.has(row.histogram)) return [];
    histograms.add(row.histogram);
    const siblings = rows.filter((other) => isOfHistogram(other) && other.histogram === row.histogram);
    return histogramRow(row.histogram, siblings, snapshot, now);
  });
}

/** A row for each category that has a measure. `now` is Unix ms. */
export function categoryRows(snapshot: Snapshot, now: number): TreeRow[] {
  return categories.flatMap(({ id, label, rows }): TreeRow[] => {
    const children = categoryChildren(rows, snapshot, now).map(prefixIds);
    if (children.length === 0) return [];
    return [
      {
        id: `category/${id}`,
        label,
        description: String(children.length),
        tooltip: [`${children.length} ${children.length === 1 ? 'metric' : 'metrics'} with data`],
        icon: { name: 'list-unordered' },
        context: 'category',
        children,
      },
    ];
  });
}
