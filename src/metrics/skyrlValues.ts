/**
 * Values as SkyRL logs them (its scraper, revision a9564572): gauges summed or averaged over all series, rates and ratios over the
 * time since the scrape before. Nothing held, nothing smoothed. Where SkyRL differences sums, these are sums of differences: the same
 * numbers, except where an engine was reset or a target was lost, which would make SkyRL drop the key or count a life as a step.
 */
import { counterDelta, sumSlots } from './counterDelta';
import { wellKnown, registerSelector } from './catalogIndex';
import type { TargetReading } from './targetReader';
import type { Selector } from './catalog';
import { runToEnd, type SlicedWork } from '../shared/timeSlice';

/** A target's answer, and its answer before, where there was one that counts. */
export interface ReadingPair {
  current: TargetReading;
  previous: TargetReading | undefined;
}

interface Total {
  delta: number;
  perSecond: number;
}

/** By selector's number. A missing key: no pair of samples. */
export interface SkyrlTotals {
  bySelector: Map<number, Total>;
  /** Accepted draft tokens by position, from 0. */
  byPosition: Map<number, number>;
  /** Gauges: the sum of all series, and how many there are. */
  gauges: Map<number, { sum: number; count: number }>;
}

/** The gauges that SkyRL makes something of. */
export const skyrlGauges: readonly number[] = [wellKnown.running, wellKnown.waiting, wellKnown.kvUsage];
/** The selectors whose deltas SkyRL makes something of. */
const summedSelectors = new Set<number>();
const counterSelector = (family: string, part: Selector['sampleKind'] = 'counter'): number => {
  const number = registerSelector({ family, sampleKind: part });
  summedSelectors.add(number);
  return number;
};

/** Their numbers. */
export const skyrlCounters = (): readonly number[] => [...summedSelectors];

/** SkyRL knows a rate only of what stood in the scrape before, on whatever engine. */
function selectorsSeenBefore(pairs: readonly ReadingPair[]): number[] {
  const stood = (selector: number): boolean => {
    for (const { previous } of pairs)
      for (const { seriesIndex, values } of previous?.engines.values() ?? [])
        if (sumSlots(values, seriesIndex.slotsOf(selector)) !== undefined) return true;
    return false;
  };
  return [...summedSelectors].filter(stood);
}

/** `seconds`: what rates divide by, where it is not the time between the answers. */
function* totalsOf(pairs: readonly ReadingPair[], seconds: number | undefined): SlicedWork<SkyrlTotals> {
  const totals: SkyrlTotals = { bySelector: new Map(), byPosition: new Map(), gauges: gaugeTotals(pairs) };
  const counted = selectorsSeenBefore(pairs);
  for (const { current, previous } of pairs) {
    yield;
    if (!previous) continue;
    // In seconds before the difference, as Python's clock has it: both roundings are then the same.
    const elapsed = seconds ?? Math.max(current.at / 1000 - previous.at / 1000, 1e-9);
    for (const { key, seriesIndex, values } of current.engines.values()) {
      const { deltas } = counterDelta(seriesIndex, previous.engines.get(key)?.values, values, true);
      for (const selector of counted) {
        const delta = sumSlots(deltas, seriesIndex.slotsOf(selector));
        if (delta === undefined) continue;
        let total = totals.bySelector.get(selector);
        if (!total) totals.bySelector.set(selector, (total = { delta: 0, perSecond: 0 }));
        total.delta += delta;
        total.perSecond += delta / elapsed;
        if (selector === wellKnown.acceptedByPosition)
          addPositions(
            totals.byPosition,
            seriesIndex
              .slotsOf(selector)
              .map((place) => [Number(seriesIndex.metas[place]?.labels.get('position')), deltas[place] ?? NaN]),
          );
      }
    }
  }
  return totals;
}

function addPositions(
  byPosition: Map<number, number>,
  deltas: readonly (readonly [position: number, delta: number])[],
): void {
  for (const [position, delta] of deltas)
    if (!Number.isNaN(position) && !Number.isNaN(delta))
      byPosition.set(position, (byPosition.get(position) ?? 0) + delta);
}

function gaugeTotals(pairs: readonly ReadingPair[]): SkyrlTotals['gauges'] {
  const totals: SkyrlTotals['gauges'] = new Map();
  for (const {
    current: { engines },
  } of pairs)
    for (const { seriesIndex, values } of engines.values()) {
      for (const selector of skyrlGauges)
        for (const place of seriesIndex.slotsOf(selector)) {
          const value = values[place] ?? NaN;
          if (Number.isNaN(value)) continue;
          let total = totals.get(selector);
          if (!total) totals.set(selector, (total = { sum: 0, count: 0 }));
          total.sum += value;
          total.count += 1;
        }
    }
  return totals;
}

