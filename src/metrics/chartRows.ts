/** The catalog in the form that the chart's page needs. */
import type { ChartRow } from '../shared/chartRow';
import { categories, type CatalogRow } from './catalog';

/** All rows in the order in which they are shown. `isAvailable`: whether the metric with this id was ever measured. */
export function chartRows(isAvailable: (id: string) => boolean): ChartRow[] {
  return categories.flatMap(({ label, rows }) => rows.map((row) => toChartRow(row, label, isAvailable(row.id))));
}

function toChartRow(row: CatalogRow, category: string, available: boolean): ChartRow {
  const { id, label, shortLabel, unit, help, aggregate, thresholds } = row;
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
    ...(thresholds && { thresholds }),
    ...(histogram !== undefined && { histogram }),
  };
}
