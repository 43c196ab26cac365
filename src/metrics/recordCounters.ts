/** The counters that a generation record adds up, by engine. */

/** Canonical names of their families. */
export const recordCounterFamilies: ReadonlySet<string> = new Set([
  'prefix_cache_queries',
  'prefix_cache_hits',
  'spec_decode_num_draft_tokens',
  'spec_decode_num_accepted_tokens',
  'prompt_tokens',
  'generation_tokens',
]);

/** The engines' counters as a source other than the targets has them, such as a Prometheus. */
export interface EngineCounters {
  /** URL of that source. */
  url: string;
  /** Unix ms. */
  at: number;
  /** Totals by family, by engine key. */
  engines: Map<string, Map<string, number>>;
}
