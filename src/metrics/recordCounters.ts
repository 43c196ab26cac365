/** What a generation record adds up, engine by engine. */

/** Families of counters, bare. */
export const recordCounterFamilies: ReadonlySet<string> = new Set([
  'prefix_cache_queries',
  'prefix_cache_hits',
  'spec_decode_num_draft_tokens',
  'spec_decode_num_accepted_tokens',
  'prompt_tokens',
  'generation_tokens',
]);

/** Totals of the engines where no target answered: somebody else counted. */
export interface EngineCounters {
  /** Who counted. */
  url: string;
  /** Unix ms. */
  at: number;
  /** By engine, then by family. */
  engines: Map<string, Map<string, number>>;
}
