/** The categories that have data, each with its metrics; the rows of a histogram stand under one. */
import type { Snapshot } from '../../api';
import { categories, curated, type CatalogRow } from '../../metrics/catalog/index';
import { metricRow } from './metricRow';
import type { Row } from '../shared/treeRow';
import { shown } from './formatMeasure';

/** SkyRL's eight stand above, and the mean of KV usage beside its fullest. */
const above = new Set([...curated.map(({ id }) => id), 'kv_cache_usage_mean']);

const prefixed = (row: Row): Row => ({ ...row, id: `category/${row.id}`, children: row.children.map(prefixed) });

const isOfHistogram = (row: CatalogRow): row is Extract<CatalogRow, { histogram: string }> =>
  row.kind === 'mean' || row.kind === 'quantile';

function histogramRow(base: string, rows: readonly CatalogRow[], snapshot: Snapshot, now: number): Row[] {
  const measured = rows.filter(({ id }) => snapshot.measures[id]);
  const [first] = measured;
  if (!first) return [];
  const quantiles = measured.flatMap((row) =>
    row.kind === 'quantile' && row.quantile < 0.99
      ? [`p${row.quantile * 100} ${shown(row, snapshot.measures[row.id] ?? { value: NaN, to: 0 })}`]
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

function rowsOf(rows: readonly CatalogRow[], snapshot: Snapshot, now: number): Row[] {
  const done = new Set<string>();
  return rows.flatMap((row): Row[] => {
    if (!isOfHistogram(row))
      return snapshot.measures[row.id] && !above.has(row.id) ? [metricRow(row, snapshot, now)] : [];
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
export function categoryRows(snapshot: Snapshot, now: number): Row[] {
  return categories.flatMap(({ id, label, rows }): Row[] => {
    const children = rowsOf(rows, snapshot, now).map(prefixed);
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
