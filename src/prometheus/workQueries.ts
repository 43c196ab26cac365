/** Queries about the engines' work over time: the counters' totals, requests, KV caches, and the training phase. */
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { WellKnownName } from '../metrics/wellKnownSelectors';
import { totalQueries } from './engineQueries';
import type { NamedQuery } from './expressions';
import { labelsOfSubject, selectSeries, type SeriesScope } from './scopes';

/** The ids of the queries beside those of totals. */
export const workQueryIds = { requests: 'work requests', kvUsage: 'work kv', phase: 'work phase' } as const;

/** Series that a range is read of per engine: totals, requests and KV-cache usage. */
export const workSeriesPerEngine = 11;

/** The engines' work and the phase, for range queries. */
export function workQueries(index: CatalogIndex, scopes: readonly SeriesScope[]): NamedQuery[] {
  const seriesOf = (scope: SeriesScope, names: readonly WellKnownName[], subject: 'engine' | 'trainer'): string =>
    names
      .flatMap((name) => {
        const selector = index.selectors[index.wellKnown[name]];
        return selector ? selectSeries(scope, selector, subject) : [];
      })
      .join(' or ');
  const query = (id: string, aggregate: string, by: readonly string[], series: string): NamedQuery[] =>
    series === '' ? [] : [{ id, expression: `${aggregate} by (${by.join(', ')}) (${series})` }];
  return [
    ...totalQueries(scopes),
    ...scopes.flatMap((scope) => {
      const { engine } = labelsOfSubject[scope.kind];
      return [
        ...query(workQueryIds.requests, 'sum', engine, seriesOf(scope, ['running', 'waiting'], 'engine')),
        ...query(workQueryIds.kvUsage, 'max', engine, seriesOf(scope, ['kvUsage'], 'engine')),
        ...query(workQueryIds.phase, 'max', ['phase'], seriesOf(scope, ['phase'], 'trainer')),
      ];
    }),
  ];
}
