/** Guards for the data that the chart draws. */
import type { ChartBand, ChartData, ChartDistribution, ChartSeries } from './chartData';
import { isAbsentOr, isCount, isList, isNumber, isObject, isOneOf, isString } from './guards';
import { isSeriesColumns } from './seriesColumns';
import { isChartSubject } from './subjectChoice';

/** Whether a value is a list of strictly ascending numbers. */
export function isAscending(value: unknown): value is number[] {
  return (
    isList(value, isNumber) && value.every((number, index) => index === 0 || number > (value[index - 1] ?? Infinity))
  );
}

const isNumberOrGap = (value: unknown): value is number | null => value === null || isNumber(value);

function isSeries(value: unknown): value is ChartSeries {
  if (
    !isObject(value) ||
    !isString(value['measure']) ||
    !isAscending(value['at']) ||
    !isAbsentOr(value['engine'], isChartSubject)
  )
    return false;
  const { at } = value;
  const isColumn = (column: unknown): boolean => isList(column, isNumberOrGap) && column.length === at.length;
  return isColumn(value['value']) && isAbsentOr(value['lowest'], isColumn) && isAbsentOr(value['highest'], isColumn);
}

/** Whether a value is a band of the chart, also as files hold it. */
export function isChartBand(value: unknown): value is ChartBand {
  return (
    isObject(value) &&
    isOneOf(value['kind'], ['phase', 'state', 'reset']) &&
    isAbsentOr(value['engine'], isChartSubject) &&
    isNumber(value['from']) &&
    isAbsentOr(value['to'], isNumber) &&
    isString(value['label'])
  );
}

function isDistribution(value: unknown): value is ChartDistribution {
  if (!isObject(value) || !isString(value['histogram']) || !isAscending(value['bounds']) || !isAscending(value['to']))
    return false;
  const { bounds, from, to, counts } = value;
  const isRow = (row: unknown): row is number[] =>
    isList(row, isNumber) && row.length === bounds.length + 1 && row.every((count) => count >= 0);
  return isList(from, isNumber) && from.length === to.length && isList(counts, isRow) && counts.length === to.length;
}

/** Whether a value is everything that a chart draws, or an increment of it. */
export function isChartData(value: unknown): value is ChartData {
  return (
    isObject(value) &&
    isList(value['series'], isSeries) &&
    isList(value['bands'], isChartBand) &&
    isCount(value['engineCount']) &&
    isAbsentOr(value['distributions'], (list) => isList(list, isDistribution)) &&
    isAbsentOr(value['columns'], isSeriesColumns)
  );
}