/** One key of SkyRL's payload; undefined leaves it out. */
type Rule = (totals: SkyrlTotals) => number | undefined;

const gaugeRule =
  (selector: number, how: 'sum' | 'mean'): Rule =>
  ({ gauges }) => {
    const total = gauges.get(selector);
    return total && (how === 'sum' ? total.sum : total.sum / total.count);
  };

const divideIfPositive = (above: number | undefined, below: number | undefined): number | undefined =>
  above === undefined || below === undefined || below <= 0 ? undefined : above / below;

function rateRule(family: string): Rule {
  const number = counterSelector(family);
  return ({ bySelector }) => bySelector.get(number)?.perSecond;
}
function increaseRule(family: string): Rule {
  const number = counterSelector(family);
  return ({ bySelector }) => bySelector.get(number)?.delta;
}
function quotientRule(above: number, below: number): Rule {
  return ({ bySelector }) => divideIfPositive(bySelector.get(above)?.delta, bySelector.get(below)?.delta);
}
const ratioRule = (above: string, below: string): Rule => quotientRule(counterSelector(above), counterSelector(below));
const meanRule = (family: string): Rule =>
  quotientRule(counterSelector(family, 'sum'), counterSelector(family, 'count'));

const draftTokens = 'spec_decode_num_draft_tokens';
const accepted = 'spec_decode_num_accepted_tokens';
const acceptedPerDraft = ratioRule(accepted, 'spec_decode_num_drafts');
summedSelectors.add(wellKnown.acceptedByPosition);

const rules: Record<string, Rule> = {
  num_requests_running: gaugeRule(wellKnown.running, 'sum'),
  num_requests_waiting: gaugeRule(wellKnown.waiting, 'sum'),
  kv_cache_usage_perc: gaugeRule(wellKnown.kvUsage, 'mean'),
  generation_throughput_tok_s: rateRule('generation_tokens'),
  prompt_throughput_tok_s: rateRule('prompt_tokens'),
  prefix_cache_hit_rate: ratioRule('prefix_cache_hits', 'prefix_cache_queries'),
  ttft_seconds_avg: meanRule('time_to_first_token_seconds'),
  tpot_seconds_avg: meanRule('inter_token_latency_seconds'),
  draft_num_draft_tokens: increaseRule(draftTokens),
  draft_num_accepted_tokens: increaseRule(accepted),
  draft_acceptance_rate: ratioRule(accepted, draftTokens),
  draft_mean_acceptance_length: (totals) => {
    const perDraft = acceptedPerDraft(totals);
    return perDraft === undefined ? undefined : 1 + perDraft;
  },
};

const rulesByKey: readonly (readonly [key: string, rule: Rule])[] = Object.entries(rules).map(([name, rule]) => [
  `vllm/${name}`,
  rule,
]);

/** SkyRL's keys but for positions of drafts. */
export const skyrlKeys: readonly string[] = rulesByKey.map(([key]) => key);

/**
 * SkyRL's keys (`vllm/…`) of these answers, units as SkyRL's: requests, fractions, tokens/s, seconds. `seconds`: what rates divide by, as in
 * a window that was paused; the time between the answers where it is not said.
 */
export function skyrlValues(pairs: readonly ReadingPair[], seconds?: number): Record<string, number> {
  return runToEnd(skyrlValuesInSlices(pairs, seconds));
}

/** The same, with pauses for others. */
export function* skyrlValuesInSlices(
  pairs: readonly ReadingPair[],
  seconds?: number,
): SlicedWork<Record<string, number>> {
  return valuesFromTotals(yield* totalsOf(pairs, seconds));
}

/** SkyRL's keys of sums that somebody else has made. */
export function valuesFromTotals(totals: SkyrlTotals): Record<string, number> {
  const values: Record<string, number> = {};
  const note = (key: string, value: number | undefined): void => {
    if (value !== undefined) values[key] = value;
  };
  for (const [key, rule] of rulesByKey) note(key, rule(totals));
  // SkyRL counts positions from 1, vLLM from 0.
  for (const [position, delta] of totals.byPosition)
    note(
      `vllm/draft_acceptance_rate_pos_${position + 1}`,
      divideIfPositive(delta, totals.bySelector.get(wellKnown.drafts)?.delta),
    );
  return values;
}
