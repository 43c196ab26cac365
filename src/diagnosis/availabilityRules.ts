/** Rules about facts: engines that died, never reported, do not move or restarted, and targets without an engine. */
import { formatDuration } from '../shared/format';
import { livingEngines } from './engineSelection';
import type { DiagnosisRule, Symptom } from './rule';

/** By when an engine should have reported, in ms after its start: it loads its model first, which can take minutes. */
const reportDeadlineMs = 5 * 60_000;

/** A fact holds or does not: it is reported at once, and no longer than it holds. */
const fact = (id: string, detect: DiagnosisRule['detect']): DiagnosisRule => ({
  id,
  holdForMs: 0,
  keepFiringMs: 0,
  detect,
});

/** The rules about engines and targets that are missing or do not work. */
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
    const living = livingEngines(engines).length;
    if (expectedEngines === undefined || living === 0 || living >= expectedEngines) return [];
    return [
      {
        severity: 'warning',
        message: `${living} of ${expectedEngines} engines of the config are there.`,
        advice: 'Engines may still be starting, may have failed to start, or may be on nodes that are not reached.',
      },
    ];
  }),
  fact('no-report', ({ engines, trackedEngines, targets, now }) => {
    const hasAnswer = targets.some(({ state }) => state !== 'failed');
    return trackedEngines.flatMap(({ key, name, hasReported, firstSeenAt }): Symptom[] => {
      if (hasReported || !hasAnswer) return [];
      const startedAt = engines.find(({ id }) => id === key)?.startedAt ?? firstSeenAt;
      if (now - startedAt < reportDeadlineMs) return [];
      return [
        {
          severity: 'warning',
          engine: key,
          since: startedAt,
          message: `${name} has been alive for ${formatDuration(now - startedAt)} and has reported nothing.`,
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
              message: `${name} restarted ${formatDuration(now - resetAt)} ago; it has no rates until its next report.`,
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
              message: `${url} is ${about}, not an engine: it times whole requests, and its numbers are in no sum here.`,
            },
          ],
    ),
  ),
];
