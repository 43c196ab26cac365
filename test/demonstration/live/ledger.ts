/** What a worker has counted and set since it started, by bare family name (`generation_tokens`), with `/label` for the families that have one. */

/** The one label some families have beyond those of the worker. */
export const extraLabels: Readonly<Record<string, string>> = {
  num_requests_waiting_by_reason: 'reason',
  engine_sleep_state: 'sleep_state',
  prompt_tokens_by_source: 'source',
  prompt_tokens_cached_by_source: 'source',
  request_success: 'finished_reason',
  spec_decode_num_accepted_tokens_per_pos: 'position',
  training_phase: 'phase',
};

export interface Ledger {
  counters: Map<string, number>;
  /** Set since the last report. */
  gauges: Map<string, number>;
  /** Observations by bucket, not cumulative; the last one is +Inf. */
  histograms: Map<string, number[]>;
}

/** Upper bounds of a histogram's buckets, without +Inf. */
export type Bounds = Readonly<Record<string, readonly number[]>>;

export const createLedger = (): Ledger => ({ counters: new Map(), gauges: new Map(), histograms: new Map() });

/** Adds to a counter. Adding 0 makes no series: Ray takes no increment of 0. */
export function count(ledger: Ledger, key: string, by = 1): void {
  if (by > 0) ledger.counters.set(key, (ledger.counters.get(key) ?? 0) + by);
}

/** Adds `times` observations of `value` to a histogram. */
export function observe(ledger: Ledger, bounds: Bounds, family: string, value: number, times = 1): void {
  if (times <= 0) return;
  const limits = bounds[family];
  if (!limits) throw new Error(`no bucket bounds for ${family}`);
  const buckets = ledger.histograms.get(family) ?? Array<number>(limits.length + 1).fill(0);
  const index = limits.findIndex((limit) => value <= limit);
  const bucket = index < 0 ? limits.length : index;
  buckets[bucket] = (buckets[bucket] ?? 0) + times;
  ledger.histograms.set(family, buckets);
}

/** `_sum` as Ray ≥ 2.52 rebuilds it: each observation counts as the middle of its bucket, beyond the last bound as twice that bound. */
export function sumOfMidpoints(buckets: readonly number[], limits: readonly number[]): number {
  return buckets.reduce((sum, times, index) => {
    const low = limits[index - 1] ?? 0;
    const high = limits[index];
    return sum + times * (high === undefined ? low * 2 : (low + high) / 2);
  }, 0);
}
