import type { Unit } from './format';
import { isAbsentOr, isFields, isNumber, isString } from './guards';

/** A row of the catalog, as the chart's page needs it. */
export interface ChartRow {
  /** Catalog id. */
  id: string;
  label: string;
  /** For legends. */
  short: string;
  unit: Unit;
  /** Words of the group it is listed in; rows of a group follow one another. */
  category: string;
  help: string;
  /** How the engines' values become one; of a sum, an engine's value is no bound. */
  aggregate: 'sum' | 'max' | 'mean' | 'pooled';
  thresholds?: { warning: number; error: number; source: string };
  /** Rows of one histogram: what their ids begin with. */
  histogram?: string;
  /** Whether anything of it was ever measured here. */
  available: boolean;
}

const isThresholds = (value: unknown): boolean =>
  isFields(value) && isNumber(value['warning']) && isNumber(value['error']) && isString(value['source']);

export function isChartRow(value: unknown): value is ChartRow {
  return (
    isFields(value) &&
    ['id', 'label', 'short', 'unit', 'category', 'help', 'aggregate'].every((key) => isString(value[key])) &&
    isAbsentOr(value['thresholds'], isThresholds) &&
    isAbsentOr(value['histogram'], isString) &&
    typeof value['available'] === 'boolean'
  );
}
