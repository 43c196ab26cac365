/** Rows of the scheduler and its queue: requests running and waiting, preemptions, engine steps. */
import { histogram } from './histogramRows';
import { gauge, rate } from './rowBuilders';
import { requestsRunning } from './requests';
import type { CatalogRow } from './types';

const category = 'scheduler';
const mfuOnly = 'Only with --enable-mfu-metrics.';

const waitingByReason = (reason: string, reasonText: string, help: string): CatalogRow =>
  gauge({
    id: `num_requests_waiting_${reason}`,
    selector: { family: 'num_requests_waiting_by_reason', where: { reason } },
    label: `Waiting for ${reasonText}`,
    shortLabel: reasonText,
    unit: 'requests',
    category,
    worst: 'high',
    help,
  });

export const scheduler: readonly CatalogRow[] = [
  requestsRunning,
  gauge({
    id: 'num_requests_waiting',
    selector: 'num_requests_waiting',
    label: 'Requests waiting',
    shortLabel: 'waiting',
    unit: 'requests',
    category,
    worst: 'high',
    help: 'Requests queued for an engine, over all engines.',
  }),
  waitingByReason('capacity', 'capacity', 'Requests that wait for room in the KV cache or in the batch.'),
  waitingByReason(
    'deferred',
    'another reason',
    'Requests deferred for a LoRA budget, a KV transfer, a grammar or another reason.',
  ),
  gauge({
    id: 'num_requests_kv_fetch',
    selector: 'num_requests_kv_fetch_by_stage',
    label: 'Waiting for remote KV',
    shortLabel: 'KV fetch',
    unit: 'requests',
    category,
    worst: 'high',
    help: 'Requests that wait for KV blocks from another engine, in any stage of the transfer.',
  }),
  rate({
    id: 'preemptions_s',
    selector: 'num_preemptions',
    label: 'Preemptions',
    shortLabel: 'preemptions',
    unit: '/s',
    category,
    worst: 'high',
    help:
      'Requests per second that lost their place in the KV cache and start over. ' +
      'Fewer sequences at once, more engines or more cache help.',
    thresholds: { warning: 0.001, error: 1, source: 'vLLM’s own dashboards (overview, KV cache)' },
  }),
  ...histogram({
    base: 'request_num_preemptions',
    family: 'request_num_preemptions',
    label: 'Preemptions of a request',
    shortLabel: 'preempted',
    unit: 'count',
    category,
    mean: false,
    help: 'How often a finished request was preempted.',
  }),
  rate({
    id: 'engine_steps_s',
    selector: { family: 'iteration_tokens_total', sampleKind: 'count' },
    label: 'Engine steps',
    shortLabel: 'steps',
    unit: '/s',
    category,
    worst: 'low',
    help: 'Steps of the engines per second, over all engines.',
  }),
  ...histogram({
    base: 'iteration_tokens',
    family: 'iteration_tokens_total',
    label: 'Tokens per step',
    shortLabel: 'per step',
    unit: 'tokens',
    category,
    worst: 'low',
    help: 'Tokens of one engine step: the size of a batch.',
  }),
  gauge({
    id: 'engines_awake',
    selector: { family: 'engine_sleep_state', where: { sleep_state: 'awake' } },
    sticky: true,
    label: 'Engines awake',
    shortLabel: 'awake',
    unit: 'count',
    category,
    worst: 'low',
    help: 'Engines that are not asleep; each reports its state only when it changes.',
  }),
  rate({
    id: 'estimated_flops_s',
    selector: 'estimated_flops_per_gpu',
    label: 'Arithmetic per GPU',
    shortLabel: 'FLOP/s',
    unit: 'FLOP/s',
    category,
    aggregate: 'mean',
    worst: 'low',
    help: 'Estimated floating-point operations per GPU and second, mean of the engines. ' + mfuOnly,
    promql: 'avg(rate(ray_vllm_estimated_flops_per_gpu_total[$w]))',
  }),
  rate({
    id: 'estimated_read_bytes_s',
    selector: 'estimated_read_bytes_per_gpu',
    label: 'Memory read per GPU',
    shortLabel: 'read',
    unit: 'bytes/s',
    category,
    aggregate: 'mean',
    help: 'Estimated bytes that a GPU reads from its memory per second, mean of the engines. ' + mfuOnly,
    promql: 'avg(rate(ray_vllm_estimated_read_bytes_per_gpu_total[$w]))',
  }),
  rate({
    id: 'estimated_write_bytes_s',
    selector: 'estimated_write_bytes_per_gpu',
    label: 'Memory written per GPU',
    shortLabel: 'written',
    unit: 'bytes/s',
    category,
    aggregate: 'mean',
    help: 'Estimated bytes that a GPU writes to its memory per second, mean of the engines. ' + mfuOnly,
    promql: 'avg(rate(ray_vllm_estimated_write_bytes_per_gpu_total[$w]))',
  }),
];
