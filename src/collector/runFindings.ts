/** What to say where several runs share a cluster. */
import type { Finding } from '../api';
import type { RunChoice, ClusterRun } from '../discovery/runChoice';

/** A run in a few words: its job, its engines, its models. */
export function describeRun({ job, engineCount, isAlive, models }: ClusterRun): string {
  const serving = models.length > 0 ? `, ${models.join(', ')}` : '';
  return `job ${job} (${isAlive ? '' : 'ended, '}${engineCount} ${engineCount === 1 ? 'engine' : 'engines'}${serving})`;
}

/**
 * One finding where more than one run lives; runs that have ended leave only their counters behind, which are left out
 * without a word.
 */
export function runFindings({ job, runs, reason, isAmbiguous }: RunChoice): Finding[] {
  const living = runs.filter((run) => run.isAlive);
  const ours = living.find((run) => run.job === job);
  if (living.length < 2 || !ours) return [];
  const others = living
    .filter((run) => run !== ours)
    .map(describeRun)
    .join(', ');
  const choose = isAmbiguous ? ' Another one may be meant: SkyRL: Select Run.' : '';
  return [
    {
      id: 'several-runs',
      severity: isAmbiguous ? 'warning' : 'info',
      message: `${living.length} runs are on this cluster. Shown is ${describeRun(ours)}: ${reason}. Left out: ${others}; SkyRL’s own log counts them in.${choose}`,
    },
  ];
}

/** More targets than that are many for one editor to ask every few seconds. */
const manyTargets = 64;

/**
 * One finding where so many targets are scraped that a Prometheus would be the better source; nothing switches by
 * itself.
 */
export function manyTargetsFindings(
  targets: number,
  { offersSource = false, source }: { offersSource?: boolean; source?: unknown },
): Finding[] {
  if (!offersSource || source !== undefined || targets <= manyTargets) return [];
  return [
    {
      id: 'many-targets',
      severity: 'info',
      message: `${targets} targets are scraped from this editor.`,
      advice: 'A Prometheus that scrapes them anyway can be the source instead: SkyRL: Select Source.',
    },
  ];
}
