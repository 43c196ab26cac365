/** What the engines of the test do, and so the values that the extension should show. */

/** What an engine does, as given to engines.py. Families have vLLM's names. */
export interface EngineTruth {
  /** A Ray resource that only one node has; any node by default. */
  node?: string;
  /** Set at every tick. */
  gauges: Record<string, number>;
  /** Added at every tick. */
  perTick: Record<string, number>;
  /** Observed at every tick. */
  ttftSeconds: number;
  itlSeconds: number;
  /** It falls asleep whenever it has no work. */
  sleeps?: boolean;
}

/** Ticks of an engine per second. */
export const ticksPerSecond = 10;

/** An engine under load. */
export const busy: EngineTruth = {
  node: 'node0',
  gauges: { 'vllm:num_requests_running': 12, 'vllm:num_requests_waiting': 3, 'vllm:kv_cache_usage_perc': 0.75 },
  perTick: {
    'vllm:generation_tokens': 50,
    'vllm:prompt_tokens': 200,
    'vllm:prefix_cache_queries': 200,
    'vllm:prefix_cache_hits': 150,
  },
  ttftSeconds: 0.2,
  itlSeconds: 0.02,
};

/** An engine with little load. */
export const calm: EngineTruth = {
  node: 'node1',
  gauges: { 'vllm:num_requests_running': 4, 'vllm:num_requests_waiting': 0, 'vllm:kv_cache_usage_perc': 0.25 },
  perTick: {
    'vllm:generation_tokens': 30,
    'vllm:prompt_tokens': 100,
    'vllm:prefix_cache_queries': 100,
    'vllm:prefix_cache_hits': 25,
  },
  ttftSeconds: 0.05,
  itlSeconds: 0.04,
};
