/** Rules over the engines' load: what is slow, full, or unfairly shared. */
import type { Engine, Measure } from '../api';
import {
  activeEngines,
  livingEngines,
  severityOf,
  measureValue,
  formatCatalogValue,
  type DiagnosisRule,
  type Symptom,
} from './types';

const second = 1000;
/** A scrape or two: what holds in two windows is no accident. */
const twoScrapesMs = 20 * second;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

function eachEngine(
  engines: readonly Engine[],
  sign: (engine: Engine, measures: Readonly<Record<string, Measure>>) => Omit<Symptom, 'engine'> | undefined,
): Symptom[] {
  return engines.flatMap((engine) => {
    const said = sign(engine, engine.measures);
    return said ? [{ ...said, engine: engine.id }] : [];
  });
}

/** An engine decodes at a half of the others' speed. */
const slowFactor = 2;
/** One engine has so many times the requests of another, and that many more. */
const imbalanceLimits = { times: 2.5, more: 16 };
/** Waiting longer than running is overload; nothing official says where it begins. */
const overloadFactor = 1;

export const loadRules: readonly DiagnosisRule[] = [
  {
    id: 'kv-pressure',
    holdForMs: 0,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, said) =>
      eachEngine(activeEngines(engines), ({ id, name }, measures) => {
        const kv = measureValue(measures, 'kv_cache_usage_perc');
        const severity = kv === undefined ? undefined : severityOf('kv_cache_usage_perc', kv, said(id));
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
    holdForMs: 0,
    keepFiringMs: 2 * twoScrapesMs,
    detect: ({ engines }, said) =>
      eachEngine(activeEngines(engines), ({ id, name }, measures) => {
        const rate = measureValue(measures, 'preemptions_s');
        const severity = rate === undefined || rate === 0 ? undefined : severityOf('preemptions_s', rate, said(id));
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
    holdForMs: 0,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, said) =>
      eachEngine(activeEngines(engines), ({ id, name }, measures) => {
        const [queued, ran] = [
          measureValue(measures, 'queue_seconds_avg'),
          measureValue(measures, 'inference_seconds_avg'),
        ];
        if (
          queued === undefined ||
          ran === undefined ||
          queued < overloadFactor * ran * (said(id) ? 0.8 : 1) ||
          queued < 1
        )
          return undefined;
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
    id: 'slow-decode',
    holdForMs: 10 * second,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, said) => {
      const busy = activeEngines(engines).filter(({ measures }) => measures['tpot_seconds_p50']);
      const usual = median(busy.map(({ measures }) => measureValue(measures, 'tpot_seconds_p50') ?? NaN));
      if (busy.length < 2) return [];
      return eachEngine(busy, ({ id, name, node }, measures) => {
        const own = measureValue(measures, 'tpot_seconds_p50') ?? 0;
        const others =
          busy.length === 2
            ? Math.min(...busy.map((each) => measureValue(each.measures, 'tpot_seconds_p50') ?? NaN))
            : usual;
        if (own < slowFactor * others * (said(id) ? 0.8 : 1)) return undefined;
        return {
          severity: 'warning',
          message: `${name} decodes slowly: ${formatCatalogValue('tpot_seconds_p50', own)} between tokens (p50), the others ${formatCatalogValue('tpot_seconds_p50', others)}.`,
          advice: `Look at its GPU on ${node || 'its node'}: another process, a lower clock, a longer context than the others’, or tensor parallelism over a slow link.`,
        };
      });
    },
  },
  {
    id: 'low-output-speed',
    holdForMs: 20 * second,
    keepFiringMs: twoScrapesMs,
    detect: ({ measures }, said) => {
      const speed = measureValue(measures, 'output_speed_per_request');
      const severity = speed === undefined ? undefined : severityOf('output_speed_per_request', speed, said());
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
  {
    id: 'long-tail',
    holdForMs: 10 * second,
    keepFiringMs: 0,
    detect: ({ engines }) => {
      const known = livingEngines(engines).filter(({ state }) => state === 'active' || state === 'quiet');
      const busy = known.filter(({ measures }) => (measureValue(measures, 'num_requests_running') ?? 0) > 0);
      const idle = known.filter(
        ({ state, measures }) => state === 'quiet' || measureValue(measures, 'num_requests_running') === 0,
      );
      const [one] = busy;
      if (!one || busy.length !== 1 || idle.length < 1 || idle.length + 1 < known.length) return [];
      const running = measureValue(one.measures, 'num_requests_running') ?? 0;
      return [
        {
          severity: 'info',
          engine: one.id,
          message: `Long tail: ${one.name} still runs ${running} ${running === 1 ? 'request' : 'requests'}, the other ${idle.length} ${idle.length === 1 ? 'engine is' : 'engines are'} idle.`,
          advice:
            'Limit the longest output, spread long prompts over engines, or use asynchronous training so that the tail overlaps with it.',
        },
      ];
    },
  },
  {
    id: 'imbalance',
    holdForMs: 30 * second,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, said) => {
      const loads = activeEngines(engines)
        .flatMap((engine) => {
          const running = measureValue(engine.measures, 'num_requests_running');
          return running === undefined
            ? []
            : [{ engine, load: running + (measureValue(engine.measures, 'num_requests_waiting') ?? 0) }];
        })
        .sort((a, b) => a.load - b.load);
      const [least, most] = [loads[0], loads.at(-1)];
      const eased = said() ? 0.8 : 1;
      if (
        !least ||
        !most ||
        most.load < imbalanceLimits.times * eased * least.load ||
        most.load - least.load < imbalanceLimits.more * eased
      )
        return [];
      return [
        {
          severity: 'warning',
          message: `Unequal load: ${most.engine.name} has ${most.load} requests, ${least.engine.name} has ${least.load}.`,
          advice:
            'Look at the router’s policy and at sticky sessions; prompts of one group on one engine fill its cache.',
        },
      ];
    },
  },
];
