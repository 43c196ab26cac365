/** Catalog → PromQL for a run: of each row the whole over all its subjects, and each subject's own. */
import type { CatalogRow, Selector, Subject } from '../metrics/catalog';
import type { SamplePart } from '../metrics/families';
import { labelsOfSubject, selected, type Scope } from './scopes';

/** A named part of a batch. */
export interface Piece {
  id: string;
  expression: string;
}

/** `window` is a Prometheus duration. */
export interface Over {
  scopes: readonly Scope[];
  window: string;
}

type Wrap = (series: string) => string;
type Sampled = Omit<Selector, 'part'> & { part: SamplePart };

/** The series of all scopes as one vector; undefined where there is none. Their label sets differ, so that `or` keeps them all. */
function union(scopes: readonly Scope[], selector: Sampled, subject: Subject, wrap: Wrap): string | undefined {
  const series = scopes.flatMap((scope) => selected(scope, selector, subject)).map(wrap);
  return series.length === 0 ? undefined : series.join(' or ');
}

const rateOver = (window: string): Wrap => (series) => `rate(${series}[${window}])`;
const increaseOver = (window: string): Wrap => (series) => `increase(${series}[${window}])`;
const asIs: Wrap = (series) => series;
const functions = { sum: 'sum', max: 'max', mean: 'avg', pooled: 'sum' } as const;
const scaled = (expression: string | undefined, scale: number | undefined): string | undefined => (expression === undefined || scale === undefined ? expression : `${expression} * ${scale}`);

interface Grouping {
  scopes: readonly Scope[];
  window: string;
  /** `by (…)`, or nothing. */
  by: string;
  each: boolean;
}

const family = ({ families }: CatalogRow): string => families[0] ?? '';

function grouped(how: string, by: string, vector: string | undefined): string | undefined {
  return vector === undefined ? undefined : `${how}${by}(${vector})`;
}

/** A numerator that Ray has not created yet is 0 beside its own denominator; what nobody counts is absent. */
function divided(above: string | undefined, below: string | undefined, { plus, countedApart = false }: { plus?: number | undefined; countedApart?: boolean | undefined } = {}): string | undefined {
  if (below === undefined || (above === undefined && countedApart)) return undefined;
  const numerator = countedApart ? above : above === undefined ? `0 * ${below}` : `(${above} or 0 * ${below})`;
  const quotient = `${numerator} / (${below} > 0)`;
  return plus === undefined ? quotient : `${plus} + ${quotient}`;
}

function expressionOf(row: CatalogRow, { scopes, window, by, each }: Grouping): string | undefined {
  const sumOf = (selector: Sampled, wrap: Wrap): string | undefined => grouped('sum', by, union(scopes, selector, row.subject, wrap));
  const rated = rateOver(window);
  switch (row.kind) {
    case 'gauge':
      // What is set once, or stands in a label, is asked for by itself.
      if (row.held || row.fromLabel !== undefined) return undefined;
      return scaled(grouped(each ? (row.unit === 'fraction' ? 'max' : 'sum') : functions[row.aggregate], by, union(scopes, row.of, row.subject, asIs)), row.scale);
    case 'rate':
      return scaled(grouped(each ? 'sum' : functions[row.aggregate], by, union(scopes, row.of, row.subject, rated)), row.scale);
    case 'increase':
      return sumOf(row.of, increaseOver(window));
    case 'ratio':
      return divided(sumOf(row.above, rated), sumOf(row.below, rated), row);
    case 'mean':
      return divided(sumOf({ family: family(row), part: 'sum' }, rated), sumOf({ family: family(row), part: 'count' }, rated));
    case 'quantile':
      return each ? quantileOf(row.quantile, grouped('sum', by.replace('(', '(le, '), union(scopes, { family: family(row), part: 'bucket' }, row.subject, rated))) : undefined;
    case 'quotient':
      return undefined;
  }
}

const quantileOf = (quantile: number, buckets: string | undefined): string | undefined => (buckets === undefined ? undefined : `histogram_quantile(${quantile}, ${buckets})`);

/** A row over all subjects; undefined where Prometheus has nothing of it, or where it is made of others (quotients), of buckets (quantiles) or of labels. */
export const wholeOf = (row: CatalogRow, { scopes, window }: Over): string | undefined => expressionOf(row, { scopes, window, by: '', each: false });

/** A row by subject, an expression for each scope. */
export function eachOf(row: CatalogRow, { scopes, window }: Over): string[] {
  return scopes.flatMap((scope) => expressionOf(row, { scopes: [scope], window, by: ` by (${labelsOfSubject[scope.kind][row.subject].join(', ')}) `, each: true }) ?? []);
}

/** What a histogram's buckets counted, over all subjects: cumulative, by `le`. And how many series have each bound. */
export function bucketsOf(histogram: string, subject: Subject, { scopes, window }: Over): { counts: string; series: string } | undefined {
  const buckets = union(scopes, { family: histogram, part: 'bucket' }, subject, increaseOver(window));
  return buckets === undefined ? undefined : { counts: `sum by (le) (${buckets})`, series: `count by (le) (${buckets})` };
}
