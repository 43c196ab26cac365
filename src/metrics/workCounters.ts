/** The counters that say what an engine has done: tokens, requests, cache hits and drafts. */

/** Canonical names of their families, in the order in which they are stored. */
export const workCounterFamilies = {
  outputTokens: 'generation_tokens',
  promptTokens: 'prompt_tokens',
  requests: 'request_success',
  preemptions: 'num_preemptions',
  prefixQueries: 'prefix_cache_queries',
  prefixHits: 'prefix_cache_hits',
  draftTokens: 'spec_decode_num_draft_tokens',
  acceptedTokens: 'spec_decode_num_accepted_tokens',
} as const;

/** One of these counters. */
export type WorkCounter = keyof typeof workCounterFamilies;

/** All of them, in the order in which they are stored. */
export const workCounters = Object.keys(workCounterFamilies) as WorkCounter[];

/** Totals since an engine started. A counter that the engine does not show is a missing key. */
export type WorkTotals = Partial<Record<WorkCounter, number>>;

/** How far counters advanced; NaN if that is not known. They are whole numbers. */
export type WorkDeltas = Record<WorkCounter, number>;

/** Deltas of which nothing is known. */
export function unknownDeltas(): WorkDeltas {
  return Object.fromEntries(workCounters.map((counter) => [counter, NaN])) as WorkDeltas;
}

/** Adds deltas to a sum. What is not known of one of them counts nothing. */
export function addDeltas(sum: WorkDeltas, deltas: WorkDeltas): void {
  for (const counter of workCounters)
    if (!Number.isNaN(deltas[counter]))
      sum[counter] = (Number.isNaN(sum[counter]) ? 0 : sum[counter]) + deltas[counter];
}

/**
 * How far counters advanced between two readings of an engine. One that appears counts from 0, because Ray creates a
 * counter at its first increment; one that fell belongs to a new process and counts from 0 too. Ray 2.51 and older sum
 * counters in floats, so differences are rounded.
 */
export function deltasBetween(before: WorkTotals, now: WorkTotals, isReset: boolean): WorkDeltas {
  const deltas = unknownDeltas();
  for (const counter of workCounters) {
    const value = now[counter];
    if (value === undefined) continue;
    const earlier = isReset ? 0 : (before[counter] ?? 0);
    const delta = Math.round(value - earlier);
    deltas[counter] = delta < 0 ? Math.round(value) : delta;
  }
  return deltas;
}

/** Whether any counter advanced. */
export const hasAdvanced = (deltas: WorkDeltas): boolean => workCounters.some((counter) => deltas[counter] > 0);
