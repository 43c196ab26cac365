/** SkyRL's keys in the report of a measuring window: their units, and why one may be absent. */

const noGaugeAtStop = 'no engine said it at the stop; on Ray an engine without work has no gauges.';
const noDrafts = 'nothing was drafted in the window: these engines may not decode speculatively.';

const keys: Record<string, { unit: string; absentReason: string }> = {
  'vllm/num_requests_running': { unit: 'requests, of all engines, at the stop', absentReason: noGaugeAtStop },
  'vllm/num_requests_waiting': { unit: 'requests, of all engines, at the stop', absentReason: noGaugeAtStop },
  'vllm/kv_cache_usage_perc': { unit: 'fraction, mean of the engines, at the stop', absentReason: noGaugeAtStop },
  'vllm/generation_throughput_tok_s': {
    unit: 'tokens per second that was not paused',
    absentReason: 'no engine had counted output tokens at the start.',
  },
  'vllm/prompt_throughput_tok_s': {
    unit: 'tokens per second that was not paused',
    absentReason: 'no engine had counted prompt tokens at the start.',
  },
  'vllm/prefix_cache_hit_rate': { unit: 'fraction', absentReason: 'the prefix cache was not asked in the window.' },
  'vllm/ttft_seconds_avg': { unit: 'seconds', absentReason: 'no request got its first token in the window.' },
  'vllm/tpot_seconds_avg': { unit: 'seconds', absentReason: 'no request got a further token in the window.' },
  'vllm/draft_num_draft_tokens': { unit: 'tokens', absentReason: noDrafts },
  'vllm/draft_num_accepted_tokens': { unit: 'tokens', absentReason: noDrafts },
  'vllm/draft_acceptance_rate': { unit: 'fraction', absentReason: noDrafts },
  'vllm/draft_mean_acceptance_length': { unit: 'tokens a draft', absentReason: noDrafts },
};

/** All keys but those of single draft positions. */
export const measuringWindowKeys: readonly string[] = Object.keys(keys);

/** The unit of a key, in words; keys of single draft positions are fractions. */
export const measuringWindowUnit = (key: string): string => keys[key]?.unit ?? 'fraction';

const isRate = (key: string): boolean => key.endsWith('_tok_s');

/** Why a key is absent. `seconds`: what was not paused. */
export const absentReason = (key: string, seconds: number): string =>
  isRate(key) && seconds === 0 ? 'the window was paused throughout.' : (keys[key]?.absentReason ?? '');
