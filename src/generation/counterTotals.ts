/** What counters did over a whole record: each series' own steps from scrape to scrape, added up. */
import type { TargetCounters } from './scrapeFacts';

/** Sums over all engines; a missing one: no engine had a pair of samples of it. */
export interface CounterSums {
  prefixQueries?: number;
  prefixHits?: number;
  drafted?: number;
  accepted?: number;
  promptTokens?: number;
  generatedTokens?: number;
}

const names: Record<string, keyof CounterSums> = {
  prefix_cache_queries: 'prefixQueries',
  prefix_cache_hits: 'prefixHits',
  spec_decode_num_draft_tokens: 'drafted',
  spec_decode_num_accepted_tokens: 'accepted',
  prompt_tokens: 'promptTokens',
  generation_tokens: 'generatedTokens',
};

/** Ray ≤ 2.51 sums counters in floats: `7441.999999999998` after `7442` is the same count. */
const noise = 1e-9;

type Counters = Map<string, { family: string; value: number }>;

export class CounterTotals {
  /** By engine: what each of its series said last, also before an answer that left it out. */
  private readonly last = new Map<string, { counters: Counters; processStart: number | undefined }>();
  /** Targets that have answered: what is met there later counts from 0, since Ray creates a counter at its first increment. */
  private readonly answered = new Set<string>();
  private readonly sums: CounterSums = {};
  /** Engines that began anew, by key: the step in which they did is not counted. */
  readonly resetEngines = new Set<string>();

  /** Takes in the targets that answered one scrape. The first answer of each is the base. */
  add(targets: readonly TargetCounters[]): void {
    for (const { url, engines, processStart } of targets) {
      for (const [key, counters] of engines) this.step(key, counters, processStart, this.answered.has(url));
      this.answered.add(url);
    }
  }

  result(): CounterSums {
    return { ...this.sums };
  }

  private step(key: string, counters: Counters, processStart: number | undefined, absenceSeen: boolean): void {
    const before = this.last.get(key);
    const fell = [...counters].some(([series, { value }]) => {
      const earlier = before?.counters.get(series)?.value;
      return earlier !== undefined && value < earlier - noise * Math.max(1, earlier);
    });
    const anew =
      fell ||
      (before?.processStart !== undefined && processStart !== undefined && before.processStart !== processStart);
    if (anew) this.resetEngines.add(key);
    else
      for (const [series, { family, value }] of counters)
        this.count(family, value, before?.counters.get(series)?.value ?? (absenceSeen ? 0 : undefined));
    this.last.set(key, { counters: new Map([...(anew ? [] : (before?.counters ?? [])), ...counters]), processStart });
  }

  private count(family: string, value: number, earlier: number | undefined): void {
    const name = names[family];
    if (name === undefined || earlier === undefined) return;
    this.sums[name] = (this.sums[name] ?? 0) + Math.max(0, value - earlier);
  }
}

/** A share of what there was; null where there was nothing to take a share of. A numerator that Ray has not created yet is 0 beside its denominator. */
export function shareOrNull(above: number | undefined, below: number | undefined): number | null {
  return below === undefined || below <= 0 ? null : (above ?? 0) / below;
}
