/** Whether a message's data is what the chart draws. */
import type { ChartBand, ChartData, ChartDistribution, ChartEngine, ChartSeries } from './chartData';
import { isAbsentOr, isCount, isFields, isList, isNumber, isOneOf, isText } from './guards';

/** Numbers that rise. */
function isRising(value: unknown): value is number[] {
  return (
    isList(value, isNumber) && value.every((number, index) => index === 0 || number > (value[index - 1] ?? Infinity))
  );
}

const isNumberOrGap = (value: unknown): value is number | null => value === null || isNumber(value);

export const isEngine = (value: unknown): value is ChartEngine =>
  isFields(value) && isText(value['id']) && isText(value['name']) && isAbsentOr(value['part'], (part) => part === true);

function isSeries(value: unknown): value is ChartSeries {
  if (!isFields(value) || !isText(value['measure']) || !isRising(value['at']) || !isAbsentOr(value['engine'], isEngine))
    return false;
  const { at } = value;
  const isColumn = (column: unknown): boolean => isList(column, isNumberOrGap) && column.length === at.length;
  return isColumn(value['value']) && isAbsentOr(value['lowest'], isColumn) && isAbsentOr(value['highest'], isColumn);
}

function isBand(value: unknown): value is ChartBand {
  return (
    isFields(value) &&
    isOneOf(value['kind'], ['phase', 'state', 'reset']) &&
    isAbsentOr(value['engine'], isEngine) &&
    isNumber(value['from']) &&
    isAbsentOr(value['to'], isNumber) &&
    isText(value['label'])
  );
}

function isDistribution(value: unknown): value is ChartDistribution {
  if (!isFields(value) || !isText(value['histogram']) || !isRising(value['bounds']) || !isRising(value['to']))
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
    isCount(value['engines']) &&
    isAbsentOr(value['distributions'], (list) => isList(list, isDistribution))
  );
}
