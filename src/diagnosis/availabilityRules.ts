/** Rules over facts: engines that died, never reported, stand still or began anew. They hold or do not, so nothing is eased. */
import { formatDuration } from '../shared/format';
import { livingEngines, type DiagnosisRule, type Symptom } from './types';

/** An engine loads its model before its first report; on big models for minutes. */
const reportsBy = 5 * 60_000;

const fact = (id: string, signs: DiagnosisRule['detect']): DiagnosisRule => ({
  id,
  holdForMs: 0,
  keepFiringMs: 0,
  detect: signs,
});

export const availabilityRules: readonly DiagnosisRule[] = [
  fact('not-moving', ({ trackedEngines, now }) =>
    trackedEngines.flatMap(({ key, name, stuckSince }): Symptom[] =>
      stuckSince === undefined
        ? []
        : [
            {
              severity: 'error',
              engine: key,
              since: stuckSince,
              message: `${name} has not moved for ${formatDuration(now - stuckSince)} though requests run on it.`,
              advice: 'Look at its log and its GPU: a hung collective, a deadlock, or a step of enormous length.',
            },
          ],
    ),
  ),
  fact('engine-dead', ({ engines }) =>
    engines.flatMap(({ id, name, node, state, movedAt }): Symptom[] =>
      state !== 'dead' || engines.some(({ follows }) => follows === id)
        ? []
        : [
            {
              severity: 'error',
              engine: id,
              message: `${name} on ${node} is dead: its actor has ended.`,
              ...(movedAt !== undefined && { since: movedAt }),
              advice: 'Ray’s dashboard names the reason of its death; requests routed to it fail.',
            },
          ],
    ),
  ),
  fact('fewer-engines', ({ engines, expectedEngines }) => {
    const there = livingEngines(engines).length;
    if (expectedEngines === undefined || there === 0 || there >= expectedEngines) return [];
    return [
      {
        severity: 'warning',
        message: `${there} of ${expectedEngines} engines of the config are there.`,
        advice: 'Engines may still be starting, may have failed to start, or may be on nodes that are not reached.',
      },
    ];
  }),
  fact('no-report', ({ engines, trackedEngines, targets, now }) => {
    const answered = targets.some(({ state }) => state !== 'failed');
    return trackedEngines.flatMap(({ key, name, hasReported, firstSeenAt }): Symptom[] => {
      if (hasReported || !answered) return [];
      const began = engines.find(({ id }) => id === key)?.startedAt ?? firstSeenAt;
      if (now - began < reportsBy) return [];
      return [
        {
          severity: 'warning',
          engine: key,
          since: began,
          message: `${name} has lived for ${formatDuration(now - began)} and has reported nothing.`,
          advice:
            'Its statistics may be off (disable_log_stats in engine_init_kwargs, enable_ray_prometheus_stats), or it is still loading its model.',
        },
      ];
    });
  }),
  fact('engine-reset', ({ trackedEngines, now }) =>
    trackedEngines.flatMap(({ key, name, resetAt }): Symptom[] =>
      resetAt === undefined
        ? []
        : [
            {
              severity: 'info',
              engine: key,
              since: resetAt,
              message: `${name} began anew ${formatDuration(now - resetAt)} ago; it sits this window out.`,
            },
          ],
    ),
  ),
  fact('server-without-engine', ({ targets }) =>
    targets.flatMap(({ url, kind, state }): Symptom[] =>
      state !== 'empty' || kind !== 'vllm'
        ? []
        : [
            {
              severity: 'info',
              targetUrl: url,
              message: `${url} answers without engine series: an engine that reports to Ray shows them on Ray’s node agents, not here.`,
            },
          ],
    ),
  ),
  fact('router-not-engine', ({ targets }) =>
    targets.flatMap(({ url, kind, about = 'a router' }): Symptom[] =>
      kind !== 'router'
        ? []
        : [
            {
              severity: 'info',
              targetUrl: url,
              message: `${url} is ${about}, not an engine: it times requests on their whole way, and its numbers are in no sum here.`,
            },
          ],
    ),
  ),
];
