/** Rules about engines that do not move though requests run on them, and about agents that report nothing new. */
import { formatDuration } from '../shared/format';
import { second } from './ruleParts';
import type { DiagnosisRule, Symptom } from './rule';
import { isSyncing } from './workStates';

/** An agent is late after this many report intervals, and at least after this time in ms. */
const lateness = { intervals: 3, leastMs: 60 * second };

/** The rules about standing still. */
export const standstillRules: readonly DiagnosisRule[] = [
  {
    id: 'not-moving',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: (input) =>
      input.standstills.stuck.map(({ engine, since }): Symptom => {
        const { mayBePaused = false } = input.trackedById.get(engine.id) ?? {};
        return {
          severity: mayBePaused ? 'warning' : 'error',
          engine: engine.id,
          since,
          message: `${engine.name} has not moved for ${formatDuration(input.now - since)} though requests run on it${isSyncing(input) ? ', during a weight sync' : ''}.`,
          advice: `${mayBePaused ? 'It may be paused for a weight sync: neither its server nor a training phase says. If not, look' : 'Look'} at its log and its GPU: a hung collective, a deadlock, or a step of enormous length.`,
        };
      }),
  },
  {
    id: 'late-agent',
    judges: 'fact',
    holdForMs: 0,
    keepFiringMs: 0,
    detect: ({ now, standstills, reportIntervalOf }) =>
      [...standstills.lateNodes].flatMap(([node, late]): Symptom[] => {
        const [first] = late;
        if (
          !first ||
          now - first.since < Math.max(lateness.leastMs, lateness.intervals * reportIntervalOf(first.engine))
        )
          return [];
        return [
          {
            severity: 'warning',
            node,
            since: first.since,
            message: `Node ${node} has reported nothing new for ${formatDuration(now - first.since)}: its ${late.length} engines with requests stopped in the same scrape.`,
            advice:
              'Ray’s agent there is late, or RAY_metrics_report_interval_ms is long. If that lasts, look at the engines: all of them may wait in one collective.',
          },
        ];
      }),
  },
];
