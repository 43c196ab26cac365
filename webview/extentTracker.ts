/** The extent of the values of a heat map, kept from update to update: looking through all values takes milliseconds. */
import type { ChartSeries } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';
import { valueExtent, type ValueExtent } from './valueSteps';

/** The extent is taken anew when the range has moved by this part of its length. */
const renewAfter = 1 / 16;
/** A scrape may tell values that are older than what was drawn last, by this much in ms. */
const lateByMs = 60_000;

/** Remembers the extent of one plot. */
export class ExtentTracker {
  private known: { extent: ValueExtent; range: TimeRange; series: readonly ChartSeries[] } | undefined;

  /**
   * The extent of some series in a range; undefined without a value. What has left the range may still count for a
   * sixteenth of its length, so that colours do not change at every update.
   */
  extentOf(series: readonly ChartSeries[], range: TimeRange): ValueExtent | undefined {
    if (this.known && this.isCurrent(series, range)) return this.known.extent;
    const extent = valueExtent(series, range);
    this.known = extent && { extent, range, series };
    return extent;
  }

  private isCurrent(series: readonly ChartSeries[], { from, to }: TimeRange): boolean {
    const { known } = this;
    if (!known || known.series.length !== series.length) return false;
    const moved = from - known.range.from;
    const length = known.range.to - known.range.from;
    if (to - from !== length || moved < 0 || moved > renewAfter * length) return false;
    if (series.some((one, index) => one !== known.series[index])) return false;
    return series.every((one) => staysWithin(one, known.range.to - lateByMs, known.extent));
  }
}

/** Whether all values since a time are within an extent. */
function staysWithin({ at, value }: ChartSeries, since: number, { lowest, highest }: ValueExtent): boolean {
  for (let index = at.length - 1; index >= 0 && (at[index] as number) >= since; index--) {
    const one = value[index];
    if (typeof one === 'number' && (one < lowest || one > highest)) return false;
  }
  return true;
}
