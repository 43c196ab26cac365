/** How far counters advanced over a generation record: the sum of each series' steps from scrape to scrape. */
import type { TargetCounters } from './scrapeFacts';

/** Sums over all engines. Missing: no engine had two samples of it. */
export interface CounterSums {
  prefixQueries?: number;
  prefixHits?: number;
  drafted?: number;
  accepted?: number;
  promptTokens?: number;
  generatedTokens?: number;
}

const sumByFamily: Record<string, keyof CounterSums> = {
  prefix_cache_queries: 'prefixQueries',
  prefix_cache_hits: 'prefixHits',
  spec_decode_num_draft_tokens: 'drafted',
  spec_decode_num_accepted_tokens: 'accepted',
  prompt_tokens: 'promptTokens',
  generation_tokens: 'generatedTokens',
};

/** Relative float noise: Ray ≤ 2.51 reports `7441.999999999998` after `7442` for the same count. */
const floatNoise = 1e-9;

type Counters = Map<string, { family: string; value: number }>;

/** Adds up counters from scrape to scrape. */
export class CounterTotals {
  /** By engine: the last value of each of its series, also if a later answer left it out. */
  private readonly last = new Map<string, { counters: Counters; processStart: number | undefined }>();
  /**
   * Targets that have answered. A series that appears there later starts at 0: Ray creates a counter at its first
   * increment.
   */
  private readonly answeredTargets = new Set<string>();
  private readonly sums: CounterSums = {};
  /** Keys of engines that restarted. The steps in which they did are not counted. */
  readonly resetEngines = new Set<string>();

  /** Adds the targets that answered one scrape. The first answer of each target is its base. */
  add(targets: readonly TargetCounters[]): void {
    for (const { url, engines, processStart } of targets) {
      for (const [key, counters] of engines) this.addStep(key, counters, processStart, this.answeredTargets.has(url));
      this.answeredTargets.add(url);
    }
  }

  /** A copy of the sums so far. */
  result(): CounterSums {
    return { ...this.sums };
  }

  private addStep(key: string, counters: Counters, processStart: number | undefined, answeredBefore: boolean): void {
    const before = this.last.get(key);
    const hasFallen = [...counters].some(([series, { value }]) => {
      const earlier = before?.counters.get(series)?.value;
      return earlier !== undefined && value < earlier - floatNoise * Math.max(1, earlier);
    });
    const hasRestarted =
      hasFallen ||
      (before?.processStart !== undefined && processStart !== undefined && before.processStart !== processStart);
    if (hasRestarted) this.resetEngines.add(key);
    else
      for (const [series, { family, value }] of counters)
        this.addDifference(family, value, before?.counters.get(series)?.value ?? (answeredBefore ? 0 : undefined));
    const kept = hasRestarted ? [] : (before?.counters ?? []);
    this.last.set(key, { counters: new Map([...kept, ...counters]), processStart });
  }

  private addDifference(family: string, value: number, earlier: number | undefined): void {
    const name = sumByFamily[family];
    if (name === undefined || earlier === undefined) return;
    this.sums[name] = (this.sums[name] ?? 0) + Math.max(0, value - earlier);
  }
}

/**
 * A ratio, or null if the denominator is missing or 0. A missing numerator counts as 0: Ray creates a counter at its
 * first increment.
 */
export function shareOrNull(numerator: number | undefined, denominator: number | undefined): number | null {
  return denominator === undefined || denominator <= 0 ? null : (numerator ?? 0) / denominator;
}
