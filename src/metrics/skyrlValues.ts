/**
 * Values as SkyRL logs them (its scraper, revision a9564572): gauges summed or averaged over all series, rates and ratios over the
 * time since the scrape before. Nothing held, nothing smoothed. Where SkyRL differences sums, these are sums of differences: the same
 * numbers, except where an engine was reset or a target was lost, which would make SkyRL drop the key or count a life as a step.
 */
import { counterDelta, sumAt } from './counterDelta';
import { asked, selectorNumber } from './catalogIndex';
import type { TargetReading } from './targetReader';
import type { Selector } from './catalog';
import { atOnce, type Sliced } from '../shared/timeSlice';

/** A target's answer, and its answer before, where there was one that counts. */
export interface ReadingPair {
  now: TargetReading;
  before: TargetReading | undefined;
}

interface Total {
  delta: number;
  perSecond: number;
}

/** By selector's number. A missing key: no pair of samples. */
export interface Totals {
  bySelector: Map<number, Total>;
  /** Accepted draft tokens by position, from 0. */
  byPosition: Map<number, number>;
  /** Gauges: the sum of all series, and how many there are. */
  gauges: Map<number, { sum: number; count: number }>;
}

/** The gauges that SkyRL makes something of. */
export const gaugesTotalled: readonly number[] = [asked.running, asked.waiting, asked.kvUsage];
/** The selectors whose deltas SkyRL makes something of. */
const summed = new Set<number>();
const counter = (family: string, part: Selector['part'] = 'counter'): number => {
  const number = selectorNumber({ family, part });
  summed.add(number);
  return number;
};

/** Their numbers. */
export const countersTotalled = (): readonly number[] => [...summed];

/** SkyRL knows a rate only of what stood in the scrape before, on whatever engine. */
function stoodBefore(pairs: readonly ReadingPair[]): number[] {
  const stood = (selector: number): boolean => {
    for (const { before } of pairs)
      for (const { layout, values } of before?.engines.values() ?? [])
        if (sumAt(values, layout.of(selector)) !== undefined) return true;
    return false;
  };
  return [...summed].filter(stood);
}

/** `seconds`: what rates divide by, where it is not the time between the answers. */
function* totalsOf(pairs: readonly ReadingPair[], seconds: number | undefined): Sliced<Totals> {
  const totals: Totals = { bySelector: new Map(), byPosition: new Map(), gauges: gaugeTotals(pairs) };
  const counted = stoodBefore(pairs);
  for (const { now, before } of pairs) {
    yield;
    if (!before) continue;
    // In seconds before the difference, as Python's clock has it: both roundings are then the same.
    const elapsed = seconds ?? Math.max(now.at / 1000 - before.at / 1000, 1e-9);
    for (const { key, layout, values } of now.engines.values()) {
      const { deltas } = counterDelta(layout, before.engines.get(key)?.values, values, true);
      for (const selector of counted) {
        const delta = sumAt(deltas, layout.of(selector));
        if (delta === undefined) continue;
        let total = totals.bySelector.get(selector);
        if (!total) totals.bySelector.set(selector, (total = { delta: 0, perSecond: 0 }));
        total.delta += delta;
        total.perSecond += delta / elapsed;
        if (selector === asked.acceptedAt)
          addPositions(
            totals.byPosition,
            layout
              .of(selector)
              .map((place) => [Number(layout.metas[place]?.labels.get('position')), deltas[place] ?? NaN]),
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

function gaugeTotals(pairs: readonly ReadingPair[]): Totals['gauges'] {
  const totals: Totals['gauges'] = new Map();
  for (const {
    now: { engines },
  } of pairs)
    for (const { layout, values } of engines.values()) {
      for (const selector of gaugesTotalled)
        for (const place of layout.of(selector)) {
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
type Rule = (totals: Totals) => number | undefined;

const gauge =
  (selector: number, how: 'sum' | 'mean'): Rule =>
  ({ gauges }) => {
    const total = gauges.get(selector);
    return total && (how === 'sum' ? total.sum : total.sum / total.count);
  };

const divided = (above: number | undefined, below: number | undefined): number | undefined =>
  above === undefined || below === undefined || below <= 0 ? undefined : above / below;

function rate(family: string): Rule {
  const number = counter(family);
  return ({ bySelector }) => bySelector.get(number)?.perSecond;
}
function increase(family: string): Rule {
  const number = counter(family);
  return ({ bySelector }) => bySelector.get(number)?.delta;
}
function quotient(above: number, below: number): Rule {
  return ({ bySelector }) => divided(bySelector.get(above)?.delta, bySelector.get(below)?.delta);
}
const ratio = (above: string, below: string): Rule => quotient(counter(above), counter(below));
const mean = (family: string): Rule => quotient(counter(family, 'sum'), counter(family, 'count'));

const draftTokens = 'spec_decode_num_draft_tokens';
const accepted = 'spec_decode_num_accepted_tokens';
const acceptedPerDraft = ratio(accepted, 'spec_decode_num_drafts');
summed.add(asked.acceptedAt);

const rules: Record<string, Rule> = {
  num_requests_running: gauge(asked.running, 'sum'),
  num_requests_waiting: gauge(asked.waiting, 'sum'),
  kv_cache_usage_perc: gauge(asked.kvUsage, 'mean'),
  generation_throughput_tok_s: rate('generation_tokens'),
  prompt_throughput_tok_s: rate('prompt_tokens'),
  prefix_cache_hit_rate: ratio('prefix_cache_hits', 'prefix_cache_queries'),
  ttft_seconds_avg: mean('time_to_first_token_seconds'),
  tpot_seconds_avg: mean('inter_token_latency_seconds'),
  draft_num_draft_tokens: increase(draftTokens),
  draft_num_accepted_tokens: increase(accepted),
  draft_acceptance_rate: ratio(accepted, draftTokens),
  draft_mean_acceptance_length: (totals) => {
    const perDraft = acceptedPerDraft(totals);
    return perDraft === undefined ? undefined : 1 + perDraft;
  },
};

const keyed: readonly (readonly [key: string, rule: Rule])[] = Object.entries(rules).map(([name, rule]) => [
  `vllm/${name}`,
  rule,
]);

/** SkyRL's keys but for positions of drafts. */
export const skyrlKeys: readonly string[] = keyed.map(([key]) => key);

/**
 * SkyRL's keys (`vllm/…`) of these answers, units as SkyRL's: requests, fractions, tokens/s, seconds. `seconds`: what rates divide by, as in
 * a window that was paused; the time between the answers where it is not said.
 */
export function skyrlValues(pairs: readonly ReadingPair[], seconds?: number): Record<string, number> {
  return atOnce(skyrlValuesInSlices(pairs, seconds));
}

/** The same, with pauses for others. */
export function* skyrlValuesInSlices(pairs: readonly ReadingPair[], seconds?: number): Sliced<Record<string, number>> {
  return valuesOf(yield* totalsOf(pairs, seconds));
}

/** SkyRL's keys of sums that somebody else has made. */
export function valuesOf(totals: Totals): Record<string, number> {
  const values: Record<string, number> = {};
  const note = (key: string, value: number | undefined): void => {
    if (value !== undefined) values[key] = value;
  };
  for (const [key, rule] of keyed) note(key, rule(totals));
  // SkyRL counts positions from 1, vLLM from 0.
  for (const [position, delta] of totals.byPosition)
    note(`vllm/draft_acceptance_rate_pos_${position + 1}`, divided(delta, totals.bySelector.get(asked.drafts)?.delta));
  return values;
}
