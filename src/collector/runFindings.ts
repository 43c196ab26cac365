/** What to say where several runs share a cluster. */
import type { Finding } from '../api';
import type { RunChoice, RunOnCluster } from '../discovery/runChoice';

/** A run in a few words: its job, its engines, its models. */
export function runWords({ job, engines, living, models }: RunOnCluster): string {
  const serving = models.length > 0 ? `, ${models.join(', ')}` : '';
  return `job ${job} (${living ? '' : 'ended, '}${engines} ${engines === 1 ? 'engine' : 'engines'}${serving})`;
}

/** One finding where more than one run lives; runs that have ended leave only their counters behind, which are left out without a word. */
export function runFindings({ job, runs, why, unclear }: RunChoice): Finding[] {
  const living = runs.filter((run) => run.living);
  const ours = living.find((run) => run.job === job);
  if (living.length < 2 || !ours) return [];
  const others = living
    .filter((run) => run !== ours)
    .map(runWords)
    .join(', ');
  const choose = unclear ? ' Another one may be meant: SkyRL: Select Run.' : '';
  return [
    {
      id: 'several-runs',
      severity: unclear ? 'warning' : 'info',
      message: `${living.length} runs are on this cluster. Shown is ${runWords(ours)}: ${why}. Left out: ${others}; SkyRL’s own log counts them in.${choose}`,
    },
  ];
}

/** More targets than that are many for one editor to ask every few seconds. */
const manyTargets = 64;

/** One finding where so many targets are scraped that a Prometheus would be the better source; nothing switches by itself. */
export function offerFindings(
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
