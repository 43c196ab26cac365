/** Whether a message's data is what the chart draws. */
import type { ChartBand, ChartData, ChartDistribution, ChartSubject, ChartSeries } from './chartData';
import { isAbsentOr, isCount, isFields, isList, isNumber, isOneOf, isString } from './guards';

/** Numbers that rise. */
function isRising(value: unknown): value is number[] {
  return (
    isList(value, isNumber) && value.every((number, index) => index === 0 || number > (value[index - 1] ?? Infinity))
  );
}

const isNumberOrGap = (value: unknown): value is number | null => value === null || isNumber(value);

export const isChartSubject = (value: unknown): value is ChartSubject =>
  isFields(value) &&
  isString(value['id']) &&
  isString(value['name']) &&
  isAbsentOr(value['nonEngine'], (flag) => flag === true);

function isSeries(value: unknown): value is ChartSeries {
  if (
    !isFields(value) ||
    !isString(value['measure']) ||
    !isRising(value['at']) ||
    !isAbsentOr(value['engine'], isChartSubject)
  )
    return false;
  const { at } = value;
  const isColumn = (column: unknown): boolean => isList(column, isNumberOrGap) && column.length === at.length;
  return isColumn(value['value']) && isAbsentOr(value['lowest'], isColumn) && isAbsentOr(value['highest'], isColumn);
}

function isBand(value: unknown): value is ChartBand {
  return (
    isFields(value) &&
    isOneOf(value['kind'], ['phase', 'state', 'reset']) &&
    isAbsentOr(value['engine'], isChartSubject) &&
    isNumber(value['from']) &&
    isAbsentOr(value['to'], isNumber) &&
    isString(value['label'])
  );
}

function isDistribution(value: unknown): value is ChartDistribution {
  if (!isFields(value) || !isString(value['histogram']) || !isRising(value['bounds']) || !isRising(value['to']))
    return false;
  const { bounds, from, to, counts } = value;
  const isRow = (row: unknown): row is number[] =>
    isList(row, isNumber) && row.length === bounds.length + 1 && row.every((count) => count >= 0);
  return isList(from, isNumber) && from.length === to.length && isList(counts, isRow) && counts.length === to.length;
}

export function isChartData(value: unknown): value is ChartData {
  return (
    isFields(value) &&
    isList(value['series'], isSeries) &&
    isList(value['bands'], isBand) &&
    isCount(value['engineCount']) &&
    isAbsentOr(value['distributions'], (list) => isList(list, isDistribution))
  );
}
