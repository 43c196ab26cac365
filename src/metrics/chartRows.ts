/** The catalog in the form that the chart's page needs. */
import type { ChartRow } from '../shared/chartRow';
import { categories, type CatalogRow } from './catalog';
import { otherCategory } from './otherRows';

/**
 * All rows in the order in which they are shown. `isAvailable`: whether the metric with this id was ever measured;
 * `others`: rows of families that the catalog does not know.
 */
export function chartRows(isAvailable: (id: string) => boolean, others: readonly CatalogRow[] = []): ChartRow[] {
  return [...categories, { label: otherCategory.label, rows: others }].flatMap(({ label, rows }) =>
    rows.map((row) => toChartRow(row, label, isAvailable(row.id))),
  );
}

function toChartRow(row: CatalogRow, category: string, available: boolean): ChartRow {
  const { id, label, shortLabel, unit, help, aggregate, worst, thresholds } = row;
  const histogram = 'histogram' in row ? row.histogram : undefined;
  return {
    id,
    label,
    short: shortLabel,
    unit,
    category,
    help,
    aggregate,
    available,
    ...(worst !== 'neither' && { worst }),
    ...(thresholds && { thresholds }),
    ...(histogram !== undefined && { histogram }),
  };
}
