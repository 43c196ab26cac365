/** Catalog → PromQL for a run: of each row the whole over all its subjects, and each subject's own. */
import type { CatalogRow, Selector, SubjectKind } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { SampleKind } from '../metrics/sampleNames';
import { durationText } from './responseData';
import { labelsOfSubject, selectSeries, type SeriesScope } from './scopes';

/** A named part of a batch. */
export interface NamedQuery {
  id: string;
  expression: string;
}

/** What is asked, and over how many ms rates are taken. */
export interface QueryContext {
  catalogIndex: CatalogIndex;
  scopes: readonly SeriesScope[];
  rateWindowMs: number;
}

type Wrap = (series: string) => string;
type SampleSelector = Omit<Selector, 'sampleKind'> & { sampleKind: SampleKind };

/** The series of all scopes as one vector; undefined where there is none. Their label sets differ, so that `or` keeps them all. */
function union(
  scopes: readonly SeriesScope[],
  selector: SampleSelector,
  subject: SubjectKind,
  wrap: Wrap,
): string | undefined {
  const series = scopes.flatMap((scope) => selectSeries(scope, selector, subject)).map(wrap);
  return series.length === 0 ? undefined : series.join(' or ');
}

const rateOver =
  (windowMs: number): Wrap =>
  (series) =>
    `rate(${series}[${durationText(windowMs)}])`;
/** As Prometheus has it, `increase` is this. VictoriaMetrics's own counts a series that it has one sample of from 0, though it is as old as its engine. */
const increased = (rate: string | undefined, windowMs: number): string | undefined => scaled(rate, windowMs / 1000);
const asIs: Wrap = (series) => series;
const functions = { sum: 'sum', max: 'max', mean: 'avg', pooled: 'sum' } as const;
const scaled = (expression: string | undefined, scale: number | undefined): string | undefined =>
  expression === undefined || scale === undefined ? expression : `${expression} * ${scale}`;

interface Grouping extends Omit<QueryContext, 'catalogIndex'> {
  /** `by (…)`, or nothing. */
  by: string;
  each: boolean;
}

const family = ({ families }: CatalogRow): string => families[0] ?? '';

function grouped(how: string, by: string, vector: string | undefined): string | undefined {
  return vector === undefined ? undefined : `${how}${by}(${vector})`;
}

/** A numerator that Ray has not created yet is 0 beside its own denominator; what nobody counts is absent. */
function divided(
  above: string | undefined,
  below: string | undefined,
  { plus, optionalNumerator = false }: { plus?: number | undefined; optionalNumerator?: boolean | undefined } = {},
): string | undefined {
  if (below === undefined || (above === undefined && optionalNumerator)) return undefined;
  const numerator = optionalNumerator ? above : above === undefined ? `0 * ${below}` : `(${above} or 0 * ${below})`;
  const quotient = `${numerator} / (${below} > 0)`;
  return plus === undefined ? quotient : `${plus} + ${quotient}`;
}

function expressionOf(row: CatalogRow, { scopes, rateWindowMs, by, each }: Grouping): string | undefined {
  const sumOf = (selector: SampleSelector, wrap: Wrap): string | undefined =>
    grouped('sum', by, union(scopes, selector, row.subject, wrap));
  const rated = rateOver(rateWindowMs);
  switch (row.kind) {
    case 'gauge':
      // What is set once, or stands in a label, is asked for by itself.
      if (row.sticky || row.fromLabel !== undefined) return undefined;
      return scaled(
        grouped(
          each ? (row.unit === 'fraction' ? 'max' : 'sum') : functions[row.aggregate],
          by,
          union(scopes, row.selector, row.subject, asIs),
        ),
        row.scale,
      );
    case 'rate':
      return scaled(
        grouped(each ? 'sum' : functions[row.aggregate], by, union(scopes, row.selector, row.subject, rated)),
        row.scale,
      );
    case 'increase':
      return increased(sumOf(row.selector, rated), rateWindowMs);
    case 'ratio':
      return divided(sumOf(row.numerator, rated), sumOf(row.denominator, rated), row);
    case 'mean':
      return divided(
        sumOf({ family: family(row), sampleKind: 'sum' }, rated),
        sumOf({ family: family(row), sampleKind: 'count' }, rated),
      );
    case 'quantile':
      return each
        ? quantileOf(
            row.quantile,
            grouped(
              'sum',
              by.replace('(', '(le, '),
              union(scopes, { family: family(row), sampleKind: 'bucket' }, row.subject, rated),
            ),
          )
        : undefined;
    case 'quotient':
      return undefined;
  }
}

const quantileOf = (quantile: number, buckets: string | undefined): string | undefined =>
  buckets === undefined ? undefined : `histogram_quantile(${quantile}, ${buckets})`;

/** A row over all subjects; undefined where Prometheus has nothing of it, or where it is made of others (quotients), of buckets (quantiles) or of labels. */
export const aggregateExpression = (row: CatalogRow, over: QueryContext): string | undefined =>
  expressionOf(row, { ...over, by: '', each: false });

/** A row by subject, an expression for each scope. */
export function subjectExpressions(row: CatalogRow, { scopes, rateWindowMs }: QueryContext): string[] {
  return scopes.flatMap(
    (scope) =>
      expressionOf(row, {
        scopes: [scope],
        rateWindowMs,
        by: ` by (${labelsOfSubject[scope.kind][row.subject].join(', ')}) `,
        each: true,
      }) ?? [],
  );
}

/** What a histogram's buckets counted, over all subjects: cumulative, by `le`. And how many series have each bound. */
export function bucketsOf(
  histogram: string,
  subject: SubjectKind,
  { scopes, rateWindowMs }: QueryContext,
): { counts: string; series: string } | undefined {
  const buckets = union(scopes, { family: histogram, sampleKind: 'bucket' }, subject, rateOver(rateWindowMs));
  const counts = increased(grouped('sum', ' by (le) ', buckets), rateWindowMs);
  return buckets === undefined || counts === undefined ? undefined : { counts, series: `count by (le) (${buckets})` };
}
