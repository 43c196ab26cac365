/** The steps that a heat map divides its values into, each with one colour. Pure. */
import { firstIndexFrom, type ChartSeries } from '../src/shared/chartData';
import type { ChartRow } from '../src/shared/chartRow';
import { formatValue, type Unit } from '../src/shared/format';
import type { TimeRange } from '../src/shared/protocol';
import { trimZeros } from './axis';
import { rangeText } from './lineValue';

/** Lower bounds of the steps, ascending. The last step has no upper bound. */
export type ValueSteps = readonly number[];

/** What the steps for some values depend on. */
export interface ValueExtent {
  lowest: number;
  highest: number;
  /** The 98th percentile: a single outlier must not leave one colour for all others. Estimated if values are many. */
  usualHigh: number;
}

const usualShare = 0.98;
/** Enough values to estimate a percentile from. */
const maxSampledValues = 2_048;
/** An outlier is this many times as high as what is usual; outliers have a step of their own. */
const outlierFactor = 2;
const niceFactors = [1, 2, 2.5, 5, 10];
/** From here a share is shown on the whole scale. */
const wholeScaleFrom = 0.5;

/** In these units, nothing at all is a separate step: an idle engine is not one with little work. */
const smallestPositive: Partial<Record<Unit, number>> = {
  requests: 1,
  'requests/s': Number.MIN_VALUE,
  'tokens/s': Number.MIN_VALUE,
};
const wholeUnits: ReadonlySet<Unit> = new Set<Unit>(['requests', 'count', 'tokens', 'blocks']);

/** The extent of some series in a time range; undefined without a value. */
export function valueExtent(series: readonly ChartSeries[], { from, to }: TimeRange): ValueExtent | undefined {
  const spans = series.map(({ at }) => [firstIndexFrom(at, from), firstIndexFrom(at, to + 1)] as const);
  const total = spans.reduce((sum, [start, end]) => sum + end - start, 0);
  const stride = Math.max(1, Math.floor(total / maxSampledValues));
  let [lowest, highest, number] = [Infinity, -Infinity, 0];
  const sample: number[] = [];
  series.forEach(({ value }, index) => {
    const [start, end] = spans[index] ?? [0, 0];
    for (let row = start; row < end; row++) {
      const one = value[row];
      if (typeof one !== 'number') continue;
      if (one < lowest) lowest = one;
      if (one > highest) highest = one;
      if (number % stride === 0) sample.push(one);
      number += 1;
    }
  });
  if (number === 0) return undefined;
  sample.sort((a, b) => a - b);
  const usualHigh = sample[Math.min(sample.length - 1, Math.floor(usualShare * sample.length))] ?? highest;
  return { lowest, highest, usualHigh };
}

const byteUnits: ReadonlySet<Unit> = new Set<Unit>(['bytes', 'bytes/s']);

/** The smallest nice step that divides a span into at most `count` parts. */
function niceStep(span: number, count: number, unit: Unit): number {
  if (byteUnits.has(unit)) return 2 ** Math.ceil(Math.log2(span / count));
  const power = 10 ** Math.floor(Math.log10(span / count));
  const steps = niceFactors.map((factor) => factor * power).filter((step) => !wholeUnits.has(unit) || step % 1 === 0);
  return steps.find((step) => Math.ceil(span / step - 1e-9) <= count) ?? Math.max(1, Math.ceil(span / count));
}

/** The end of the equal steps. */
function scaleEnd(
  { usualHigh, highest }: ValueExtent,
  { unit, thresholds }: Pick<ChartRow, 'unit' | 'thresholds'>,
): number {
  const high = usualHigh > 0 ? usualHigh : highest;
  // The last step has at least one whole number, too.
  if (wholeUnits.has(unit)) return high > 0 ? high + 1 : high;
  if (unit !== 'fraction' || high > 1) return high;
  return thresholds || high >= wholeScaleFrom ? 1 : high;
}

/**
 * The steps for values of a metric: of equal, round length from 0 (or from the lowest value, if that is negative). Where
 * the metric has thresholds, a step begins at each of them. At most `maxSteps`.
 */
export function valueSteps(
  extent: ValueExtent,
  row: Pick<ChartRow, 'unit' | 'thresholds'>,
  maxSteps: number,
): ValueSteps {
  const { unit, thresholds } = row;
  const [low, high] = [Math.min(0, extent.lowest), scaleEnd(extent, row)];
  if (high <= low) return [low];
  const extra = [thresholds?.warning, thresholds?.error, smallestPositive[unit]].filter(
    (bound): bound is number => bound !== undefined && bound > low && bound <= high,
  );
  const hasOutliers = extent.highest >= outlierFactor * high;
  for (let count = maxSteps; ; count--) {
    const step = niceStep(high - low, Math.max(1, count), unit);
    const first = Math.floor(low / step);
    const end = Math.ceil(high / step - 1e-9) + (hasOutliers ? 1 : 0);
    // Rounded, because 3 × 0.1 is not 0.3.
    const equal = Array.from({ length: end - first }, (_, index) => Number(((first + index) * step).toPrecision(12)));
    const bounds = [...new Set([...equal, ...extra])].sort((a, b) => a - b);
    if (bounds.length <= maxSteps) return bounds;
    if (count <= 1) return bounds.filter((_, index) => index === 0 || index > bounds.length - maxSteps);
  }
}

/** The step of a value. */
export function stepOf(steps: ValueSteps, value: number): number {
  let step = steps.length - 1;
  while (step > 0 && value < (steps[step] ?? -Infinity)) step -= 1;
  return step;
}

/** The values of a step for people: `20 – 40 %` (40 % belongs to the next step), `1 – 49`, `≥ 98 %`, `0`. */
export function stepText(steps: ValueSteps, step: number, unit: Unit): string {
  const [low = 0, high] = [steps[step], steps[step + 1]];
  const isAnyPositive = low === Number.MIN_VALUE;
  const lowText = isAnyPositive ? '> 0' : boundText(low, unit);
  if (high === undefined) return isAnyPositive || steps.length === 1 ? lowText : `≥ ${lowText}`;
  if (high === smallestPositive[unit]) return '0';
  if (!wholeUnits.has(unit)) return rangeText(lowText, boundText(high, unit));
  return high - 1 === low ? lowText : rangeText(lowText, boundText(high - 1, unit));
}

const boundText = (value: number, unit: Unit): string => (value === 0 ? '0' : trimZeros(formatValue(value, unit)));
