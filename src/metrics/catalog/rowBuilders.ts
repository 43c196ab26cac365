/** One function per kind of row: fills in what follows from the rest, families and PromQL above all. */
import type { Unit } from '../../shared/format';
import { rayName, raySelector } from './raySelector';
import type {
  CatalogRow,
  Caveat,
  GaugeRow,
  IncreaseRow,
  MeanRow,
  QuantileRow,
  QuotientRow,
  RateRow,
  RatioRow,
  ScalarKind,
  Selector,
  Thresholds,
} from './types';

type Derived = 'kind' | 'families' | 'promql' | 'subject' | 'shortLabel' | 'worst' | 'aggregate' | 'caveats';

/** What a row has to say; the rest has defaults. */
type RowInput<Row extends CatalogRow> = Omit<Row, Derived> &
  Partial<Pick<Row, 'subject' | 'shortLabel' | 'worst' | 'aggregate' | 'caveats' | 'promql'>>;

/** A selector, or the bare name of a family whose part the kind of row gives. */
type SelectorInput = string | { family: string; where?: Readonly<Record<string, string>>; sampleKind?: ScalarKind };

/** vLLM until 0.20 shares one object among all label values of a family on Ray. */
const splitOnRay: Caveat = {
  beforeRelease: '0.21',
  onRay: true,
  message:
    'Engines of vLLM before 0.21 that report to Ray count every label value of this family under one of them (vLLM PR 40840): the split is wrong there, the sum is right.',
};

function toSelector(of: SelectorInput, part: ScalarKind): Selector {
  return typeof of === 'string' ? { family: of, sampleKind: part } : { sampleKind: part, ...of };
}

function caveats(
  given: readonly Caveat[] | undefined,
  ...selectors: readonly Selector[]
): { caveats?: readonly Caveat[] } {
  const split = selectors.some(({ where, sampleKind }) => where && sampleKind === 'counter') ? [splitOnRay] : [];
  const all = [...(given ?? []), ...split];
  return all.length === 0 ? {} : { caveats: all };
}

const defaults = { subject: 'engine', worst: 'neither' } as const;
const functions = { sum: 'sum', max: 'max', mean: 'avg', pooled: 'avg' } as const;
const scaled = (promql: string, scale: number | undefined): string =>
  scale === undefined ? promql : `${promql} * ${scale}`;

export function gauge(row: Omit<RowInput<GaugeRow>, 'selector'> & { selector: SelectorInput }): GaugeRow {
  const of = toSelector(row.selector, 'gauge');
  const aggregate = row.aggregate ?? 'sum';
  const promql =
    row.fromLabel === undefined
      ? scaled(`${functions[aggregate]}(${raySelector(of)})`, row.scale)
      : `count by (${row.fromLabel}) (${raySelector(of)})`;
  return {
    ...defaults,
    shortLabel: row.label,
    promql,
    ...row,
    kind: 'gauge',
    selector: of,
    aggregate,
    families: [of.family],
    ...caveats(row.caveats, of),
  };
}

export function rate(row: Omit<RowInput<RateRow>, 'selector'> & { selector: SelectorInput }): RateRow {
  const of = toSelector(row.selector, 'counter');
  const promql = scaled(`sum(rate(${raySelector(of)}[$w]))`, row.scale);
  return {
    ...defaults,
    shortLabel: row.label,
    aggregate: 'sum',
    promql,
    ...row,
    kind: 'rate',
    selector: of,
    families: [of.family],
    ...caveats(row.caveats, of),
  };
}

export function increase(row: Omit<RowInput<IncreaseRow>, 'selector'> & { selector: SelectorInput }): IncreaseRow {
  const of = toSelector(row.selector, 'counter');
  const promql = `sum(increase(${raySelector(of)}[$w]))`;
  return {
    ...defaults,
    shortLabel: row.label,
    aggregate: 'sum',
    promql,
    ...row,
    kind: 'increase',
    selector: of,
    families: [of.family],
    ...caveats(row.caveats, of),
  };
}

