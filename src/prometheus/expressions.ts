/** The catalog as PromQL for one run: each row over all its subjects, and by subject. */
import type { CatalogRow, GaugeRow, RatioRow, Selector, SubjectKind } from '../metrics/catalog';
import { isVllmFamily } from '../metrics/catalog/raySelector';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { SampleKind } from '../metrics/sampleNames';
import { durationText } from './duration';
import { hasSamples, labelsOfSubject, overRange, selectSeries, type SeriesScope } from './scopes';

/** One of the queries that are sent together; answers are told apart by its id. */
export interface NamedQuery {
  id: string;
  expression: string;
}

/** What the expressions are of. */
export interface QueryContext {
  catalogIndex: CatalogIndex;
  scopes: readonly SeriesScope[];
  /** The range of `rate`, in ms. */
  rateWindowMs: number;
}

type Wrap = (series: string) => string;
type SampleSelector = Omit<Selector, 'sampleKind'> & { sampleKind: SampleKind };

/**
 * The series of all scopes, joined by `or`; undefined if there are none. Their label sets differ, so `or` keeps them
 * all.
 */
function joinSeries(
  scopes: readonly SeriesScope[],
  selector: SampleSelector,
  subject: SubjectKind,
  wrap: Wrap,
): string | undefined {
  const series = scopes.flatMap((scope) => selectSeries(scope, selector, subject)).map(wrap);
  return series.length === 0 ? undefined : series.join(' or ');
}

/** Without values that are not finite: one of them would make every sum NaN. */
export const finiteOnly: Wrap = (series) => `${series} > -Inf < Inf`;
/** The same without values below the least possible one. */
const possibleOnly =
  ({ least }: GaugeRow): Wrap =>
  (series) =>
    `${series} ${Number.isFinite(least) ? `>= ${least}` : '> -Inf'} < Inf`;
const rateOver =
  (windowMs: number): Wrap =>
  (series) =>
    `rate(${overRange(series, durationText(windowMs))})`;

const scaled = (expression: string | undefined, scale: number | undefined): string | undefined =>
  expression === undefined || scale === undefined ? expression : `${expression} * ${scale}`;

/**
 * An increase as rate times window, which is how Prometheus defines it. VictoriaMetrics's own `increase` counts a
 * series from 0 if it has only one sample of it, even if its engine is old.
 */
const increaseOf = (rate: string | undefined, windowMs: number): string | undefined => scaled(rate, windowMs / 1000);

const aggregateFunctions = { sum: 'sum', max: 'max', mean: 'avg', pooled: 'sum' } as const;

const aggregate = (name: string, by: string, vector: string | undefined): string | undefined =>
  vector === undefined ? undefined : `${name}${by}(${vector})`;

/** `zero`: counts in place of a missing numerator; without it there is no quotient then. `plus` is added to the quotient. */
function divide(
  numerator: string | undefined,
  denominator: string | undefined,
  { zero, plus }: { zero?: string | undefined; plus?: number | undefined } = {},
): string | undefined {
  const dividend = numerator !== undefined && zero !== undefined ? `(${numerator} or ${zero})` : (numerator ?? zero);
  if (dividend === undefined || denominator === undefined) return undefined;
  const quotient = `${dividend} / (${denominator} > 0)`;
  return plus === undefined ? quotient : `${plus} + ${quotient}`;
}

/** Whether a counter may begin to exist after its process: on Ray, of other exporters, and new label values. */
const createsLater = (scope: SeriesScope, { family, sampleKind }: Selector): boolean =>
  scope.kind === 'ray' || !isVllmFamily(family) || hasSamples(scope, family, sampleKind);

/** What decides whether a missing numerator is 0. */
interface ZeroFacts {
  /** The denominator of those series beside which a missing numerator is 0. */
  zeroBeside: string | undefined;
  denominator: string | undefined;
  /** The counter of the row's `zeroIf`. */
  counted: string | undefined;
}

/**
 * 0 in place of a missing numerator; undefined if it is unknown. Ray creates a counter at its first increment. A server
 * has vLLM's counters from its start on.
 */
function zeroOf(
  { optionalNumerator, zeroIf }: RatioRow,
  { zeroBeside, denominator, counted }: ZeroFacts,
): string | undefined {
  if (optionalNumerator || zeroBeside === undefined) return undefined;
  if (!zeroIf) return `0 * ${zeroBeside}`;
  return counted === undefined ? undefined : `0 * (${counted} / ${denominator} > ${zeroIf.above})`;
}

