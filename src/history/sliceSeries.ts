/** Answers a chart's query from series that do not grow: an import, or the result of a query. */
import { firstIndexFrom, seriesSince, type ChartQuery, type ChartSeries } from '../shared/chartData';
import { decimate } from './decimate';

/** Copies of the selected series, with the rows of the query's time range; a series without rows there is left out. */
export function sliceSeries(
  all: readonly ChartSeries[],
  { measures, engines, from, to, maxPoints }: ChartQuery,
): ChartSeries[] {
  return all
    .filter((series) => measures.includes(series.measure) && isSelected(series, engines))
    .map((series) => copyRange(series, from, to))
    .filter(({ at }) => at.length > 0)
    .map((series) => (maxPoints === undefined ? series : decimate(series, maxPoints)));
}

const isSelected = ({ engine }: ChartSeries, engines: ChartQuery['engines']): boolean =>
  engines === 'aggregate' ? !engine : engine !== undefined && (engines === 'each' || engines.includes(engine.id));

/** A copy of the rows between two times, both inclusive. */
function copyRange(series: ChartSeries, from: number, to: number): ChartSeries {
  const copy = seriesSince(series, from);
  const end = firstIndexFrom(copy.at, to + 1);
  for (const column of [copy.at, copy.value, copy.lowest, copy.highest])
    if (column) column.length = Math.min(column.length, end);
  return copy;
}
