/** Series with given points. */
import { newSeries, type ChartSeries } from '../../src/shared/chartData';

/** The series of an aggregate over engines without a spread. `points` are times (Unix ms) and values; null is a gap. */
export function seriesOf(
  measure: string,
  points: readonly (readonly [at: number, value: number | null])[],
): ChartSeries {
  return {
    ...newSeries(measure),
    at: points.map(([at]) => at),
    value: points.map(([, value]) => value),
    lowest: points.map(() => null),
    highest: points.map(() => null),
  };
}
