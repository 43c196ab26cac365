import { firstIndexFrom, seriesSince, type ChartQuery, type ChartSeries } from '../shared/chartData';
import { decimate } from './decimate';

const isRequested = ({ engine }: ChartSeries, engines: ChartQuery['engines']): boolean =>
  engines === 'aggregate' ? !engine : engine !== undefined && (engines === 'each' || engines.includes(engine.id));

/** A copy of the rows between these times, both inclusive. */
function copyRange(series: ChartSeries, from: number, to: number): ChartSeries {
  const copy = seriesSince(series, from);
  const end = firstIndexFrom(copy.at, to + 1);
  for (const column of [copy.at, copy.value, copy.lowest, copy.highest])
    if (column) column.length = Math.min(column.length, end);
  return copy;
}

/** What a query asks of series that stand still (an import, a query's result), as copies; without those that have nothing in its time. */
export function sliceSeries(
  all: readonly ChartSeries[],
  { measures, engines, from, to, maxPoints }: ChartQuery,
): ChartSeries[] {
  return all
    .filter((series) => measures.includes(series.measure) && isRequested(series, engines))
    .map((series) => copyRange(series, from, to))
    .filter(({ at }) => at.length > 0)
    .map((series) => (maxPoints === undefined ? series : decimate(series, maxPoints)));
}
