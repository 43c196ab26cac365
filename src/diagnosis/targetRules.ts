/** Rules about targets that answer without showing an engine. */
import type { TargetReport } from '../api';
import type { DiagnosisRule, RuleInput, Symptom } from './rule';

/** Why a server shows no engine, and what to do. */
interface EmptyReason {
  holds: (target: TargetReport, input: RuleInput) => boolean;
  message: (url: string) => string;
  advice: string;
}

/** The first that holds decides. */
const emptyReasons: readonly EmptyReason[] = [
  {
    holds: ({ samples }) => samples === 0,
    message: (url) => `${url} answers, but with nothing at all.`,
    advice:
      'The server collects from files in PROMETHEUS_MULTIPROC_DIR: that directory was emptied or cannot be written. Set it to a directory of its own and restart the server.',
  },
  {
    holds: (_, { engines }) => engines.some(({ workerId }) => workerId !== undefined),
    message: (url) =>
      `${url} answers without engine series: an engine that reports to Ray shows them on Ray’s node agents, not here.`,
    advice: 'Nothing is missing as long as the engines are listed.',
  },
  {
    holds: () => true,
    message: (url) => `${url} shows its process, but no engine.`,
    advice:
      'Its statistics are off (--disable-log-stats), its engine reports to Ray, or it is a worker of an engine whose head is elsewhere: then name the head’s address.',
  },
];

function reasonFor(target: TargetReport, input: RuleInput): EmptyReason | undefined {
  return emptyReasons.find(({ holds }) => holds(target, input));
}

/** The rules about targets without an engine. */
export const targetRules: readonly DiagnosisRule[] = [
  {
    id: 'server-without-engine',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: (input) =>
      input.targets.flatMap((target): Symptom[] => {
        const { url, kind, state } = target;
        const reason = state === 'empty' && kind === 'vllm' ? reasonFor(target, input) : undefined;
        return reason
          ? [{ severity: 'info', targetUrl: url, message: reason.message(url), advice: reason.advice }]
          : [];
      }),
  },
  {
    id: 'router-not-engine',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ targets }) =>
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
  },
];
