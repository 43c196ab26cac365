/** A row of the catalog as the chart's page needs it, with its guard. */
import type { Unit } from './format';
import { isAbsentOr, isNumber, isObject, isOneOf, isString } from './guards';

/** A metric that the chart can show. */
export interface ChartRow {
  /** Catalog id. */
  id: string;
  label: string;
  /** Short label for legends. */
  short: string;
  unit: Unit;
  /** Name of the category it is listed in; rows of a category follow one another. */
  category: string;
  help: string;
  /** How the engines' values become one. An engine's value is no bound of a sum. */
  aggregate: 'sum' | 'max' | 'mean' | 'pooled';
  /** Which extreme is the bad one. Absent: neither. */
  worst?: 'high' | 'low';
  thresholds?: { warning: number; error: number; source: string };
  /** Of a row that comes from a histogram: the beginning of the ids of all its rows. */
  histogram?: string;
  /** Whether it has ever been measured in this window. */
  available: boolean;
}

const isThresholds = (value: unknown): boolean =>
  isObject(value) && isNumber(value['warning']) && isNumber(value['error']) && isString(value['source']);

/** Whether a value is a row of the chart's catalog. */
export function isChartRow(value: unknown): value is ChartRow {
  return (
    isObject(value) &&
    ['id', 'label', 'short', 'unit', 'category', 'help', 'aggregate'].every((key) => isString(value[key])) &&
    isAbsentOr(value['worst'], (worst) => isOneOf(worst, ['high', 'low'])) &&
    isAbsentOr(value['thresholds'], isThresholds) &&
    isAbsentOr(value['histogram'], isString) &&
    typeof value['available'] === 'boolean'
  );
}
