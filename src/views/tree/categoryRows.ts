/** The categories that have data, each with its metrics; the rows of a histogram stand under one. */
import type { Snapshot } from '../../api';
import { categories, curatedRows, type CatalogRow } from '../../metrics/catalog/index';
import { metricRow } from './metricRow';
import type { TreeRow } from '../shared/treeRow';
import { formatMeasure } from './formatMeasure';

/** SkyRL's eight stand above, and the mean of KV usage beside its fullest. */
const topLevelIds = new Set([...curatedRows.map(({ id }) => id), 'kv_cache_usage_mean']);

const prefixIds = (row: TreeRow): TreeRow => ({
  ...row,
  id: `category/${row.id}`,
  children: row.children.map(prefixIds),
});

const isOfHistogram = (row: CatalogRow): row is Extract<CatalogRow, { histogram: string }> =>
  row.kind === 'mean' || row.kind === 'quantile';

function histogramRow(base: string, rows: readonly CatalogRow[], snapshot: Snapshot, now: number): TreeRow[] {
  const measured = rows.filter(({ id }) => snapshot.measures[id]);
  const [first] = measured;
  if (!first) return [];
  const quantiles = measured.flatMap((row) =>
    row.kind === 'quantile' && row.quantile < 0.99
      ? [`p${row.quantile * 100} ${formatMeasure(row, snapshot.measures[row.id] ?? { value: NaN, to: 0 })}`]
      : [],
  );
  const whole = metricRow(first, snapshot, now);
  return [
    {
      ...whole,
      id: `histogram/${base}`,
      label: first.label.replace(/, p\d+$/, ''),
      description: quantiles.join(' · ') || whole.description,
      icon: { name: 'graph' },
      context: 'histogram',
      children: measured.map((row) => {
        const each = metricRow(row, snapshot, now);
        return { ...each, label: row.kind === 'quantile' ? `p${row.quantile * 100}` : 'mean' };
      }),
    },
  ];
}

function categoryChildren(rows: readonly CatalogRow[], snapshot: Snapshot, now: number): TreeRow[] {
  const done = new Set<string>();
  return rows.flatMap((row): TreeRow[] => {
    if (!isOfHistogram(row))
      return snapshot.measures[row.id] && !topLevelIds.has(row.id) ? [metricRow(row, snapshot, now)] : [];
    if (done.has(row.histogram)) return [];
    done.add(row.histogram);
    return histogramRow(
      row.histogram,
      rows.filter((each) => isOfHistogram(each) && each.histogram === row.histogram),
      snapshot,
      now,
    );
  });
}

/** A row for each category that has a measure. */
export function categoryRows(snapshot: Snapshot, now: number): TreeRow[] {
  return categories.flatMap(({ id, label, rows }): TreeRow[] => {
    const children = categoryChildren(rows, snapshot, now).map(prefixIds);
    if (children.length === 0) return [];
    return [
      {
        id: `category/${id}`,
        label,
        description: String(children.length),
        tooltip: [`${children.length} metrics that were measured.`],
        icon: { name: 'list-unordered' },
        context: 'category',
        children,
      },
    ];
  });
}
