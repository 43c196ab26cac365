/** Builds catalog rows of every kind but histograms: fills in families, PromQL and other fields that follow. */
import { raySelector } from './raySelector';
import { sharedLabelCaveat } from './sharedLabelCaveat';
import type {
  CatalogRow,
  Caveat,
  GaugeRow,
  IncreaseRow,
  QuotientRow,
  RateRow,
  RatioRow,
  ScalarKind,
  Selector,
} from './types';

type DerivedField = 'kind' | 'families' | 'promql' | 'subject' | 'shortLabel' | 'worst' | 'aggregate' | 'caveats';
type OptionalField = 'subject' | 'shortLabel' | 'worst' | 'aggregate' | 'caveats' | 'promql';

/** The fields of a row that must be given; others have defaults. */
type RowInput<Row extends CatalogRow, Given extends keyof Row = never> = Omit<Row, DerivedField | Given> &
  Partial<Pick<Row, OptionalField>>;

/** A selector, or the canonical name of a family whose sample kind follows from the kind of row. */
type SelectorInput = string | { family: string; where?: Readonly<Record<string, string>>; sampleKind?: ScalarKind };

/** What rows have unless they say otherwise. */
export const rowDefaults = { subject: 'engine', worst: 'neither' } as const;

const promqlFunctions = { sum: 'sum', max: 'max', mean: 'avg', pooled: 'avg' } as const;

const toSelector = (input: SelectorInput, sampleKind: ScalarKind): Selector =>
  typeof input === 'string' ? { family: input, sampleKind } : { sampleKind, ...input };

const scaled = (promql: string, scale: number | undefined): string =>
  scale === undefined ? promql : `${promql} * ${scale}`;

/** Adds the caveat of splits by label to the row's own. */
function withCaveats(
  caveats: readonly Caveat[] | undefined,
  ...selectors: readonly Selector[]
): { caveats?: readonly Caveat[] } {
  const isSplit = selectors.some(({ where, sampleKind }) => where && sampleKind === 'counter');
  const all = [...(caveats ?? []), ...(isSplit ? [sharedLabelCaveat] : [])];
  return all.length === 0 ? {} : { caveats: all };
}

/** A row for a gauge. Its aggregate is the sum and its least value 0 unless given. */
export function gauge(
  row: RowInput<GaugeRow, 'selector' | 'least'> & { selector: SelectorInput; least?: number },
): GaugeRow {
  const selector = toSelector(row.selector, 'gauge');
  const aggregate = row.aggregate ?? 'sum';
  const promql =
    row.fromLabel === undefined
      ? scaled(`${promqlFunctions[aggregate]}(${raySelector(selector)})`, row.scale)
      : `count by (${row.fromLabel}) (${raySelector(selector)})`;
  return {
    ...rowDefaults,
    shortLabel: row.label,
    promql,
    least: 0,
    ...row,
    kind: 'gauge',
    selector,
    aggregate,
    families: [selector.family],
    ...withCaveats(row.caveats, selector),
  };
}

/** A row for a counter's increase per second. */
export function rate(row: RowInput<RateRow, 'selector'> & { selector: SelectorInput }): RateRow {
  const selector = toSelector(row.selector, 'counter');
  return {
    ...rowDefaults,
    shortLabel: row.label,
    aggregate: 'sum',
    promql: scaled(`sum(rate(${raySelector(selector)}[$w]))`, row.scale),
    ...row,
    kind: 'rate',
    selector,
    families: [selector.family],
    ...withCaveats(row.caveats, selector),
  };
}

/** A row for a counter's increase over the rate window. */
export function increase(row: RowInput<IncreaseRow, 'selector'> & { selector: SelectorInput }): IncreaseRow {
  const selector = toSelector(row.selector, 'counter');
  return {
    ...rowDefaults,
    shortLabel: row.label,
    aggregate: 'sum',
    promql: `sum(increase(${raySelector(selector)}[$w]))`,
    ...row,
    kind: 'increase',
    selector,
    families: [selector.family],
    ...withCaveats(row.caveats, selector),
  };
}

/** A row for the increase of one counter divided by that of another. */
export function ratio(
  row: RowInput<RatioRow, 'numerator' | 'denominator'> & { numerator: SelectorInput; denominator: SelectorInput },
): RatioRow {
  const numerator = toSelector(row.numerator, 'counter');
  const denominator = toSelector(row.denominator, 'counter');
  const promql = `sum(rate(${raySelector(numerator)}[$w])) / sum(rate(${raySelector(denominator)}[$w]))`;
  return {
    ...rowDefaults,
    shortLabel: row.label,
    aggregate: 'pooled',
    promql: row.plus === undefined ? promql : `${row.plus} + ${promql}`,
    ...row,
    kind: 'ratio',
    numerator,
    denominator,
    families: [...new Set([numerator.family, denominator.family])],
    ...withCaveats(row.caveats, numerator, denominator),
  };
}

/** A row for one row divided by the sum of others. They are given as rows, because families and PromQL are theirs. */
export function quotient(
  row: RowInput<QuotientRow, 'numerator' | 'denominator'> & {
    numerator: CatalogRow;
    denominator: readonly CatalogRow[];
  },
): QuotientRow {
  const { numerator, denominator } = row;
  return {
    ...rowDefaults,
    shortLabel: row.label,
    aggregate: 'pooled',
    promql: `${numerator.promql} / (${denominator.map(({ promql }) => promql).join(' + ')})`,
    ...row,
    kind: 'quotient',
    numerator: numerator.id,
    denominator: denominator.map(({ id }) => id),
    subject: numerator.subject,
    families: [...new Set([numerator, ...denominator].flatMap(({ families }) => families))],
  };
}
