/** The queries of one snapshot. */
import type { EvaluationContext } from '../collector/snapshotSource';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { activityQueries, totalQueries } from './engineQueries';
import type { NamedQuery } from './expressions';
import { lastValueQueries } from './lastValues';
import { measureQueries } from './measureQueries';
import type { PrometheusRun } from './prometheusRun';
import type { QueryRanges } from './queryRanges';
import { durationText } from './duration';
import { excludeWorkersMatcher, type SeriesScope } from './scopes';
import { skyrlValueQueries } from './skyrlValueQueries';

/**
 * Scopes whose engine series leave out workers that have ended or are another run's; their counters may stay for a long
 * time.
 */
function scopesOfLivingEngines(
  { scopes, scrapedEngines }: PrometheusRun,
  { actors, otherWorkers }: Pick<EvaluationContext, 'actors' | 'otherWorkers'>,
): SeriesScope[] {
  const excluded = [...scrapedEngines.keys()].filter(
    (key) => actors?.get(key)?.state === 'DEAD' || otherWorkers.has(key),
  );
  return scopes.map((scope) =>
    scope.kind === 'ray' && excluded.length > 0
      ? { ...scope, engineMatchers: [excludeWorkersMatcher(excluded)] }
      : scope,
  );
}

/** Everything that a snapshot of the run needs. Measures are of living engines; SkyRL's values count all workers in. */
export function snapshotQueries(
  catalogIndex: CatalogIndex,
  run: PrometheusRun,
  context: Pick<EvaluationContext, 'actors' | 'otherWorkers'>,
  { rateWindowMs, activityRangeMs, lastValueRangeMs, valuesFrom }: QueryRanges,
): NamedQuery[] {
  const scopes = scopesOfLivingEngines(run, context);
  return [
    ...measureQueries({ catalogIndex, scopes, rateWindowMs }),
    ...activityQueries(scopes, durationText(activityRangeMs), durationText(rateWindowMs)),
    ...totalQueries(scopes),
    ...lastValueQueries(catalogIndex, scopes, durationText(lastValueRangeMs)),
    ...skyrlValueQueries(catalogIndex, run.scopes, durationText(run.at - valuesFrom)),
  ];
}
