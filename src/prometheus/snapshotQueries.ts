/** The queries of one snapshot. */
import type { EvaluationContext } from '../collector/snapshotSource';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { activityQueries, totalQueries } from './engineQueries';
import type { NamedQuery } from './expressions';
import { lastGaugeQueries, lastLabelQueries } from './lastValues';
import { measureQueries, subjectMeasureQueries } from './measureQueries';
import type { PrometheusRun } from './prometheusRun';
import type { QueryRanges } from './queryRanges';
import { durationText } from './duration';
import { excludeWorkersMatcher, type SeriesScope } from './scopes';
import { skyrlValueQueries } from './skyrlValueQueries';
import type { SubjectQueries } from './subjectBatch';

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

/** Everything that a snapshot of a run needs. */
export interface SnapshotQueries {
  /** Over all subjects, and what is told in labels. */
  common: NamedQuery[];
  /** By engine, node, GPU, trainer or server. */
  bySubject: SubjectQueries;
}

/** The queries of a snapshot. Measures are of living engines; SkyRL's values count all workers in. */
export function snapshotQueries(
  catalogIndex: CatalogIndex,
  run: PrometheusRun,
  context: Pick<EvaluationContext, 'actors' | 'otherWorkers'>,
  { rateWindowMs, activityRangeMs, lastValueRangeMs, valuesFrom }: QueryRanges,
): SnapshotQueries {
  const scopes = scopesOfLivingEngines(run, context);
  const lastValueRange = durationText(lastValueRangeMs);
  return {
    common: [
      ...measureQueries({ catalogIndex, scopes, rateWindowMs }),
      ...lastLabelQueries(catalogIndex, scopes, lastValueRange),
      ...skyrlValueQueries(catalogIndex, run.scopes, durationText(run.at - valuesFrom)),
    ],
    bySubject: (atModifier) => {
      const fixed = scopes.map((scope) => ({ ...scope, atModifier }));
      return [
        ...subjectMeasureQueries({ catalogIndex, scopes: fixed, rateWindowMs }),
        ...activityQueries(fixed, durationText(activityRangeMs), durationText(rateWindowMs)),
        ...totalQueries(fixed),
        ...lastGaugeQueries(catalogIndex, fixed, lastValueRange),
      ];
    },
  };
}
