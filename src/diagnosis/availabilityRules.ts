/** Rules over facts: engines that died, never reported, stand still or began anew. They hold or do not, so nothing is eased. */
import { formatDuration } from '../shared/format';
import { living, type Rule, type Sign } from './types';

/** An engine loads its model before its first report; on big models for minutes. */
const reportsBy = 5 * 60_000;

const fact = (id: string, signs: Rule['signs']): Rule => ({ id, after: 0, linger: 0, signs });

export const facts: readonly Rule[] = [
  fact('not-moving', ({ followed, now }) =>
    followed.flatMap(({ key, name, stuckSince }): Sign[] =>
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
    engines.flatMap(({ id, name, node, state, movedAt }): Sign[] =>
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
  fact('fewer-engines', ({ engines, expected }) => {
    const there = living(engines).length;
    if (expected === undefined || there === 0 || there >= expected) return [];
    return [
      {
        severity: 'warning',
        message: `${there} of ${expected} engines of the config are there.`,
        advice: 'Engines may still be starting, may have failed to start, or may be on nodes that are not reached.',
      },
    ];
  }),
  fact('no-report', ({ engines, followed, targets, now }) => {
    const answered = targets.some(({ state }) => state !== 'failed');
    return followed.flatMap(({ key, name, reported, firstSeenAt }): Sign[] => {
      if (reported || !answered) return [];
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
  fact('engine-reset', ({ followed, now }) =>
    followed.flatMap(({ key, name, resetAt }): Sign[] =>
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
    targets.flatMap(({ url, kind, state }): Sign[] =>
      state !== 'empty' || kind !== 'vllm'
        ? []
        : [
            {
              severity: 'info',
              about: url,
              message: `${url} answers without engine series: an engine that reports to Ray shows them on Ray’s node agents, not here.`,
            },
          ],
    ),
  ),
  fact('router-not-engine', ({ targets }) =>
    targets.flatMap(({ url, kind, about = 'a router' }): Sign[] =>
      kind !== 'router'
        ? []
        : [
            {
              severity: 'info',
              about: url,
              message: `${url} is ${about}, not an engine: it times requests on their whole way, and its numbers are in no sum here.`,
            },
          ],
    ),
  ),
];
