/**
 * The queries that measures are made of: each catalog row over all subjects and by subject, and histograms' buckets.
 */
import type { CatalogRow } from '../metrics/catalog';
import {
  aggregateExpression,
  bucketExpressions,
  subjectExpressions,
  type NamedQuery,
  type QueryContext,
} from './expressions';

/** Ids of the queries, by what they are of. */
export const measureQueryIds = {
  aggregate: (rowId: string) => `all ${rowId}`,
  subjects: (rowId: string) => `own ${rowId}`,
  /** What a histogram's buckets counted, by `le`. */
  buckets: (family: string) => `buckets ${family}`,
  /** How many series have each `le`. */
  bounds: (family: string) => `bounds ${family}`,
} as const;

/** Whether a row is the rate of a histogram's sum, which Ray may have rebuilt from its buckets. */
export const isSumRate = (row: CatalogRow): boolean => row.kind === 'rate' && row.selector.sampleKind === 'sum';

/** Each catalog row that this Prometheus has series of, by subject. */
export const subjectMeasureQueries = (context: QueryContext): NamedQuery[] =>
  context.catalogIndex.rows.flatMap(({ row }) =>
    subjectExpressions(row, context).map((expression) => ({ id: measureQueryIds.subjects(row.id), expression })),
  );

/** The same rows over all subjects, and the buckets of histograms. */
export function measureQueries(context: QueryContext): NamedQuery[] {
  const { rows } = context.catalogIndex;
  const rowQueries = rows.flatMap(({ row }): NamedQuery[] => {
    const aggregate = aggregateExpression(row, context);
    return aggregate === undefined ? [] : [{ id: measureQueryIds.aggregate(row.id), expression: aggregate }];
  });
  const histograms = new Map(
    rows.flatMap(({ row }) =>
      row.kind === 'quantile' || isSumRate(row) ? [[row.families[0] ?? '', row.subject] as const] : [],
    ),
  );
  const bucketQueries = [...histograms].flatMap(([family, subject]): NamedQuery[] => {
    const expressions = bucketExpressions(family, subject, context);
    if (!expressions) return [];
    return [
      { id: measureQueryIds.buckets(family), expression: expressions.counts },
      { id: measureQueryIds.bounds(family), expression: expressions.series },
    ];
  });
  return [...rowQueries, ...bucketQueries];
}
