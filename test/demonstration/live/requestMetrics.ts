/** What vLLM counts and observes when a request starts, drafts or ends, in its own families. */
import type { Random } from './random';
import { increment, observe, type Bounds, type Registry } from './registry';
import { maxTokens, type Request } from './request';

interface MetricContext {
  registry: Registry;
  bounds: Bounds;
  random: Random;
  /** Seconds since the start of the simulation. */
  now: number;
}

/** Chances that the first, second and third drafted token is accepted. */
const acceptanceRates = [0.72, 0.5, 0.33] as const;

/** Mean number of tokens that a decoding step with drafts gives a request. */
export const tokensPerDraft = 1 + acceptanceRates.reduce((sum, rate) => sum + rate, 0);

/** Called at the first token of a request. */
export function countStart(
  { registry, bounds, random }: MetricContext,
  { promptTokens, cachedTokens, queueSeconds, prefillSeconds }: Request,
): void {
  observe(registry, bounds, 'time_to_first_token_seconds', queueSeconds + prefillSeconds);
  increment(registry, 'prefix_cache_queries', promptTokens);
  increment(registry, 'prefix_cache_hits', cachedTokens);
  increment(registry, 'prompt_tokens', promptTokens);
  increment(registry, 'prompt_tokens_by_source/local_compute', promptTokens - cachedTokens);
  increment(registry, 'prompt_tokens_by_source/local_cache_hit', cachedTokens);
  increment(registry, 'prompt_tokens_cached', cachedTokens);
  increment(registry, 'prompt_tokens_cached_by_source/device', cachedTokens);
  increment(registry, 'generation_tokens');
  if (cachedTokens > 0) observe(registry, bounds, 'kv_block_reuse_gap_seconds', 2 * random.factor(1));
}

/** Called after decoding steps with drafts. */
export function countDrafts(registry: Registry, drafts: number): void {
  const acceptedByPosition = acceptanceRates.map((rate) => Math.round(drafts * rate));
  const accepted = acceptedByPosition.reduce((sum, tokens) => sum + tokens, 0);
  increment(registry, 'spec_decode_num_drafts', drafts);
  increment(registry, 'spec_decode_num_draft_tokens', drafts * acceptanceRates.length);
  increment(registry, 'spec_decode_num_accepted_tokens', accepted);
  acceptedByPosition.forEach((tokens, position) =>
    increment(registry, `spec_decode_num_accepted_tokens_per_pos/${position}`, tokens),
  );
}

/** Called at the end of a request. A request that never started has no latencies. */
export function countFinish(
  { registry, bounds, random, now }: MetricContext,
  request: Request,
  reason: 'stop' | 'length' | 'abort',
): void {
  increment(registry, `request_success/${reason}`);
  if (request.started === undefined) return;
  const { promptTokens, cachedTokens, generatedTokens } = request;
  const decodeSeconds = Math.max(0, now - request.started);
  const inferenceSeconds = request.prefillSeconds + decodeSeconds;
  const observations: readonly (readonly [family: string, value: number])[] = [
    ['e2e_request_latency_seconds', now - request.arrived],
    ['request_queue_time_seconds', request.queueSeconds],
    ['request_inference_time_seconds', inferenceSeconds],
    ['request_prefill_time_seconds', request.prefillSeconds],
    ['request_decode_time_seconds', decodeSeconds],
    ['request_time_per_output_token_seconds', generatedTokens > 1 ? decodeSeconds / (generatedTokens - 1) : 0],
    ['request_prompt_tokens', promptTokens],
    ['request_generation_tokens', generatedTokens],
    ['request_max_num_generation_tokens', generatedTokens],
    ['request_params_max_tokens', maxTokens],
    ['request_params_n', 1],
    ['request_prefill_kv_computed_tokens', promptTokens - cachedTokens],
    ['request_num_preemptions', request.preemptions],
    ['kv_block_lifetime_seconds', inferenceSeconds * random.factor(0.3) + 4],
    ['kv_block_idle_before_evict_seconds', 4 * random.factor(0.5)],
  ];
  for (const [family, value] of observations) observe(registry, bounds, family, value);
}
