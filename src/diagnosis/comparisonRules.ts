/** Rules that compare engines: one that is slower, busier or later than the others. */
import { decodingEngines, groupByRole } from './byRole';
import type { DiagnosisRule, Symptom } from './rule';
import { activeEngines, livingEngines } from './engineSelection';
import { eachEngine, reportedFactor, second, twoScrapesMs } from './ruleParts';
import { formatCatalogValue, measureValue } from './thresholds';

/** An engine is slow if its time between tokens is this many times that of the others. */
const slowDecodeFactor = 2;
/**
 * Load is unequal if the busiest engine has `factor` times the requests of the idlest, and at least `difference` more.
 */
const imbalanceLimits = { factor: 2.5, difference: 16 };

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;

/** The rules that compare engines. */
export const comparisonRules: readonly DiagnosisRule[] = [
  {
    id: 'slow-decode',
    judges: 'work',
    holdForMs: 10 * second,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, isReported) => {
      const decoding = decodingEngines(activeEngines(engines)).filter(({ measures }) => measures['tpot_seconds_p50']);
      if (decoding.length < 2) return [];
      const times = decoding.map(({ measures }) => measureValue(measures, 'tpot_seconds_p50') ?? NaN);
      // Of two engines the median is the slower one.
      const others = decoding.length === 2 ? Math.min(...times) : median(times);
      return eachEngine(decoding, ({ id, name, node }, measures) => {
        const own = measureValue(measures, 'tpot_seconds_p50') ?? 0;
        if (own < slowDecodeFactor * others * (isReported(id) ? reportedFactor : 1)) return undefined;
        return {
          severity: 'warning',
          message: `${name} decodes slowly: ${formatCatalogValue('tpot_seconds_p50', own)} between tokens (p50), the others ${formatCatalogValue('tpot_seconds_p50', others)}.`,
          advice: `Look at its GPU on ${node || 'its node'}: another process, a lower clock, a longer context than the others’, or tensor parallelism over a slow link.`,
        };
      });
    },
  },
  {
    id: 'long-tail',
    judges: 'work',
    holdForMs: 10 * second,
    keepFiringMs: 0,
    detect: ({ engines }) => {
      const awake = decodingEngines(livingEngines(engines)).filter(
        ({ state }) => state === 'active' || state === 'quiet',
      );
      const busy = awake.filter(({ measures }) => (measureValue(measures, 'num_requests_running') ?? 0) > 0);
      const idle = awake.filter(({ state, measures, isCurrent }) => {
        const running = measureValue(measures, 'num_requests_running');
        return running === 0 || (running === undefined && state === 'quiet' && isCurrent);
      });
      const [last] = busy;
      // An engine that is neither busy nor idle has an unknown number of requests, so nothing can be said.
      if (!last || busy.length !== 1 || idle.length < 1 || idle.length + 1 < awake.length) return [];
      const running = measureValue(last.measures, 'num_requests_running') ?? 0;
      return [
        {
          severity: 'info',
          engine: last.id,
          namedEngines: idle.map(({ id }) => id),
          message: `Long tail: ${last.name} still runs ${running} ${running === 1 ? 'request' : 'requests'}, the other ${idle.length} ${idle.length === 1 ? 'engine is' : 'engines are'} idle.`,
          advice:
            'Limit the longest output, spread long prompts over engines, or use asynchronous training so that the tail overlaps with it.',
        },
      ];
    },
  },
  {
    id: 'imbalance',
    judges: 'work',
    holdForMs: 30 * second,
    keepFiringMs: twoScrapesMs,
    detect: ({ engines }, isReported) =>
      groupByRole(activeEngines(engines)).flatMap((group) => {
        const loads = group
          .flatMap((engine) => {
            const running = measureValue(engine.measures, 'num_requests_running');
            return running === undefined
              ? []
              : [{ engine, load: running + (measureValue(engine.measures, 'num_requests_waiting') ?? 0) }];
          })
          .sort((a, b) => a.load - b.load);
        const [least, most] = [loads[0], loads.at(-1)];
        if (!least || !most) return [];
        const { factor, difference } = imbalanceLimits;
        const ease = isReported() ? reportedFactor : 1;
        if (most.load < factor * ease * least.load || most.load - least.load < difference * ease) return [];
        const symptom: Symptom = {
          severity: 'warning',
          namedEngines: [most.engine.id, least.engine.id],
          message: `Unequal load: ${most.engine.name} has ${most.load} requests, ${least.engine.name} has ${least.load}.`,
          advice:
            'Look at the router’s policy and at sticky sessions; prompts of one group on one engine fill its cache.',
        };
        // Each role has its own symptom.
        return [{ ...symptom, ...(most.engine.role && { targetUrl: most.engine.role }) }];
      }),
  },
];