const quantileOf = (quantile: number, buckets: string | undefined): string | undefined =>
  buckets === undefined ? undefined : `histogram_quantile(${quantile}, ${buckets})`;

const familyOf = ({ families }: CatalogRow): string => families[0] ?? '';

/** Whether a row is taken over all subjects or by subject. */
interface Grouping extends QueryContext {
  /** ` by (…) `, or nothing. */
  by: string;
  bySubject: boolean;
}

function expressionOf(row: CatalogRow, { scopes, rateWindowMs, by, bySubject }: Grouping): string | undefined {
  const rate = rateOver(rateWindowMs);
  const join = (selector: SampleSelector, wrap: Wrap): string | undefined =>
    joinSeries(scopes, selector, row.subject, wrap);
  const sumOfRates = (selector: SampleSelector): string | undefined => aggregate('sum', by, join(selector, rate));
  switch (row.kind) {
    case 'gauge': {
      // `lastValueQueries` asks for gauges that are set once, and for those in labels.
      if (row.sticky || row.fromLabel !== undefined) return undefined;
      const ofSubject = row.unit === 'fraction' ? 'max' : 'sum';
      const name = bySubject ? ofSubject : aggregateFunctions[row.aggregate];
      return scaled(aggregate(name, by, join(row.selector, possibleOnly(row))), row.scale);
    }
    case 'rate':
      return scaled(
        aggregate(bySubject ? 'sum' : aggregateFunctions[row.aggregate], by, join(row.selector, rate)),
        row.scale,
      );
    case 'increase':
      return increaseOf(sumOfRates(row.selector), rateWindowMs);
    case 'ratio': {
      const denominator = sumOfRates(row.denominator);
      const zeroScopes = scopes.filter((scope) => createsLater(scope, row.numerator));
      const zeroBeside = aggregate('sum', by, joinSeries(zeroScopes, row.denominator, row.subject, rate));
      const counted = row.zeroIf && sumOfRates(row.zeroIf.counter);
      return divide(sumOfRates(row.numerator), denominator, {
        zero: zeroOf(row, { zeroBeside, denominator, counted }),
        plus: row.plus,
      });
    }
    case 'mean':
      // A histogram has its sum as soon as it has its count.
      return divide(
        sumOfRates({ family: familyOf(row), sampleKind: 'sum' }),
        sumOfRates({ family: familyOf(row), sampleKind: 'count' }),
      );
    case 'quantile': {
      // Over all subjects a quantile is taken from `bucketExpressions`.
      if (!bySubject) return undefined;
      const buckets = join({ family: familyOf(row), sampleKind: 'bucket' }, rate);
      return quantileOf(row.quantile, aggregate('sum', by.replace('(', '(le, '), buckets));
    }
    case 'quotient':
      return undefined;
  }
}

/**
 * A row over all subjects. Undefined if the Prometheus has no series of it, and for rows that are made of others
 * (quotients), of buckets (quantiles), or of values that are set once.
 */
export const aggregateExpression = (row: CatalogRow, context: QueryContext): string | undefined =>
  expressionOf(row, { ...context, by: '', bySubject: false });

/** A row by subject, one expression per scope. */
export function subjectExpressions(row: CatalogRow, context: QueryContext): string[] {
  return context.scopes.flatMap((scope) => {
    const by = ` by (${labelsOfSubject[scope.kind][row.subject].join(', ')}) `;
    return expressionOf(row, { ...context, scopes: [scope], by, bySubject: true }) ?? [];
  });
}

/**
 * What a histogram's buckets counted over all subjects: `counts` is cumulative, by `le`; `series` is how many series
 * have each `le`.
 */
export function bucketExpressions(
  family: string,
  subject: SubjectKind,
  { scopes, rateWindowMs }: QueryContext,
): { counts: string; series: string } | undefined {
  const buckets = joinSeries(scopes, { family, sampleKind: 'bucket' }, subject, rateOver(rateWindowMs));
  const counts = increaseOf(aggregate('sum', ' by (le) ', buckets), rateWindowMs);
  return buckets === undefined || counts === undefined ? undefined : { counts, series: `count by (le) (${buckets})` };
}

/** A quantile row over all subjects, from the buckets of all; undefined for other rows, and without buckets. */
export function quantileExpression(row: CatalogRow, { scopes, rateWindowMs }: QueryContext): string | undefined {
  if (row.kind !== 'quantile') return undefined;
  const buckets = joinSeries(
    scopes,
    { family: familyOf(row), sampleKind: 'bucket' },
    row.subject,
    rateOver(rateWindowMs),
  );
  return quantileOf(row.quantile, aggregate('sum', ' by (le) ', buckets));
}
