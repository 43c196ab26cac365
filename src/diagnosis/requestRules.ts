/** Rules over what becomes of requests: hits, failures, transfers. */
import { severityOf, measureValue, formatCatalogValue, type DiagnosisRule, type Symptom } from './types';

const second = 1000;
/** So many windows make the level that a hit rate falls from. */
const rememberedWindows = 30;
const minWindows = 6;
/** A hit rate that is worth something, and what is left of it when it has fallen. */
const fall = { from: 0.2, to: 0.5 };
/** More than that share of aborts, outside of weight syncs, is not SkyRL's doing. */
const manyAborts = 0.2;

const nixlFailures: readonly (readonly [id: string, what: string])[] = [
  ['nixl_failed_transfers_s', 'failed transfers'],
  ['nixl_failed_notifications_s', 'failed notifications'],
  ['nixl_expired_s', 'expired requests'],
  ['nixl_late_notifications_s', 'notifications after expiry'],
];

export const requestRules: readonly DiagnosisRule[] = [
  {
    id: 'falling-hit-rate',
    holdForMs: 0,
    keepFiringMs: 60 * second,
    detect: ({ measures }, _said, memory) => {
      const { value, to = 0 } = measures['prefix_cache_hit_rate'] ?? {};
      const [last] = memory.get('at') ?? [];
      if (value === undefined) return [];
      const before = memory.get('rates') ?? [];
      const level = before.reduce((sum, each) => sum + each, 0) / before.length;
      const fallen = before.length >= minWindows && level >= fall.from && value < fall.to * level;
      // While it is low it does not become the level.
      if (last !== to && !fallen) memory.set('rates', [...before, value].slice(-rememberedWindows));
      memory.set('at', [to]);
      if (!fallen) return [];
      return [
        {
          severity: 'warning',
          message: `Prefix-cache hits fell to ${formatCatalogValue('prefix_cache_hit_rate', value)}; they were ${formatCatalogValue('prefix_cache_hit_rate', level)} over the ${before.length} windows before.`,
          advice:
            'Prompts lost their common beginning, the cache is too full to keep it, or requests of one group go to different engines.',
        },
      ];
    },
  },
  {
    id: 'nixl-failures',
    holdForMs: 0,
    keepFiringMs: 60 * second,
    detect: ({ engines }) =>
      engines.flatMap(({ id, name, measures }): Symptom[] => {
        const failed = nixlFailures.flatMap(([row, what]) =>
          (measureValue(measures, row) ?? 0) > 0
            ? [`${formatCatalogValue(row, measureValue(measures, row) ?? 0)} ${what}`]
            : [],
        );
        if (failed.length === 0) return [];
        return [
          {
            severity: 'error',
            engine: id,
            message: `${name}: NIXL has ${failed.join(', ')}.`,
            advice:
              'Look at the network between prefill and decode engines, and at the time after which the prefill side drops blocks.',
          },
        ];
      }),
  },
  {
    id: 'error-share',
    holdForMs: 0,
    keepFiringMs: 30 * second,
    detect: ({ measures }, said) => {
      const share = measureValue(measures, 'finished_share_error');
      const severity =
        share === undefined || share === 0 ? undefined : severityOf('finished_share_error', share, said());
      if (share === undefined || !severity) return [];
      return [
        {
          severity,
          message: `${formatCatalogValue('finished_share_error', share)} of the finished requests failed.`,
          advice: 'The engines’ own log says why; SkyRL writes it to infra-*.log in trainer.log_path.',
        },
      ];
    },
  },
  {
    id: 'abort-share',
    holdForMs: 20 * second,
    keepFiringMs: 30 * second,
    detect: ({ measures, phase }) => {
      const share = measureValue(measures, 'finished_share_abort') ?? 0;
      const expected = phase?.name === 'sync_weights';
      if (share < manyAborts || expected) return [];
      return [
        {
          severity: 'info',
          message: `${formatCatalogValue('finished_share_abort', share)} of the finished requests were aborted.`,
          advice:
            'SkyRL aborts at weight syncs and before engines sleep. Outside of these, look for clients that give up.',
        },
      ];
    },
  },
];
