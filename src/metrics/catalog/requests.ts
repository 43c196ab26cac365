/** Rows of requests and tokens: the engines' throughput. */
import { histogram } from './histogramRows';
import { gauge, quotient, rate, ratio } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'requests';

const generationRate = rate({
  id: 'generation_throughput_tok_s',
  selector: 'generation_tokens',
  label: 'Generation rate',
  shortLabel: 'generation',
  unit: 'tokens/s',
  category,
  worst: 'low',
  help: 'Output tokens per second, over all engines.',
});

/** Shown with the scheduler's rows; the output speed per request is computed from it. */
export const requestsRunning = gauge({
  id: 'num_requests_running',
  selector: 'num_requests_running',
  label: 'Requests running',
  shortLabel: 'running',
  unit: 'requests',
  category: 'scheduler',
  help: 'Requests in execution batches, over all engines.',
});

const finishedShare = (reason: string, help: string, thresholds?: CatalogRow['thresholds']): CatalogRow =>
  ratio({
    id: `finished_share_${reason}`,
    numerator: { family: 'request_success', where: { finished_reason: reason } },
    denominator: 'request_success',
    label: `Finished by ${reason}`,
    shortLabel: `by ${reason}`,
    unit: 'fraction',
    category,
    worst: thresholds ? 'high' : 'neither',
    help,
    ...(thresholds && { thresholds }),
  });

const promptTokensBySource = (source: string, label: string, help: string): CatalogRow =>
  rate({
    id: `prompt_tokens_${source}_s`,
    selector: { family: 'prompt_tokens_by_source', where: { source } },
    label,
    shortLabel: label,
    unit: 'tokens/s',
    category,
    help,
  });

const lengthHistogram = (base: string, label: string, shortLabel: string, help: string): CatalogRow[] =>
  histogram({ base, family: base, label, shortLabel, unit: 'tokens', category, worst: 'neither', help });

export const requests: readonly CatalogRow[] = [
  generationRate,
  rate({
    id: 'prompt_throughput_tok_s',
    selector: 'prompt_tokens',
    label: 'Prompt rate',
    shortLabel: 'prompt',
    unit: 'tokens/s',
    category,
    worst: 'low',
    help: 'Prompt tokens per second, over all engines, including those served from the prefix cache.',
  }),
  quotient({
    id: 'output_speed_per_request',
    numerator: generationRate,
    denominator: [requestsRunning],
    label: 'Output speed per request',
    shortLabel: 'per request',
    unit: 'tokens/s',
    category,
    worst: 'low',
    help: 'Output tokens per second divided by the requests running: how fast one request gets its tokens.',
    thresholds: { warning: 20, error: 10, source: 'vLLM’s own dashboard (service status)' },
  }),
  promptTokensBySource('local_compute', 'Prompt tokens computed', 'Prompt tokens per second that had to be computed.'),
  promptTokensBySource(
    'local_cache_hit',
    'Prompt tokens from the cache',
    'Prompt tokens per second that were served from the engine’s own prefix cache.',
  ),
  promptTokensBySource(
    'external_kv_transfer',
    'Prompt tokens transferred',
    'Prompt tokens per second that came over the KV connector.',
  ),
  rate({
    id: 'prompt_tokens_recomputed_s',
    selector: 'prompt_tokens_recomputed',
    label: 'Prompt tokens computed again',
    shortLabel: 'again',
    unit: 'tokens/s',
    category,
    worst: 'high',
    help: 'Prompt tokens per second that were cached but had to be computed again; only older releases report it.',
  }),
  rate({
    id: 'requests_finished_s',
    selector: 'request_success',
    label: 'Requests finished',
    shortLabel: 'finished',
    unit: 'requests/s',
    category,
    worst: 'low',
    help: 'Requests that finished per second, for any reason, including aborts and errors.',
  }),
  finishedShare('stop', 'Share of the finished requests that ended at a stop token or stop string.'),
  finishedShare('length', 'Share of the finished requests that reached their maximum length.'),
  finishedShare(
    'abort',
    'Share of the finished requests that were aborted; SkyRL aborts at a weight sync and before engines sleep.',
  ),
  finishedShare('error', 'Share of the finished requests that failed.', {
    warning: 0.01,
    error: 0.05,
    source: 'vLLM’s own dashboard (service status: 0.99 and 0.95 succeed)',
  }),
  finishedShare('repetition', 'Share of the finished requests that were stopped because they repeat themselves.'),
  rate({
    id: 'corrupted_requests_s',
    selector: 'corrupted_requests',
    label: 'Corrupted requests',
    shortLabel: 'corrupted',
    unit: 'requests/s',
    category,
    worst: 'high',
    help: 'Requests per second with NaN among their logits; counted only with VLLM_COMPUTE_NANS_IN_LOGITS.',
  }),
  rate({
    id: 'admission_rejections_s',
    selector: 'admission_rejections',
    label: 'Rejected at admission',
    shortLabel: 'rejected',
    unit: 'requests/s',
    category,
    subject: 'server',
    worst: 'high',
    help: 'Requests per second that were rejected because of a queue limit.',
  }),
  rate({
    id: 'tool_parser_calls_s',
    selector: 'tool_call_parser_invocations',
    label: 'Tool-call parses',
    shortLabel: 'tool parses',
    unit: '/s',
    category,
    subject: 'server',
    help: 'Runs of the tool-call parser per second: one for each choice, with streaming one for each delta.',
  }),
  ratio({
    id: 'tool_call_share',
    numerator: { family: 'tool_call_parser_invocations', where: { outcome: 'tool_call' } },
    denominator: 'tool_call_parser_invocations',
    label: 'Tool calls found',
    shortLabel: 'tool calls',
    unit: 'fraction',
    category,
    subject: 'server',
    help: 'Share of the runs of the tool-call parser that found a tool call; failed runs count as none.',
  }),
  rate({
    id: 'watermark_requests_s',
    selector: 'watermark_requests',
    label: 'Requests with watermark status',
    shortLabel: 'watermark',
    unit: 'requests/s',
    category,
    help: 'Finished requests per second whose watermark was decided on; only with a watermark config.',
  }),
  ratio({
    id: 'watermarked_share',
    numerator: { family: 'watermark_requests', where: { status: 'watermarked' } },
    denominator: 'watermark_requests',
    label: 'Requests watermarked',
    shortLabel: 'watermarked',
    unit: 'fraction',
    category,
    help: 'Share of the finished requests that got a watermark; only with a watermark config.',
  }),
  ...lengthHistogram('request_prompt_tokens', 'Prompt length', 'prompt length', 'Prompt tokens of a finished request.'),
  ...lengthHistogram(
    'request_generation_tokens',
    'Output length',
    'output length',
    'Output tokens of a finished request.',
  ),
  ...lengthHistogram(
    'request_max_num_generation_tokens',
    'Longest output asked for',
    'longest output',
    'The longest output of a finished request’s choices.',
  ),
  ...lengthHistogram(
    'request_params_max_tokens',
    'max_tokens',
    'max_tokens',
    'The parameter max_tokens of a finished request.',
  ),
  ...lengthHistogram(
    'request_prefill_kv_computed_tokens',
    'Prefill computed',
    'prefill',
    'Prompt tokens of a finished request that were computed, not found in a cache.',
  ),
  ...histogram({
    base: 'request_params_n',
    family: 'request_params_n',
    label: 'Choices asked for',
    shortLabel: 'n',
    unit: 'count',
    category,
    worst: 'neither',
    mean: false,
    help: 'The parameter n of a finished request.',
  }),
];
