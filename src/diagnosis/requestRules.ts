/** Rules about how requests fare: prefix-cache hits, failures, aborts, NIXL transfers. */
import type { DiagnosisRule, Symptom } from './rule';
import { formatCatalogValue, measureValue, severityOf } from './thresholds';

const second = 1000;
/** A hit rate's usual level is its mean over the rate windows before: at least, and at most, this many. */
const levelWindows = { least: 6, most: 30 };
/**
 * A level below `minLevel` is too low to fall from; a hit rate has fallen when it is below `fallenShare` of its level.
 */
const fallingHitRate = { minLevel: 0.2, fallenShare: 0.5 };
/** Outside of weight syncs SkyRL itself does not abort this share of the finished requests. */
const highAbortShare = 0.2;

/** Catalog rows of NIXL's failures, with what they count. */
const nixlFailures: readonly (readonly [id: string, what: string])[] = [
  ['nixl_failed_transfers_s', 'failed transfers'],
  ['nixl_failed_notifications_s', 'failed notifications'],
  ['nixl_expired_s', 'expired requests'],
  ['nixl_late_notifications_s', 'notifications after expiry'],
];

/** The rules about how requests fare. */
export const requestRules: readonly DiagnosisRule[] = [
  {
    id: 'falling-hit-rate',
    judges: 'work',
    holdForMs: 0,
    keepFiringMs: 60 * second,
    detect: ({ measures }, _isReported, memory) => {
      const { value, to = 0 } = measures['prefix_cache_hit_rate'] ?? {};
      if (value === undefined) return [];
      const [lastTo] = memory.get('at') ?? [];
      const rates = memory.get('rates') ?? [];
      const level = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      const { minLevel, fallenShare } = fallingHitRate;
      const hasFallen = rates.length >= levelWindows.least && level >= minLevel && value < fallenShare * level;
      // A fallen rate must not become the new level.
      if (lastTo !== to && !hasFallen) memory.set('rates', [...rates, value].slice(-levelWindows.most));
      memory.set('at', [to]);
      if (!hasFallen) return [];
      return [
        {
          severity: 'warning',
          message: `Prefix-cache hits fell to ${formatCatalogValue('prefix_cache_hit_rate', value)}; they were ${formatCatalogValue('prefix_cache_hit_rate', level)} over the ${rates.length} windows before.`,
          advice:
            'Prompts lost their common beginning, the cache is too full to keep it, or requests of one group go to different engines.',
        },
      ];
    },
  },
  {
    id: 'nixl-failures',
    judges: 'work',
    holdForMs: 0,
    keepFiringMs: 60 * second,
    detect: ({ engines }, isReported) =>
      engines.flatMap(({ id, name, measures }): Symptom[] => {
        const failures = nixlFailures.flatMap(([rowId, what]) => {
          const rate = measureValue(measures, rowId) ?? 0;
          return rate > 0 ? [{ rowId, rate, what }] : [];
        });
        if (failures.length === 0) return [];
        const isBad = failures.some(({ rowId, rate }) => severityOf(rowId, rate, isReported(id)) === 'error');
        const list = failures.map(({ rowId, rate, what }) => `${formatCatalogValue(rowId, rate)} ${what}`);
        return [
          {
            severity: isBad ? 'error' : 'warning',
            engine: id,
            message: `${name}: NIXL has ${list.join(', ')}.`,
            advice:
              'Look at the network between prefill and decode engines, and at the time after which the prefill side drops blocks.',
          },
        ];
      }),
  },
  {
    id: 'error-share',
    judges: 'work',
    holdForMs: 0,
    keepFiringMs: 30 * second,
    detect: ({ measures }, isReported) => {
      const share = measureValue(measures, 'finished_share_error');
      const severity =
        share === undefined || share === 0 ? undefined : severityOf('finished_share_error', share, isReported());
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
    judges: 'work',
    holdForMs: 20 * second,
    keepFiringMs: 30 * second,
    detect: ({ measures, now }, _isReported, memory) => {
      const { value: share = 0, to = now, from = to } = measures['finished_share_abort'] ?? {};
      if (share < highAbortShare) {
        memory.clear();
        return [];
      }
      // A short weight sync may pass unseen. Its aborts stay in a rate as long as its windows reach back to it.
      const [firstTo = to] = memory.get('to') ?? [];
      memory.set('to', [firstTo]);
      if (from < firstTo) return [];
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
