/** The range queries that a run's past is made of. */
import { curatedRows } from '../metrics/catalog';
import {
  aggregateExpression,
  quantileExpression,
  subjectExpressions,
  type NamedQuery,
  type QueryContext,
} from './expressions';

/** What a query is of: all subjects, the lowest or the highest of each moment, or each subject. */
export const backfillParts = ['all', 'low', 'high', 'own'] as const;
/** One of them. */
export type BackfillPart = (typeof backfillParts)[number];

const queryId = (part: BackfillPart, rowId: string): string => `${part} ${rowId}`;

/** The part and the row of a query's id. */
export function parseQueryId(id: string): { part: BackfillPart; rowId: string } {
  const space = id.indexOf(' ');
  return { part: id.slice(0, space) as BackfillPart, rowId: id.slice(space + 1) };
}

/** Rows that the views always show: of these the past has the spread and single engines. */
export const alwaysShownIds: ReadonlySet<string> = new Set([...curatedRows.map(({ id }) => id), 'kv_cache_usage_mean']);

/**
 * All rows over all subjects, with the spread of those that are always shown. Values that are set once have no past
 * worth a query.
 */
export function aggregateQueries(context: QueryContext): NamedQuery[] {
  return context.catalogIndex.rows.flatMap(({ row }): NamedQuery[] => {
    if (row.kind === 'gauge' && (row.sticky || row.fromLabel !== undefined)) return [];
    const aggregate = aggregateExpression(row, context) ?? quantileExpression(row, context);
    const subjects = alwaysShownIds.has(row.id) ? subjectExpressions(row, context).join(' or ') : '';
    return [
      ...(aggregate === undefined ? [] : [{ id: queryId('all', row.id), expression: aggregate }]),
      ...(subjects === ''
        ? []
        : [
            { id: queryId('low', row.id), expression: `min(${subjects})` },
            { id: queryId('high', row.id), expression: `max(${subjects})` },
          ]),
    ];
  });
}

/** The rows that are always shown, by subject. */
export const subjectQueries = (context: QueryContext): NamedQuery[] =>
  context.catalogIndex.rows.flatMap(({ row }) =>
    alwaysShownIds.has(row.id)
      ? subjectExpressions(row, context).map((expression) => ({ id: queryId('own', row.id), expression }))
      : [],
  );