export function ratio(
  row: Omit<RowInput<RatioRow>, 'numerator' | 'denominator'> & { numerator: SelectorInput; denominator: SelectorInput },
): RatioRow {
  const above = toSelector(row.numerator, 'counter');
  const below = toSelector(row.denominator, 'counter');
  const quotient = `sum(rate(${raySelector(above)}[$w])) / sum(rate(${raySelector(below)}[$w]))`;
  return {
    ...defaults,
    shortLabel: row.label,
    aggregate: 'pooled',
    promql: row.plus === undefined ? quotient : `${row.plus} + ${quotient}`,
    ...row,
    kind: 'ratio',
    numerator: above,
    denominator: below,
    families: [...new Set([above.family, below.family])],
    ...caveats(row.caveats, above, below),
  };
}

/** `above` by the sum of `below`, all given as rows, so that families and PromQL are theirs. */
export function quotient(
  row: Omit<RowInput<QuotientRow>, 'numerator' | 'denominator'> & {
    numerator: CatalogRow;
    denominator: readonly CatalogRow[];
  },
): QuotientRow {
  const rows = [row.numerator, ...row.denominator];
  const below = row.denominator.map(({ promql }) => promql).join(' + ');
  return {
    ...defaults,
    shortLabel: row.label,
    aggregate: 'pooled',
    promql: `${row.numerator.promql} / (${below})`,
    ...row,
    kind: 'quotient',
    numerator: row.numerator.id,
    denominator: row.denominator.map(({ id }) => id),
    subject: row.numerator.subject,
    families: [...new Set(rows.flatMap(({ families }) => families))],
  };
}

interface HistogramInput {
  /** What the rows' ids begin with. */
  base: string;
  family: string;
  label: string;
  shortLabel: string;
  unit: Unit;
  category: CatalogRow['category'];
  subject?: CatalogRow['subject'];
  worst?: CatalogRow['worst'];
  /** What was observed, as a sentence. */
  help: string;
  /** In the mean's place: whole sentences where the mean has a name of its own, and false where a mean says nothing (small integers). */
  mean?: string | false;
  thresholds?: { quantile: number } & Thresholds;
}

const quantiles = [0.5, 0.95, 0.99] as const;

/** `<base>_avg` (unless a mean says nothing), `<base>_p50`, `<base>_p95`, `<base>_p99`. */
export function histogram({
  base,
  family,
  label,
  shortLabel,
  help,
  mean,
  thresholds,
  ...rest
}: HistogramInput): (MeanRow | QuantileRow)[] {
  const name = rayName(family);
  const common = {
    ...defaults,
    aggregate: 'pooled',
    ...rest,
    worst: rest.worst ?? 'high',
    families: [family],
    histogram: base,
  } as const;
  const average: MeanRow = {
    ...common,
    id: `${base}_avg`,
    kind: 'mean',
    label,
    shortLabel,
    help: mean || `${help} Mean of the window.`,
    promql: `sum(rate(${name}_sum[$w])) / sum(rate(${name}_count[$w]))`,
  };
  const rows = quantiles.map((quantile): QuantileRow => {
    const percent = `p${quantile * 100}`;
    return {
      ...common,
      id: `${base}_${percent}`,
      kind: 'quantile',
      quantile,
      label: `${label}, ${percent}`,
      shortLabel: `${shortLabel} ${percent}`,
      help: `${help} ${quantile * 100} % of the window’s are at or below it.`,
      promql: `histogram_quantile(${quantile}, sum by (le) (rate(${name}_bucket[$w])))`,
      ...(thresholds?.quantile === quantile && {
        thresholds: { warning: thresholds.warning, error: thresholds.error, source: thresholds.source },
      }),
    };
  });
  return mean === false ? rows : [average, ...rows];
}
