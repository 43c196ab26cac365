/** Measures against the thresholds of their catalog rows. */
import type { Measure } from '../api';
import { catalogRow } from '../metrics/catalog/index';
import { formatValue } from '../shared/format';

/** A measure's value in its catalog row's unit, whatever its age; undefined if it was not measured. */
export const measureValue = (measures: Readonly<Record<string, Measure>>, id: string): number | undefined =>
  measures[id]?.value;

/** A value of a catalog row as text, with its unit. */
export const formatCatalogValue = (id: string, value: number): string => formatValue(value, catalogRow(id).unit);

/** Throws for a row without thresholds: that is a mistake in the code. */
function thresholdsOf(id: string): { warning: number; error: number } {
  const { thresholds } = catalogRow(id);
  if (!thresholds) throw new Error(`no thresholds in ${id}`);
  return thresholds;
}

/** A reported warning stays until the value is better than the threshold by this factor. */
const hysteresis = 0.9;

/**
 * How bad a value is by its row's thresholds; undefined if it is good. `isReported`: a warning is already reported, so
 * a milder threshold holds.
 */
export function severityOf(id: string, value: number, isReported: boolean): 'warning' | 'error' | undefined {
  const { warning, error } = thresholdsOf(id);
  const factor = isReported ? hysteresis : 1;
  if (catalogRow(id).worst === 'low') {
    if (value <= error) return 'error';
    return value <= warning / factor ? 'warning' : undefined;
  }
  if (value >= error) return 'error';
  return value >= warning * factor ? 'warning' : undefined;
}
