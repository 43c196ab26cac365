/**
 * How SkyRL's scraper (revision a9564572) computes the values that it logs, as a table: key, formula, and the selectors
 * that a formula reads.
 */
import type { ScalarKind, Selector } from './catalog';

/** How one value is computed from sums over all series. Deltas run from the scrape before to this one. */
type SkyrlFormula =
  | { kind: 'gauge'; gauge: Selector; aggregate: 'sum' | 'mean' }
  /** Delta per second. */
  | { kind: 'rate'; counter: Selector }
  /** Delta. */
  | { kind: 'increase'; counter: Selector }
  /** Delta divided by delta, plus a constant. */
  | { kind: 'ratio'; numerator: Selector; denominator: Selector; plus: number };

const select = (family: string, sampleKind: ScalarKind): Selector => ({ family, sampleKind });

const gauge = (family: string, aggregate: 'sum' | 'mean'): SkyrlFormula => ({
  kind: 'gauge',
  gauge: select(family, 'gauge'),
  aggregate,
});
const rate = (family: string): SkyrlFormula => ({ kind: 'rate', counter: select(family, 'counter') });
const increase = (family: string): SkyrlFormula => ({ kind: 'increase', counter: select(family, 'counter') });
const ratio = (numerator: string, denominator: string, plus = 0): SkyrlFormula => ({
  kind: 'ratio',
  numerator: select(numerator, 'counter'),
  denominator: select(denominator, 'counter'),
  plus,
});
const mean = (family: string): SkyrlFormula => ({
  kind: 'ratio',
  numerator: select(family, 'sum'),
  denominator: select(family, 'count'),
  plus: 0,
});

const drafts = 'spec_decode_num_drafts';
const draftTokens = 'spec_decode_num_draft_tokens';
const acceptedTokens = 'spec_decode_num_accepted_tokens';

/** SkyRL's keys without the prefix `vllm/`, and without the positions of drafts, which have a key for each. */
const skyrlFormulas: Readonly<Record<string, SkyrlFormula>> = {
  num_requests_running: gauge('num_requests_running', 'sum'),
  num_requests_waiting: gauge('num_requests_waiting', 'sum'),
  kv_cache_usage_perc: gauge('kv_cache_usage_perc', 'mean'),
  generation_throughput_tok_s: rate('generation_tokens'),
  prompt_throughput_tok_s: rate('prompt_tokens'),
  prefix_cache_hit_rate: ratio('prefix_cache_hits', 'prefix_cache_queries'),
  ttft_seconds_avg: mean('time_to_first_token_seconds'),
  tpot_seconds_avg: mean('inter_token_latency_seconds'),
  draft_num_draft_tokens: increase(draftTokens),
  draft_num_accepted_tokens: increase(acceptedTokens),
  draft_acceptance_rate: ratio(acceptedTokens, draftTokens),
  draft_mean_acceptance_length: ratio(acceptedTokens, drafts, 1),
};

/** The share of drafts whose token at a position was accepted; series of the numerator have the label `position`. */
const positionFormula = {
  accepted: select('spec_decode_num_accepted_tokens_per_pos', 'counter'),
  drafts: select(drafts, 'counter'),
};

function selectorsOf(formula: SkyrlFormula): readonly Selector[] {
  if (formula.kind === 'gauge') return [formula.gauge];
  return formula.kind === 'ratio' ? [formula.numerator, formula.denominator] : [formula.counter];
}

/** Every selector that SkyRL's values are computed from. */
export const skyrlSelectors: readonly Selector[] = [
  ...Object.values(skyrlFormulas).flatMap(selectorsOf),
  ...Object.values(positionFormula),
];

/** A formula with selector numbers instead of selectors. */
export type IndexedFormula =
  | { kind: 'gauge'; gauge: number; aggregate: 'sum' | 'mean' }
  | { kind: 'rate'; counter: number }
  | { kind: 'increase'; counter: number }
  | { kind: 'ratio'; numerator: number; denominator: number; plus: number };

/** SkyRL's formulas with selector numbers. */
export interface SkyrlIndex {
  readonly formulas: readonly (readonly [key: string, formula: IndexedFormula])[];
  /** Selector numbers of all gauges. */
  readonly gauges: readonly number[];
  /** Selector numbers of all counters, each once. */
  readonly counters: readonly number[];
  /** Accepted draft tokens; a series for each position. */
  readonly acceptedByPosition: number;
  readonly drafts: number;
}

function indexFormula(formula: SkyrlFormula, numberOf: (selector: Selector) => number): IndexedFormula {
  switch (formula.kind) {
    case 'gauge':
      return { kind: 'gauge', gauge: numberOf(formula.gauge), aggregate: formula.aggregate };
    case 'rate':
    case 'increase':
      return { kind: formula.kind, counter: numberOf(formula.counter) };
    case 'ratio':
      return {
        kind: 'ratio',
        numerator: numberOf(formula.numerator),
        denominator: numberOf(formula.denominator),
        plus: formula.plus,
      };
  }
}

/** Replaces selectors by their numbers. `numberOf` throws for a selector whose series nothing reads. */
export function indexSkyrlFormulas(numberOf: (selector: Selector) => number): SkyrlIndex {
  const numbersOfKind = (isGauge: boolean): number[] => [
    ...new Set(skyrlSelectors.filter(({ sampleKind }) => (sampleKind === 'gauge') === isGauge).map(numberOf)),
  ];
  return {
    formulas: Object.entries(skyrlFormulas).map(
      ([name, formula]) => [`vllm/${name}`, indexFormula(formula, numberOf)] as const,
    ),
    gauges: numbersOfKind(true),
    counters: numbersOfKind(false),
    acceptedByPosition: numberOf(positionFormula.accepted),
    drafts: numberOf(positionFormula.drafts),
  };
}
