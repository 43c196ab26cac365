/** The sums over all engines that SkyRL's values are computed from. */
import type { SlicedWork } from '../shared/timeSlice';
import { sumSlots } from './counterDelta';
import { readingDelta } from './readingDelta';
import type { SeriesIndex } from './seriesIndex';
import type { SkyrlIndex } from './skyrlFormulas';
import type { TargetReading } from './targetReader';

/** A target's reading, and the one before if it counts. */
export interface ReadingPair {
  current: TargetReading;
  previous: TargetReading | undefined;
  /**
   * Another process gave this answer, so that nothing is compared: `restarted` began anew, on Ray the agent with the
   * counters of all its engines; `alternating` is another server at the same address.
   */
  change?: 'restarted' | 'alternating' | undefined;
}

interface CounterTotal {
  delta: number;
  perSecond: number;
}

/** `numerator` is undefined while no engine has it. */
export interface RatioTotal {
  numerator: number | undefined;
  denominator: number;
}

/** Sums by selector number. A selector without a pair of samples has none. */
export interface SkyrlTotals {
  bySelector: Map<number, CounterTotal>;
  /**
   * Deltas of those engines that have both halves of a ratio, by its key. Undefined if the sums do not come from
   * engines: then `bySelector` has the halves.
   */
  ratios?: Map<string, RatioTotal>;
  /** Deltas of accepted draft tokens by position, counted from 0. */
  byPosition: Map<number, number>;
  /** The sum over all series of a gauge, and their number. */
  gauges: Map<number, { sum: number; count: number }>;
}

/** SkyRL has a delta only of those counters that any engine had in the scrape before. */
function countersSeenBefore(counters: readonly number[], pairs: readonly ReadingPair[]): number[] {
  const wasSeen = (selector: number): boolean => {
    for (const { previous } of pairs)
      for (const { seriesIndex, values } of previous?.engines.values() ?? [])
        if (sumSlots(values, seriesIndex.slotsOf(selector)) !== undefined) return true;
    return false;
  };
  return counters.filter(wasSeen);
}

/**
 * Adds up all engines, with a pause after each target. `seconds`: what rates are divided by, if it is not the time
 * between the readings.
 */
export function* sumForSkyrl(
  index: SkyrlIndex,
  pairs: readonly ReadingPair[],
  seconds: number | undefined,
): SlicedWork<SkyrlTotals> {
  const ratios = new Map<string, RatioTotal>();
  const totals: SkyrlTotals = {
    bySelector: new Map(),
    ratios,
    byPosition: new Map(),
    gauges: sumGauges(index, pairs),
  };
  const counters = countersSeenBefore(index.counters, pairs);
  for (const { current, previous } of pairs) {
    yield;
    // A clock that went back leaves no time to divide by.
    if (!previous || current.at < previous.at) continue;
    // Python's clock counts seconds. Converting before subtracting gives the same rounding.
    const elapsed = seconds ?? Math.max(current.at / 1000 - previous.at / 1000, 1e-9);
    for (const reading of current.engines.values()) {
      const { key, seriesIndex } = reading;
      const before = previous.engines.get(key);
      // An engine that began anew has other slots: its series cannot be compared.
      if (before && before.seriesIndex !== seriesIndex) continue;
      const { deltas } = readingDelta(reading, before?.values, true);
      addRatios(index, ratios, { seriesIndex, before: before?.values, deltas });
      for (const selector of counters) {
        const delta = sumSlots(deltas, seriesIndex.slotsOf(selector));
        if (delta === undefined) continue;
        let total = totals.bySelector.get(selector);
        if (!total) totals.bySelector.set(selector, (total = { delta: 0, perSecond: 0 }));
        total.delta += delta;
        total.perSecond += delta / elapsed;
        if (selector === index.acceptedByPosition) addPositions(totals.byPosition, seriesIndex, selector, deltas);
      }
    }
  }
  return totals;
}

/**
 * Adds an engine's ratios. A half that is missing for one scrape leaves the engine out; a numerator that never existed
 * is 0.
 */
function addRatios(
  { formulas }: SkyrlIndex,
  ratios: Map<string, RatioTotal>,
  engine: { seriesIndex: SeriesIndex; before: Float64Array | undefined; deltas: Float64Array },
): void {
  const { seriesIndex, before, deltas } = engine;
  for (const [key, formula] of formulas) {
    if (formula.kind !== 'ratio') continue;
    const slots = seriesIndex.slotsOf(formula.numerator);
    const denominator = sumSlots(deltas, seriesIndex.slotsOf(formula.denominator));
    const numerator = sumSlots(deltas, slots);
    const isMissing = numerator === undefined && before !== undefined && sumSlots(before, slots) !== undefined;
    if (denominator === undefined || isMissing) continue;
    const total = ratios.get(key) ?? { numerator: undefined, denominator: 0 };
    if (numerator !== undefined) total.numerator = (total.numerator ?? 0) + numerator;
    total.denominator += denominator;
    ratios.set(key, total);
  }
}

/** Draft models propose a handful of tokens; each position is a value. */
const positionPattern = /^\d{1,2}$/;

function addPositions(
  byPosition: Map<number, number>,
  seriesIndex: SeriesIndex,
  selector: number,
  deltas: Float64Array,
): void {
  for (const slot of seriesIndex.slotsOf(selector)) {
    const position = seriesIndex.metas[slot]?.labels.get('position') ?? '';
    const delta = deltas[slot] ?? NaN;
    if (positionPattern.test(position) && !Number.isNaN(delta))
      byPosition.set(Number(position), (byPosition.get(Number(position)) ?? 0) + delta);
  }
}

function sumGauges({ gauges }: SkyrlIndex, pairs: readonly ReadingPair[]): SkyrlTotals['gauges'] {
  const totals: SkyrlTotals['gauges'] = new Map();
  for (const { current } of pairs)
    for (const { seriesIndex, values } of current.engines.values()) {
      for (const selector of gauges)
        for (const slot of seriesIndex.slotsOf(selector)) {
          const value = values[slot] ?? NaN;
          if (Number.isNaN(value)) continue;
          let total = totals.get(selector);
          if (!total) totals.set(selector, (total = { sum: 0, count: 0 }));
          total.sum += value;
          total.count += 1;
        }
    }
  return totals;
}
