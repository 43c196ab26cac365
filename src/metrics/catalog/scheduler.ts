/** Scheduler and queue: what waits, what runs, and how the engine steps. */
import { gauge, histogram, rate } from './kinds';
import { requestsRunning } from './requests';
import type { CatalogRow } from './types';

const category = 'scheduler';

const waiting = (reason: string, short: string, help: string): CatalogRow => gauge({
  id: `num_requests_waiting_${reason}`, of: { family: 'num_requests_waiting_by_reason', where: { reason } }, label: `Waiting for ${short}`, short, unit: 'requests', category, worst: 'high', help,
});

export const scheduler: readonly CatalogRow[] = [
  requestsRunning,
  gauge({
    id: 'num_requests_waiting', of: 'num_requests_waiting', label: 'Requests waiting', short: 'waiting', unit: 'requests', category, worst: 'high',
    help: 'Requests queued for an engine, over all engines.',
  }),
  waiting('capacity', 'capacity', 'Requests that wait for room in the KV cache or in the batch.'),
  waiting('deferred', 'another reason', 'Requests put off for a LoRA budget, a KV transfer, a grammar or the like.'),
  gauge({
    id: 'num_requests_kv_fetch', of: 'num_requests_kv_fetch_by_stage', label: 'Waiting for remote KV', short: 'KV fetch', unit: 'requests', category, worst: 'high',
    help: 'Requests whose KV blocks are to come from another engine, in whatever stage.',
  }),
  rate({
    id: 'preemptions_s', of: 'num_preemptions', label: 'Preemptions', short: 'preemptions', unit: '/s', category, worst: 'high',
    help: 'Requests per second that lost their place in the KV cache and start over. Fewer sequences at once, more engines or more cache help.',
    thresholds: { warning: 0.001, error: 1, source: 'vLLM’s own dashboards (overview, KV cache)' },
  }),
  ...histogram({
    base: 'request_num_preemptions', family: 'request_num_preemptions', label: 'Preemptions of a request', short: 'preempted', unit: 'count', category, mean: false,
    help: 'How often a finished request was preempted.',
  }),
  rate({
    id: 'engine_steps_s', of: { family: 'iteration_tokens_total', part: 'count' }, label: 'Engine steps', short: 'steps', unit: '/s', category, worst: 'low',
    help: 'Steps of the engines per second, over all engines.',
  }),
  ...histogram({
    base: 'iteration_tokens', family: 'iteration_tokens_total', label: 'Tokens per step', short: 'per step', unit: 'tokens', category, worst: 'low',
    help: 'Tokens of one engine step: the size of a batch.',
  }),
  gauge({
    id: 'engines_awake', of: { family: 'engine_sleep_state', where: { sleep_state: 'awake' } }, held: true, label: 'Engines awake', short: 'awake', unit: 'count', category, worst: 'low',
    help: 'Engines that are not put to sleep; each says it only when it changes.',
  }),
  rate({
    id: 'estimated_flops_s', of: 'estimated_flops_per_gpu', label: 'Arithmetic per GPU', short: 'FLOP/s', unit: 'FLOP/s', category, aggregate: 'mean', worst: 'low',
    help: 'Estimated floating-point operations per GPU and second, mean of the engines; only with --enable-mfu-metrics.',
    promql: 'avg(rate(ray_vllm_estimated_flops_per_gpu_total[$w]))',
  }),
  rate({
    id: 'estimated_read_bytes_s', of: 'estimated_read_bytes_per_gpu', label: 'Memory read per GPU', short: 'read', unit: 'bytes/s', category, aggregate: 'mean',
    help: 'Estimated bytes that a GPU reads from its memory per second, mean of the engines; only with --enable-mfu-metrics.',
    promql: 'avg(rate(ray_vllm_estimated_read_bytes_per_gpu_total[$w]))',
  }),
  rate({
    id: 'estimated_write_bytes_s', of: 'estimated_write_bytes_per_gpu', label: 'Memory written per GPU', short: 'written', unit: 'bytes/s', category, aggregate: 'mean',
    help: 'Estimated bytes that a GPU writes to its memory per second, mean of the engines; only with --enable-mfu-metrics.',
    promql: 'avg(rate(ray_vllm_estimated_write_bytes_per_gpu_total[$w]))',
  }),
];
