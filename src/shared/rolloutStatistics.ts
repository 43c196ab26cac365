/** Statistics over rollouts of one kind: median, spread and outliers. What was cut off counts in none of them. */
import type { Rollout } from './rollout';
import { rolloutFigures, type RolloutFigure } from './rolloutFigures';

/** The middle of some values. */
export interface Spread {
  count: number;
  median: number;
  /** The quarters: half of all values are between them. */
  low: number;
  high: number;
}

/** Fewer values have no outliers: nothing is usual yet. */
const minValuesForOutliers = 8;
/**
 * A value whose modified z-score exceeds this is an outlier (Iglewicz and Hoaglin, How to Detect and Handle Outliers,
 * 1993).
 */
const outlierScore = 3.5;
/** The median absolute deviation of normally distributed values is this part of their standard deviation. */
const deviationFactor = 0.6745;
/** Deviations below this share of the median are never outliers: where all values are equal, any change would be one. */
const minDeviation = 0.1;

/** A quantile of ascending values, between neighbours by their distance; NaN if there are none. */
function quantileOf(ascending: readonly number[], quantile: number): number {
  const position = (ascending.length - 1) * quantile;
  const below = ascending[Math.floor(position)] ?? NaN;
  const above = ascending[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

const ascendingOf = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** The median of values; undefined if there are none. */
export const medianOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : quantileOf(ascendingOf(values), 0.5);

/** Median and quarters of values; undefined if there are none. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const ascending = ascendingOf(values);
  return {
    count: ascending.length,
    median: quantileOf(ascending, 0.5),
    low: quantileOf(ascending, 0.25),
    high: quantileOf(ascending, 0.75),
  };
}

/** The rollouts of a kind that count: both ends were seen. */
export const wholeRollouts = (rollouts: readonly Rollout[], kind: Rollout['kind']): Rollout[] =>
  rollouts.filter((rollout) => rollout.kind === kind && !rollout.cut);

/** The known values of a figure. */
export const figureValues = (rollouts: readonly Rollout[], { valueOf }: RolloutFigure): number[] =>
  rollouts.flatMap((rollout) => valueOf(rollout) ?? []);

/** Between which values a value is usual. */
export interface UsualRange {
  low: number;
  high: number;
}

/** The usual range of values; undefined if there are too few. */
export function usualRange(values: readonly number[]): UsualRange | undefined {
  const median = medianOf(values);
  if (median === undefined || values.length < minValuesForOutliers) return undefined;
  const deviation = medianOf(values.map((value) => Math.abs(value - median))) ?? 0;
  const distance = Math.max((outlierScore * deviation) / deviationFactor, minDeviation * Math.abs(median));
  return { low: median - distance, high: median + distance };
}

/** By figure: what is usual among the rollouts of a kind that count. */
export function usualRanges(rollouts: readonly Rollout[], kind: Rollout['kind']): Map<string, UsualRange> {
  const whole = wholeRollouts(rollouts, kind);
  return new Map(
    rolloutFigures.flatMap((figure) => {
      const range = usualRange(figureValues(whole, figure));
      return range ? [[figure.id, range] as const] : [];
    }),
  );
}

/** Whether a value is unusually high or low; undefined if it is usual. A duration must differ by more than its error. */
export function outlierOf(
  rollout: Rollout,
  { id, valueOf }: RolloutFigure,
  ranges: ReadonlyMap<string, UsualRange>,
): 'high' | 'low' | undefined {
  const value = valueOf(rollout);
  const range = ranges.get(id);
  if (value === undefined || !range || rollout.cut) return undefined;
  const error = id === 'seconds' ? rollout.uncertainty : 0;
  if (value - error > range.high) return 'high';
  return value + error < range.low ? 'low' : undefined;
}
