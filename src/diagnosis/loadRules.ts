/**
 * Rules about the engines' load: full caches, preemptions, overload. How engines compare is in `comparisonRules.ts`.
 */
import type { Engine } from '../api';
import { decodingEngines } from './byRole';
import type { DiagnosisRule } from './rule';
import { activeEngines } from './engineSelection';
import { eachEngine, reportedFactor, second, twoScrapesMs } from './ruleParts';
import { formatCatalogValue, measureValue, severityOf } from './thresholds';

/** Requests that waited this many times as long as they ran mean overload. No source names a threshold. */
const overloadFactor = 1;
/** A shorter queue time, in seconds, is no overload. */
const minQueueSeconds = 1;

/**
 * Output tokens per second and running request, over the engines that generate: one without movement is not slow,
 * and a prefill engine leaves all tokens but the first to others. Undefined if none does.
 */
function speedPerRequest(engines: readonly Engine[]): number | undefined {
  let [tokens, requests] = [0, 0];
  for (const { measures } of decodingEngines(activeEngines(engines))) {
    const rate = measureValue(measures, 'generation_throughput_tok_s') ?? 0;
    const running = measureValue(measures, 'num_requests_running') ?? 0;
    if (rate <= 0 || running <= 0) continue;
    tokens += rate;
    requests += running;
  }
  return requests > 0 ? tokens / requests : undefined;
}

/** The rules about the load of single engines and of the run. */
export const loadRules: readonly DiagnosisRule[] = [
  {
    id: 'kv-pressure',
    judges: 'work',
    holdForMs: 0,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, isReported) =>
      eachEngine(activeEngines(engines), ({ id, name }, measures) => {
        const kv = measureValue(measures, 'kv_cache_usage_perc');
        const severity = kv === undefined ? undefined : severityOf('kv_cache_usage_perc', kv, isReported(id));
        if (kv === undefined || !severity) return undefined;
        const waiting = measureValue(measures, 'num_requests_waiting') ?? 0;
        return {
          severity,
          message: `${name}: KV cache ${formatCatalogValue('kv_cache_usage_perc', kv)} full${waiting > 0 ? `, ${waiting} requests waiting` : ''}.`,
          advice:
            'Lower max_num_seqs, raise gpu_memory_utilization, shorten contexts, or add engines: a full cache makes the engine preempt requests.',
        };
      }),
  },
  {
    id: 'preemption-thrash',
    judges: 'work',
    holdForMs: 0,
    keepFiringMs: 2 * twoScrapesMs,
    detect: ({ engines }, isReported) =>
      eachEngine(activeEngines(engines), ({ id, name }, measures) => {
        const rate = measureValue(measures, 'preemptions_s');
        const severity =
          rate === undefined || rate === 0 ? undefined : severityOf('preemptions_s', rate, isReported(id));
        if (rate === undefined || !severity) return undefined;
        const kv = measureValue(measures, 'kv_cache_usage_perc');
        return {
          severity,
          message: `${name} preempts requests, ${formatCatalogValue('preemptions_s', rate)}${kv === undefined ? '' : `, KV cache ${formatCatalogValue('kv_cache_usage_perc', kv)}`}: their work so far is lost.`,
          advice: 'Lower max_num_seqs, add engines, or give the KV cache more memory.',
        };
      }),
  },
  {
    id: 'overload',
    judges: 'work',
    holdForMs: 0,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, isReported) =>
      eachEngine(activeEngines(engines), ({ id, name }, measures) => {
        const queued = measureValue(measures, 'queue_seconds_avg');
        const ran = measureValue(measures, 'inference_seconds_avg');
        if (queued === undefined || ran === undefined) return undefined;
        const limit = overloadFactor * ran * (isReported(id) ? reportedFactor : 1);
        if (queued < limit || queued < minQueueSeconds) return undefined;
        const waiting = measureValue(measures, 'num_requests_waiting');
        return {
          severity: 'warning',
          message: `${name} is overloaded: finished requests waited ${formatCatalogValue('queue_seconds_avg', queued)} and ran ${formatCatalogValue('inference_seconds_avg', ran)}${waiting ? `; ${waiting} wait now` : ''}.`,
          advice:
            'More engines or a larger batch (max_num_seqs), if the KV cache has room; fewer requests at once otherwise.',
        };
      }),
  },
  {
    id: 'low-output-speed',
    judges: 'work',
    holdForMs: 20 * second,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines, isAfterGap }, isReported) => {
      // The mean over a long gap, divided by the requests of now, says nothing.
      const speed = isAfterGap ? undefined : speedPerRequest(engines);
      const severity = speed === undefined ? undefined : severityOf('output_speed_per_request', speed, isReported());
      if (speed === undefined || !severity) return [];
      return [
        {
          severity: 'info',
          message: `A running request gets ${formatCatalogValue('output_speed_per_request', speed)}: slow decoding, or batches so large that each request is slow.`,
          advice: 'For throughput that may be right. For a long tail, lower max_num_seqs or add engines.',
        },
      ];
    },
  },
];
