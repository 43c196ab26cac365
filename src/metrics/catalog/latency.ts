/** Rows of latency. All but the first two histograms are observed only when a request finishes. */
import { histogram } from './histogramRows';
import type { CatalogRow } from './types';

const category = 'latency';
const seconds = { unit: 'seconds', category } as const;

const requestPhase = (base: string, family: string, label: string, shortLabel: string, help: string): CatalogRow[] =>
  histogram({ ...seconds, base, family, label, shortLabel, help: `${help} Known when the request finishes.` });

export const latency: readonly CatalogRow[] = [
  ...histogram({
    ...seconds,
    base: 'ttft_seconds',
    family: 'time_to_first_token_seconds',
    label: 'Time to first token',
    shortLabel: 'TTFT',
    help: 'From a request’s arrival to its first token.',
    mean: 'From a request’s arrival to its first token, mean of the first tokens in the rate window.',
    thresholds: { quantile: 0.5, warning: 1, error: 3, source: 'vLLM’s own dashboard (service status)' },
  }),
  ...histogram({
    ...seconds,
    base: 'tpot_seconds',
    family: 'inter_token_latency_seconds',
    label: 'Inter-token latency',
    shortLabel: 'ITL',
    help: 'Between two output chunks of a request.',
    mean:
      'Between two output chunks of a request, mean of the rate window. SkyRL calls it tpot; ' +
      'with speculation a chunk holds several tokens.',
  }),
  ...requestPhase(
    'request_tpot_seconds',
    'request_time_per_output_token_seconds',
    'Time per output token',
    'TPOT',
    'A request’s own mean time per output token; one token of output counts as 0.',
  ),
  ...requestPhase(
    'e2e_seconds',
    'e2e_request_latency_seconds',
    'Whole request',
    'whole',
    'From a request’s arrival to its end.',
  ),
  ...requestPhase(
    'queue_seconds',
    'request_queue_time_seconds',
    'Time in the queue',
    'queue',
    'How long a request waited for an engine’s batch.',
  ),
  ...requestPhase(
    'prefill_seconds',
    'request_prefill_time_seconds',
    'Prefill time',
    'prefill',
    'How long a request’s prompt took.',
  ),
  ...requestPhase(
    'decode_seconds',
    'request_decode_time_seconds',
    'Decode time',
    'decode',
    'How long a request’s output took after its first token.',
  ),
  ...requestPhase(
    'inference_seconds',
    'request_inference_time_seconds',
    'Time running',
    'running',
    'How long a request ran: prefill and decode.',
  ),
];
