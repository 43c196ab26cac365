/** Findings about the run itself: several runs on one cluster, and too many targets for one editor. */
import type { Finding } from '../api';
import type { ClusterRun, RunChoice } from '../discovery/runChoice';

/** A run in a few words: its job, its engines, its models. */
export function describeRun({ job, engineCount, isAlive, models }: ClusterRun): string {
  const modelText = models.length > 0 ? `, ${models.join(', ')}` : '';
  return `job ${job} (${isAlive ? '' : 'ended, '}${engineCount} ${engineCount === 1 ? 'engine' : 'engines'}${modelText})`;
}

/** A finding if several runs are alive. Runs that have ended only left their counters, which are left out silently. */
export function runFindings({ job, runs, reason, isAmbiguous }: RunChoice): Finding[] {
  const living = runs.filter((run) => run.isAlive);
  const shown = living.find((run) => run.job === job);
  if (living.length < 2 || !shown) return [];
  const others = living
    .filter((run) => run !== shown)
    .map(describeRun)
    .join(', ');
  const select = isAmbiguous ? ' Another one may be meant: SkyRL: Select Run.' : '';
  return [
    {
      id: 'several-runs',
      severity: isAmbiguous ? 'warning' : 'info',
      message: `${living.length} runs are on this cluster. Shown is ${describeRun(shown)}: ${reason}. Left out: ${others}; SkyRL’s own log counts them in.${select}`,
    },
  ];
}

/** More targets than this are many for one editor to scrape every few seconds. */
const manyTargets = 64;

/**
 * A finding if so many targets are scraped that Prometheus would be the better source. The source never changes without
 * the user. `source`: the one that replaces the targets; `offersSource`: the user has not chosen the targets.
 */
export function manyTargetsFindings(
  targetCount: number,
  { offersSource = false, source }: { offersSource?: boolean; source?: unknown },
): Finding[] {
  if (!offersSource || source !== undefined || targetCount <= manyTargets) return [];
  return [
    {
      id: 'many-targets',
      severity: 'info',
      message: `${targetCount} targets are scraped from this editor.`,
      advice: 'A Prometheus that scrapes them anyway can be the source instead: SkyRL: Select Source.',
    },
  ];
}
