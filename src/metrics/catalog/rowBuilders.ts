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
  ScalarPart,
  Selector,
  Thresholds,
} from './types';

type Derived = 'kind' | 'families' | 'promql' | 'subject' | 'short' | 'worst' | 'aggregate' | 'caveats';

/** What a row has to say; the rest has defaults. */
type Given<Row extends CatalogRow> = Omit<Row, Derived> &
  Partial<Pick<Row, 'subject' | 'short' | 'worst' | 'aggregate' | 'caveats' | 'promql'>>;

/** A selector, or the bare name of a family whose part the kind of row gives. */
type Where = string | { family: string; where?: Readonly<Record<string, string>>; part?: ScalarPart };

/** vLLM until 0.20 shares one object among all label values of a family on Ray. */
const splitOnRay: Caveat = {
  before: '0.21',
  onRay: true,
  words:
    'Engines of vLLM before 0.21 that report to Ray count every label value of this family under one of them (vLLM PR 40840): the split is wrong there, the sum is right.',
};

function selector(of: Where, part: ScalarPart): Selector {
  return typeof of === 'string' ? { family: of, part } : { part, ...of };
}

function caveats(
  given: readonly Caveat[] | undefined,
  ...selectors: readonly Selector[]
): { caveats?: readonly Caveat[] } {
  const split = selectors.some(({ where, part }) => where && part === 'counter') ? [splitOnRay] : [];
  const all = [...(given ?? []), ...split];
  return all.length === 0 ? {} : { caveats: all };
}

const defaults = { subject: 'engine', worst: 'neither' } as const;
const functions = { sum: 'sum', max: 'max', mean: 'avg', pooled: 'avg' } as const;
const scaled = (promql: string, scale: number | undefined): string =>
  scale === undefined ? promql : `${promql} * ${scale}`;

export function gauge(row: Omit<Given<GaugeRow>, 'of'> & { of: Where }): GaugeRow {
  const of = selector(row.of, 'gauge');
  const aggregate = row.aggregate ?? 'sum';
  const promql =
    row.fromLabel === undefined
      ? scaled(`${functions[aggregate]}(${raySelector(of)})`, row.scale)
      : `count by (${row.fromLabel}) (${raySelector(of)})`;
  return {
    ...defaults,
    short: row.label,
    promql,
    ...row,
    kind: 'gauge',
    of,
    aggregate,
    families: [of.family],
    ...caveats(row.caveats, of),
  };
}

export function rate(row: Omit<Given<RateRow>, 'of'> & { of: Where }): RateRow {
  const of = selector(row.of, 'counter');
  const promql = scaled(`sum(rate(${raySelector(of)}[$w]))`, row.scale);
  return {
    ...defaults,
    short: row.label,
    aggregate: 'sum',
    promql,
    ...row,
    kind: 'rate',
    of,
    families: [of.family],
    ...caveats(row.caveats, of),
  };
}

export function increase(row: Omit<Given<IncreaseRow>, 'of'> & { of: Where }): IncreaseRow {
  const of = selector(row.of, 'counter');
  const promql = `sum(increase(${raySelector(of)}[$w]))`;
  return {
    ...defaults,
    short: row.label,
    aggregate: 'sum',
    promql,
    ...row,
    kind: 'increase',
    of,
    families: [of.family],
    ...caveats(row.caveats, of),
  };
}

export function ratio(row: Omit<Given<RatioRow>, 'above' | 'below'> & { above: Where; below: Where }): RatioRow {
  const above = selector(row.above, 'counter');
  const below = selector(row.below, 'counter');
  const quotient = `sum(rate(${raySelector(above)}[$w])) / sum(rate(${raySelector(below)}[$w]))`;
  return {
    ...defaults,
    short: row.label,
    aggregate: 'pooled',
    promql: row.plus === undefined ? quotient : `${row.plus} + ${quotient}`,
    ...row,
    kind: 'ratio',
    above,
    below,
    families: [...new Set([above.family, below.family])],
    ...caveats(row.caveats, above, below),
  };
}

/** `above` by the sum of `below`, all given as rows, so that families and PromQL are theirs. */
export function quotient(
  row: Omit<Given<QuotientRow>, 'above' | 'below'> & { above: CatalogRow; below: readonly CatalogRow[] },
): QuotientRow {
  const rows = [row.above, ...row.below];
  const below = row.below.map(({ promql }) => promql).join(' + ');
  return {
    ...defaults,
    short: row.label,
    aggregate: 'pooled',
    promql: `${row.above.promql} / (${below})`,
    ...row,
    kind: 'quotient',
    above: row.above.id,
    below: row.below.map(({ id }) => id),
    subject: row.above.subject,
    families: [...new Set(rows.flatMap(({ families }) => families))],
  };
}

interface HistogramGiven {
  /** What the rows' ids begin with. */
  base: string;
  family: string;
  label: string;
  short: string;
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
  short,
  help,
  mean,
  thresholds,
  ...rest
}: HistogramGiven): (MeanRow | QuantileRow)[] {
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
    short,
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
      short: `${short} ${percent}`,
      help: `${help} ${quantile * 100} % of the window’s are at or below it.`,
      promql: `histogram_quantile(${quantile}, sum by (le) (rate(${name}_bucket[$w])))`,
      ...(thresholds?.quantile === quantile && {
        thresholds: { warning: thresholds.warning, error: thresholds.error, source: thresholds.source },
      }),
    };
  });
  return mean === false ? rows : [average, ...rows];
}
