/** The metrics of one simulated process: counters, gauges and histograms. */

/** The label that some families have beside those of the process. Keys of such families end with `/` and its value. */
export const extraLabels: Readonly<Record<string, string>> = {
  num_requests_waiting_by_reason: 'reason',
  engine_sleep_state: 'sleep_state',
  prompt_tokens_by_source: 'source',
  prompt_tokens_cached_by_source: 'source',
  request_success: 'finished_reason',
  spec_decode_num_accepted_tokens_per_pos: 'position',
  training_phase: 'phase',
};

/** Values since the process started. Keys are bare family names: `generation_tokens`, `request_success/stop`. */
export interface Registry {
  counters: Map<string, number>;
  /** Gauges that were set since the last report. */
  gauges: Map<string, number>;
  /** Observations per bucket, not cumulative; the last bucket is `+Inf`. */
  histograms: Map<string, number[]>;
}

/** Upper bounds of a histogram's buckets, without `+Inf`, by bare family name. */
export type Bounds = Readonly<Record<string, readonly number[]>>;

/** A registry without values. */
export const createRegistry = (): Registry => ({ counters: new Map(), gauges: new Map(), histograms: new Map() });

/** Adds to a counter. Like Ray, which ignores increments of 0, it creates no series for 0. */
export function increment(registry: Registry, key: string, by = 1): void {
  if (by > 0) registry.counters.set(key, (registry.counters.get(key) ?? 0) + by);
}

/** Adds `times` observations of a value to a histogram. Throws if the family has no bounds. */
export function observe(registry: Registry, bounds: Bounds, family: string, value: number, times = 1): void {
  if (times <= 0) return;
  const familyBounds = bounds[family];
  if (!familyBounds) throw new Error(`no bucket bounds for ${family}`);
  const buckets = registry.histograms.get(family) ?? Array<number>(familyBounds.length + 1).fill(0);
  const index = familyBounds.findIndex((bound) => value <= bound);
  const bucket = index < 0 ? familyBounds.length : index;
  buckets[bucket] = (buckets[bucket] ?? 0) + times;
  registry.histograms.set(family, buckets);
}

/**
 * The `_sum` of a histogram as Ray since 2.52 computes it: an observation counts as the middle of its bucket, and
 * beyond
 * the last bound as twice that bound.
 */
export function sumOfMidpoints(buckets: readonly number[], bounds: readonly number[]): number {
  return buckets.reduce((sum, times, index) => {
    const lower = bounds[index - 1] ?? 0;
    const upper = bounds[index];
    return sum + times * (upper === undefined ? lower * 2 : (lower + upper) / 2);
  }, 0);
}
