/**
 * The values that SkyRL would log (its scraper at revision a9564572): gauges summed or averaged over all series, rates
 * and ratios over the time since the scrape before, nothing kept and nothing smoothed.
 *
 * SkyRL takes differences of sums; here they are sums of differences. The results are the same, except where an engine
 * was reset or a target did not answer (docs/metrics.md, Where values differ from SkyRL's log).
 */
import { runToEnd, type SlicedWork } from '../shared/timeSlice';
import type { IndexedFormula, SkyrlIndex } from './skyrlFormulas';
import { sumForSkyrl, type ReadingPair, type SkyrlTotals } from './skyrlTotals';

export type { ReadingPair, SkyrlTotals } from './skyrlTotals';

const divideIfPositive = (numerator: number | undefined, denominator: number | undefined): number | undefined =>
  // A sum beyond what a number can hold would make a false 0.
  numerator === undefined || denominator === undefined || denominator <= 0 || denominator === Infinity
    ? undefined
    : numerator / denominator;

function computeFormula(
  key: string,
  formula: IndexedFormula,
  { bySelector, ratios, gauges }: SkyrlTotals,
): number | undefined {
  switch (formula.kind) {
    case 'gauge': {
      const total = gauges.get(formula.gauge);
      return total && (formula.aggregate === 'sum' ? total.sum : total.sum / total.count);
    }
    case 'rate':
      return bySelector.get(formula.counter)?.perSecond;
    case 'increase':
      return bySelector.get(formula.counter)?.delta;
    case 'ratio': {
      const total = ratios?.get(key);
      // SkyRL has no delta of a counter that no engine had in the scrape before.
      const isKnown = bySelector.has(formula.numerator) && bySelector.has(formula.denominator);
      const quotient =
        ratios && isKnown
          ? divideIfPositive(total?.numerator, total?.denominator)
          : divideIfPositive(bySelector.get(formula.numerator)?.delta, bySelector.get(formula.denominator)?.delta);
      return quotient === undefined ? undefined : formula.plus + quotient;
    }
  }
}

/** SkyRL's values by key (`vllm/…`), from sums. A value that cannot be computed or is not finite is left out. */
export function valuesFromTotals(index: SkyrlIndex, totals: SkyrlTotals): Record<string, number> {
  const values: Record<string, number> = {};
  const setValue = (key: string, value: number | undefined): void => {
    if (value !== undefined && Number.isFinite(value)) values[key] = value;
  };
  for (const [key, formula] of index.formulas) setValue(key, computeFormula(key, formula, totals));
  const drafts = totals.bySelector.get(index.drafts)?.delta;
  // SkyRL counts positions from 1, vLLM from 0.
  for (const [position, accepted] of totals.byPosition)
    setValue(`vllm/draft_acceptance_rate_pos_${position + 1}`, divideIfPositive(accepted, drafts));
  return values;
}

/**
 * SkyRL's values by key (`vllm/…`) in SkyRL's units: requests, fractions, tokens/s, seconds.
 *
 * `seconds`: what rates are divided by, for a measuring window that was paused. By default it is the time between the
 * readings of each target.
 */
export function skyrlValues(
  index: SkyrlIndex,
  pairs: readonly ReadingPair[],
  seconds?: number,
): Record<string, number> {
  return runToEnd(skyrlValuesInSlices(index, pairs, seconds));
}

/** The same as `skyrlValues`, with a pause after each target. */
export function* skyrlValuesInSlices(
  index: SkyrlIndex,
  pairs: readonly ReadingPair[],
  seconds?: number,
): SlicedWork<Record<string, number>> {
  return valuesFromTotals(index, yield* sumForSkyrl(index, pairs, seconds));
}
