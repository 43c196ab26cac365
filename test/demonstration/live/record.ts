/** What vLLM records about a request, in its own families. */
import { count, observe, type Bounds, type Ledger } from './ledger';
import type { Random } from './random';
import { maxTokens, type Request } from './request';

export interface Recorder {
  ledger: Ledger;
  bounds: Bounds;
  random: Random;
  /** Seconds since the start of the simulation. */
  now: number;
}

/** Chances that the first, second and third drafted token is accepted. */
const accepted = [0.72, 0.5, 0.33] as const;

/** Tokens that a drafting step gives a request, on average. */
export const tokensPerDraft = 1 + accepted.reduce((sum, chance) => sum + chance, 0);

/** At the first token. */
export function recordStart(
  { ledger, bounds, random }: Recorder,
  { prompt, cached, queueSeconds, prefillSeconds }: Request,
): void {
  observe(ledger, bounds, 'time_to_first_token_seconds', queueSeconds + prefillSeconds);
  count(ledger, 'prefix_cache_queries', prompt);
  count(ledger, 'prefix_cache_hits', cached);
  count(ledger, 'prompt_tokens', prompt);
  count(ledger, 'prompt_tokens_by_source/local_compute', prompt - cached);
  count(ledger, 'prompt_tokens_by_source/local_cache_hit', cached);
  count(ledger, 'prompt_tokens_cached', cached);
  count(ledger, 'prompt_tokens_cached_by_source/device', cached);
  count(ledger, 'generation_tokens');
  if (cached > 0) observe(ledger, bounds, 'kv_block_reuse_gap_seconds', 2 * random.factor(1));
}

/** After decoding steps that drafted. */
export function recordDrafts(ledger: Ledger, drafts: number): void {
  const perPosition = accepted.map((chance) => Math.round(drafts * chance));
  count(ledger, 'spec_decode_num_drafts', drafts);
  count(ledger, 'spec_decode_num_draft_tokens', drafts * accepted.length);
  count(
    ledger,
    'spec_decode_num_accepted_tokens',
    perPosition.reduce((sum, tokens) => sum + tokens, 0),
  );
  perPosition.forEach((tokens, position) =>
    count(ledger, `spec_decode_num_accepted_tokens_per_pos/${position}`, tokens),
  );
}

/** At the end, whatever ended it. A request that never started has no latencies. */
export function recordFinish(
  { ledger, bounds, random, now }: Recorder,
  request: Request,
  reason: 'stop' | 'length' | 'abort',
): void {
  count(ledger, `request_success/${reason}`);
  if (request.started === undefined) return;
  const decoding = Math.max(0, now - request.started);
  const inference = request.prefillSeconds + decoding;
  const observations: readonly (readonly [family: string, value: number])[] = [
    ['e2e_request_latency_seconds', now - request.arrived],
    ['request_queue_time_seconds', request.queueSeconds],
    ['request_inference_time_seconds', inference],
    ['request_prefill_time_seconds', request.prefillSeconds],
    ['request_decode_time_seconds', decoding],
    ['request_time_per_output_token_seconds', request.generated > 1 ? decoding / (request.generated - 1) : 0],
    ['request_prompt_tokens', request.prompt],
    ['request_generation_tokens', request.generated],
    ['request_max_num_generation_tokens', request.generated],
    ['request_params_max_tokens', maxTokens],
    ['request_params_n', 1],
    ['request_prefill_kv_computed_tokens', request.prompt - request.cached],
    ['request_num_preemptions', request.preemptions],
    ['kv_block_lifetime_seconds', inference * random.factor(0.3) + 4],
    ['kv_block_idle_before_evict_seconds', 4 * random.factor(0.5)],
  ];
  for (const [family, value] of observations) observe(ledger, bounds, family, value);
}
