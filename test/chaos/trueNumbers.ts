/** What the measures of an engine truly are, from what its node's agent had: an own and simple way to each number. */
import type { Bounds } from '../demonstration/live/registry';
import { reportIntervalMs } from '../demonstration/live/worker';
import type { ServedBody, ServedWorker } from './servedBodies';

/** A span between two bodies that an answer was made of. */
export interface TrueSpan {
  from: ServedWorker;
  to: ServedWorker;
  /** Between the two answers, in ms. */
  ms: number;
  /** Time that the reports with a movement cover, in ms: the least that the work took. */
  movingMs: number;
  /** The same where a report that is seen sooner counts as a whole interval: the most that the work took. */
  reportedMs: number;
}

/** By catalog id, the gauge that an engine reports. */
export const trueGauges: Readonly<Record<string, string>> = {
  num_requests_running: 'num_requests_running',
  num_requests_waiting: 'num_requests_waiting',
  kv_cache_usage_perc: 'kv_cache_usage_perc',
};

/** By catalog id, the counters whose sum is the numerator of a rate. */
export const trueRates: Readonly<Record<string, readonly string[]>> = {
  generation_throughput_tok_s: ['generation_tokens'],
  prompt_throughput_tok_s: ['prompt_tokens'],
  preemptions_s: ['num_preemptions'],
  requests_finished_s: ['request_success/stop', 'request_success/length', 'request_success/abort'],
};

/** By catalog id, numerator and denominator. */
export const trueRatios: Readonly<Record<string, readonly [string, string]>> = {
  prefix_cache_hit_rate: ['prefix_cache_hits', 'prefix_cache_queries'],
};

/** By catalog id, the histogram and the quantile. */
export const trueQuantiles: Readonly<Record<string, readonly [family: string, quantile: number]>> = {
  ttft_seconds_p50: ['time_to_first_token_seconds', 0.5],
  ttft_seconds_p95: ['time_to_first_token_seconds', 0.95],
  tpot_seconds_p99: ['inter_token_latency_seconds', 0.99],
  e2e_seconds_p95: ['e2e_request_latency_seconds', 0.95],
};

/** Every measure that is compared. */
export const comparedMeasures: readonly string[] = [trueGauges, trueRates, trueRatios, trueQuantiles].flatMap((table) =>
  Object.keys(table),
);

const sumOf = ({ counters }: ServedWorker, keys: readonly string[]): number =>
  keys.reduce((sum, key) => sum + (counters.get(key) ?? 0), 0);

/** By how much counters grew. */
export const grownBy = ({ from, to }: Pick<TrueSpan, 'from' | 'to'>, keys: readonly string[]): number =>
  sumOf(to, keys) - sumOf(from, keys);

/** Whether any counter differs. */
export const hasMoved = (from: ServedWorker, to: ServedWorker): boolean =>
  [...to.counters].some(([key, value]) => value !== from.counters.get(key));

/** Whether any counter or bucket fell, as after a restart of the agent. */
export const hasFallen = (from: ServedWorker, to: ServedWorker): boolean =>
  [...from.counters].some(([key, value]) => (to.counters.get(key) ?? -1) < value);

/** A worker between two of its node's bodies; undefined if a body is missing or lies, or the worker was reset between. */
export function trueSpan(worker: string, bodies: readonly ServedBody[]): TrueSpan | undefined {
  const [first, last] = [bodies[0]?.workers.get(worker), bodies.at(-1)?.workers.get(worker)];
  if (!first || !last || bodies.some(({ honesty }) => honesty === 'lie' || honesty === 'foreign')) return undefined;
  let [movingMs, reportedMs] = [0, 0];
  for (const [index, body] of bodies.entries()) {
    const [before, after] = [bodies[index - 1]?.workers.get(worker), body.workers.get(worker)];
    if (!before || !after) continue;
    if (hasFallen(before, after)) return undefined;
    const ms = body.at - (bodies[index - 1]?.at ?? body.at);
    if (hasMoved(before, after)) movingMs += Math.min(ms, after.reportedAt - before.reportedAt);
    reportedMs += Math.max(ms, reportIntervalMs);
  }
  const ms = (bodies.at(-1)?.at ?? 0) - (bodies[0]?.at ?? 0);
  return { from: first, to: last, ms, movingMs, reportedMs: Math.max(reportedMs, last.reportedAt - first.reportedAt) };
}

/** The bucket that a quantile of the observations of a span lies in; undefined without observations. */
export function trueBucket(
  { from, to }: Pick<TrueSpan, 'from' | 'to'>,
  family: string,
  quantile: number,
  allBounds: Bounds,
): { from: number; to: number } | undefined {
  const [earlier, later, bounds] = [from.histograms.get(family), to.histograms.get(family), allBounds[family] ?? []];
  const counts = (later ?? []).map((count, index) => count - (earlier?.[index] ?? 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  let cumulative = 0;
  const index = counts.findIndex((count) => (cumulative += count) >= quantile * total);
  return { from: bounds[index - 1] ?? 0, to: bounds[index] ?? Infinity };
}
