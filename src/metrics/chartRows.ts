import type { ChartRow } from '../shared/chartRow';
import { categories, type CatalogRow } from './catalog';

/** The catalog as the chart's page needs it, in the order in which it is shown. `isAvailable`: whether a catalog id was ever measured here. */
export function chartRows(isAvailable: (id: string) => boolean): ChartRow[] {
  return categories.flatMap(({ label, rows }) => rows.map((row) => chartRow(row, label, isAvailable(row.id))));
}

function chartRow(row: CatalogRow, category: string, available: boolean): ChartRow {
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
