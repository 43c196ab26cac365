/** Findings about the run itself: several runs on one cluster, and too many targets for one editor. */
import type { Finding } from '../api';
import type { ClusterConflict } from '../discovery/compareClusters';
import type { RayInfo } from '../discovery/dashboard';
import type { Discovery } from '../discovery/discover';
import type { ClusterRun, RunChoice } from '../discovery/runChoice';
import { seriesFactsOf } from '../metrics/seriesFacts';
import type { RunIdentity } from './runIdentity';
import type { MetricsResponse } from './snapshotSource';

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

/** A message names no more targets. */
const maxNamedTargets = 3;
const nameDashboard = 'Name the dashboard of your run in skyrl.ray.dashboardUrl.';
const sessionText = (session: string | undefined): string => (session === undefined ? '' : `, ${session}`);

/** A finding if the service-discovery file and the dashboard are of two clusters and no person named the dashboard. */
export function clusterFindings(conflict: ClusterConflict | undefined): Finding[] {
  if (!conflict) return [];
  const { shown, isGuess, dashboardUrl, filePath, dashboardSession, fileSession } = conflict;
  const dashboard = `the dashboard ${dashboardUrl}${sessionText(dashboardSession)}`;
  const file = `the file ${filePath}${sessionText(fileSession)}`;
  return [
    {
      id: 'two-clusters',
      severity: isGuess ? 'warning' : 'info',
      message: `Two Ray clusters were found. Shown is that of ${shown === 'file' ? file : dashboard}; left out is that of ${shown === 'file' ? dashboard : file}.`,
      advice: shown === 'file' ? `Actors and loads are unknown without its dashboard. ${nameDashboard}` : nameDashboard,
    },
  ];
}

/** A finding if the series are of another Ray session than the dashboard, whose actors then say nothing about them. */
export function foreignActorsFindings(
  { dashboard, ray }: Pick<Discovery, 'dashboard' | 'ray'>,
  sessions: ReadonlySet<string>,
): Finding[] {
  if (!isOfForeignSession(ray, sessions)) return [];
  return [
    {
      id: 'two-clusters',
      severity: 'warning',
      message: `The engines report as ${[...sessions].join(', ')}, but the dashboard ${dashboard?.url ?? ''} is of ${ray.session}. What the dashboard says about actors is left out.`,
      advice: nameDashboard,
    },
  ];
}

/**
 * A finding if some targets answer for another Ray session than the run's. Engines of it are no engines of this run, but
 * SkyRL asks the same addresses. `foreignWorkers`: worker ids of the other session.
 */
export function foreignTargetsFindings(
  answers: readonly MetricsResponse[],
  { session, foreignWorkers }: Pick<RunIdentity, 'session' | 'foreignWorkers'>,
): Finding[] {
  if (session === undefined || !foreignWorkers?.size) return [];
  const foreign = answers.filter(({ result }) =>
    [...(result ? seriesFactsOf(result.series).sessionByWorker.keys() : [])].some((id) => foreignWorkers.has(id)),
  );
  const urls = foreign.map(({ target }) => target.url);
  const shown = urls.slice(0, maxNamedTargets).join(', ');
  const rest = urls.length > maxNamedTargets ? ` and ${urls.length - maxNamedTargets} more` : '';
  return [
    {
      id: 'two-clusters',
      severity: 'warning',
      message: `Another Ray session than ${session} answers at ${shown}${rest}. Its engines are left out; SkyRL’s own log counts them in.`,
      advice: nameDashboard,
    },
  ];
}

/** Whether all series are of other Ray sessions than the dashboard's. False if either is unknown. */
export const isOfForeignSession = ({ session }: RayInfo, sessions: ReadonlySet<string>): boolean =>
  session !== undefined && sessions.size > 0 && !sessions.has(session);

/** More targets than this are many for one editor to scrape every few seconds. */
const manyTargets = 64;

/**
 * A finding if so many targets are scraped that Prometheus would be the better source. The source never changes without
 * the user. `source`: the one that replaces the targets; `offersSource`: the user has not chosen the targets.
 */
export function manyTargetsFindings(
  targetCount: number,
  {
    offersSource = false,
    source,
    omittedTargets = 0,
  }: { offersSource?: boolean; source?: unknown; omittedTargets?: number },
): Finding[] {
  if (source === undefined && omittedTargets > 0) {
    return [
      {
        id: 'targets-left-out',
        severity: 'warning',
        message: `Only ${targetCount} of ${targetCount + omittedTargets} targets are scraped: more would not be done in time.`,
        advice: 'A Prometheus that scrapes them all can be the source instead: SkyRL: Select Source.',
      },
    ];
  }
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
