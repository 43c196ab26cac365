/**
 * Values as SkyRL logs them (its scraper, revision a9564572): gauges summed or averaged over all series, rates and ratios over the
 * time since the scrape before. Nothing held, nothing smoothed. Where SkyRL differences sums, these are sums of differences: the same
 * numbers, except where an engine was reset or a target was lost, which would make SkyRL drop the key or count a life as a step.
 */
import { speculation } from './families';
import { engineDelta } from './deltas';
import type { TargetReading } from './reading';

/** A target's answer, and its answer before, where there was one that counts. */
export interface ReadingPair {
  now: TargetReading;
  before: TargetReading | undefined;
}

interface Total {
  delta: number;
  perSecond: number;
}

/** By `family part`, or `family part position`. A missing key: no pair of samples. */
type Totals = Map<string, Total>;

const key = (family: string, part: string, position?: number): string => (position === undefined ? `${family} ${part}` : `${family} ${part} ${position}`);

function add(totals: Totals, name: string, delta: number, seconds: number): void {
  const total = totals.get(name) ?? { delta: 0, perSecond: 0 };
  total.delta += delta;
  total.perSecond += delta / seconds;
  totals.set(name, total);
}

/** SkyRL knows a rate only of what stood in the scrape before, on whatever engine. */
function familiesBefore(pairs: readonly ReadingPair[]): Set<string> {
  const engines = pairs.flatMap(({ before }) => [...(before?.engines.values() ?? [])]);
  return new Set(engines.flatMap((engine) => [...engine.counters.values()].map(({ meta }) => key(meta.family, meta.part))));
}

function totalsOf(pairs: readonly ReadingPair[], known: ReadonlySet<string>): Totals {
  const totals: Totals = new Map();
  const before = familiesBefore(pairs);
  for (const pair of pairs) {
    if (!pair.before) continue;
    // In seconds before the difference, as Python's clock has it: both roundings are then the same.
    const seconds = Math.max(pair.now.at / 1000 - pair.before.at / 1000, 1e-9);
    for (const engine of pair.now.engines.values()) {
      const counters = pair.before.engines.get(engine.key)?.counters ?? new Map();
      for (const { meta, value } of engineDelta(counters, engine, known, true).deltas) {
        if (!before.has(key(meta.family, meta.part))) continue;
        add(totals, key(meta.family, meta.part), value, seconds);
        if (meta.position !== undefined) add(totals, key(meta.family, meta.part, meta.position), value, seconds);
      }
    }
  }
  return totals;
}

function gaugeValues(pairs: readonly ReadingPair[], family: string): number[] {
  return pairs.flatMap(({ now }) => [...now.engines.values()].flatMap((engine) => engine.gauges.get(family) ?? []));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One key of SkyRL's payload; undefined leaves it out. */
type Rule = (totals: Totals, pairs: readonly ReadingPair[]) => number | undefined;

const gauge = (family: string, how: 'sum' | 'mean'): Rule => (_, pairs) => {
  const values = gaugeValues(pairs, family);
  if (values.length === 0) return undefined;
  return how === 'sum' ? sum(values) : sum(values) / values.length;
};
const rate = (family: string): Rule => (totals) => totals.get(key(family, 'counter'))?.perSecond;
const increase = (family: string): Rule => (totals) => totals.get(key(family, 'counter'))?.delta;

function quotient(totals: Totals, numerator: string, denominator: string): number | undefined {
  const above = totals.get(numerator)?.delta;
  const below = totals.get(denominator)?.delta;
  return above === undefined || below === undefined || below <= 0 ? undefined : above / below;
}
const ratio = (numerator: string, denominator: string): Rule => (totals) => quotient(totals, key(numerator, 'counter'), key(denominator, 'counter'));
const mean = (family: string): Rule => (totals) => quotient(totals, key(family, 'sum'), key(family, 'count'));

const rules: Record<string, Rule> = {
  num_requests_running: gauge('num_requests_running', 'sum'),
  num_requests_waiting: gauge('num_requests_waiting', 'sum'),
  kv_cache_usage_perc: gauge('kv_cache_usage_perc', 'mean'),
  generation_throughput_tok_s: rate('generation_tokens'),
  prompt_throughput_tok_s: rate('prompt_tokens'),
  prefix_cache_hit_rate: ratio('prefix_cache_hits', 'prefix_cache_queries'),
  ttft_seconds_avg: mean('time_to_first_token_seconds'),
  tpot_seconds_avg: mean('inter_token_latency_seconds'),
  draft_num_draft_tokens: increase(speculation.draftTokens),
  draft_num_accepted_tokens: increase(speculation.accepted),
  draft_acceptance_rate: ratio(speculation.accepted, speculation.draftTokens),
  draft_mean_acceptance_length: (totals) => {
    const accepted = quotient(totals, key(speculation.accepted, 'counter'), key(speculation.drafts, 'counter'));
    return accepted === undefined ? undefined : 1 + accepted;
  },
};

/** SkyRL's keys (`vllm/…`) of this scrape. `known`: identities met before this scrape. Units as SkyRL's: requests, fractions, tokens/s, seconds. */
export function skyrlValues(pairs: readonly ReadingPair[], known: ReadonlySet<string>): Record<string, number> {
  const totals = totalsOf(pairs, known);
  const values = Object.entries(rules).map(([name, rule]) => [name, rule(totals, pairs)] as const);
  const positions = [...totals.keys()].filter((name) => name.startsWith(`${speculation.acceptedAt} counter `));
  const atPositions = positions.map((name) => {
    const position = Number(name.split(' ')[2]);
    // SkyRL counts positions from 1, vLLM from 0.
    return [`draft_acceptance_rate_pos_${position + 1}`, quotient(totals, name, key(speculation.drafts, 'counter'))] as const;
  });
  const present = [...values, ...atPositions].filter((entry): entry is readonly [string, number] => entry[1] !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [`vllm/${name}`, value]));
}
