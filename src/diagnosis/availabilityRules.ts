/** Rules about engines that died, are missing, never reported or restarted. */
import type { TargetReport } from '../api';
import { hostOf } from '../http/hostNames';
import { formatDuration } from '../shared/format';
import { longestStartMs } from '../metrics/engineState';
import { isOlderRelease, releaseOf } from '../shared/version';
import { restartedAgents, type AgentRestart } from './agentRestarts';
import { livingEngines } from './engineSelection';
import type { DiagnosisRule, RuleInput, Symptom } from './rule';

/** Engines arrive one after the other: how long after a new one their number is not judged, in ms. */
const arrivalMs = 60_000;
/** From this release on `ray[default]` alone lacks what vLLM’s Ray logger imports. */
const serveExtraRelease = '2.60';

/** A fact holds or does not: it is reported at once, and no longer than it holds. */
const fact = (id: string, detect: DiagnosisRule['detect']): DiagnosisRule => ({
  id,
  judges: 'fact',
  holdForMs: 0,
  keepFiringMs: 0,
  detect,
});

/**
 * Whether a target answered that could show an engine of a node, by its address: a target of the node itself, if there
 * is one.
 */
function answersByNode(targets: readonly TargetReport[]): (node: string) => boolean {
  const byHost = new Map<string | undefined, boolean>();
  let hasAnswer = false;
  for (const { url, state } of targets) {
    const answered = state !== 'failed';
    const host = hostOf(url);
    byHost.set(host, answered || byHost.get(host) === true);
    hasAnswer ||= answered;
  }
  return (node) => byHost.get(node) ?? hasAnswer;
}

const onePerNode = (restarts: Iterable<AgentRestart>): AgentRestart[] => [
  ...new Map([...restarts].map((restart) => [restart.node, restart])).values(),
];

/** Why engines may report nothing. From Ray 2.60 on a missing extra silences all of them. */
function reportAdvice({ trackedEngines, rayVersion }: RuleInput): string {
  const needsServe =
    releaseOf(rayVersion) !== undefined &&
    !isOlderRelease(rayVersion ?? '', serveExtraRelease) &&
    trackedEngines.every(({ hasReported }) => !hasReported);
  const common =
    'Its statistics may be off (disable_log_stats in engine_init_kwargs, enable_ray_prometheus_stats), or it is still loading its model.';
  return needsServe
    ? `No engine reports: from Ray ${serveExtraRelease} on vLLM’s Ray logger needs the extra ray[default,serve]; with ray[default] alone it fails on importing grpc_reflection. ${common}`
    : common;
}

/** Number of targets that fail and have shown no engine yet, so that what they show is unknown. */
function targetsNeverSeen({ targets, trackedEngines }: RuleInput): number {
  const seen = new Set(trackedEngines.map(({ targetUrl }) => targetUrl));
  return targets.filter(({ url, state }) => state === 'failed' && !seen.has(url)).length;
}

/** The rules about engines that are missing or began anew. */
export const availabilityRules: readonly DiagnosisRule[] = [
  fact('engine-dead', ({ engines }) => {
    const followed = new Set(engines.map(({ follows }) => follows));
    return engines.flatMap(({ id, name, node, state, movedAt }): Symptom[] =>
      state !== 'dead' || followed.has(id)
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
    );
  }),
  fact('fewer-engines', (input) => {
    const { engines, trackedEngines, expectedEngines, now } = input;
    const living = livingEngines(engines);
    const count = living.length;
    if (expectedEngines === undefined || count === 0 || count >= expectedEngines) return [];
    const isArriving = trackedEngines.some(({ firstSeenAt }) => now - firstSeenAt < arrivalMs);
    const hasDied = engines.some(({ state }) => state === 'dead');
    if ((isArriving && !hasDied) || !living.some(({ isCurrent }) => isCurrent)) return [];
    const unseen = targetsNeverSeen(input);
    if (unseen > 0 && !hasDied)
      return [
        {
          severity: 'info',
          message: `${count} of ${expectedEngines} engines of the config are known; ${unseen} ${unseen === 1 ? 'target does' : 'targets do'} not answer and may show the others.`,
        },
      ];
    return [
      {
        severity: 'warning',
        message: `${count} of ${expectedEngines} engines of the config are there.`,
        advice: 'Engines may still be starting, may have failed to start, or may be on nodes that are not reached.',
      },
    ];
  }),
  fact('no-report', (input) => {
    const { engineById, trackedEngines, targets, now } = input;
    const silent = trackedEngines.filter(({ hasReported }) => !hasReported);
    if (silent.length === 0) return [];
    const hasAnswerOf = answersByNode(targets);
    const advice = reportAdvice(input);
    return silent.flatMap(({ key, name, firstSeenAt }): Symptom[] => {
      const engine = engineById.get(key);
      if (!engine || !hasAnswerOf(engine.node)) return [];
      const startedAt = engine.startedAt ?? firstSeenAt;
      if (now - startedAt < longestStartMs) return [];
      return [
        {
          severity: 'warning',
          engine: key,
          since: startedAt,
          message: `${name} has been alive for ${formatDuration(now - startedAt)} and has reported nothing.`,
          advice,
        },
      ];
    });
  }),
  fact('engine-reset', (input, _isReported, memory) => {
    const { trackedEngines, now } = input;
    const restarted = restartedAgents(input, memory);
    return trackedEngines.flatMap(({ key, name, resetAt }): Symptom[] =>
      resetAt === undefined || restarted.has(key)
        ? []
        : [
            {
              severity: 'info',
              engine: key,
              since: resetAt,
              message: `${name} restarted ${formatDuration(now - resetAt)} ago; it has no rates until its next report.`,
            },
          ],
    );
  }),
  fact('agent-restarted', (input, _isReported, memory) =>
    onePerNode(restartedAgents(input, memory).values()).map(({ node, resetAt }): Symptom => ({
      severity: 'info',
      node,
      since: resetAt,
      message: `Ray’s agent on ${node} restarted ${formatDuration(input.now - resetAt)} ago; its engines did not. They have no rates until their next report.`,
      advice:
        'The raylet starts an agent again that was ended, often because the node ran out of memory: look at dashboard_agent.log there.',
    })),
  ),
];
