/** Builds the catalog rows of one histogram: its mean and its quantiles. */
import type { Unit } from '../../shared/format';
import { rayName } from './raySelector';
import { rowDefaults } from './rowBuilders';
import type { CatalogRow, MeanRow, QuantileRow, Thresholds } from './types';

/** What has to be said about a histogram. */
interface HistogramInput {
  /** What the rows' ids begin with. */
  base: string;
  /** Canonical name. */
  family: string;
  label: string;
  shortLabel: string;
  unit: Unit;
  category: CatalogRow['category'];
  subject?: CatalogRow['subject'];
  worst?: CatalogRow['worst'];
  /** What was observed, as a sentence. */
  help: string;
  /** The mean's own help, or false for a histogram of small integers, whose mean says nothing. */
  mean?: string | false;
  /** The limits of one of the quantiles. */
  thresholds?: { quantile: number } & Thresholds;
}

const quantiles = [0.5, 0.95, 0.99] as const;

/** The rows `<base>_avg` (unless `mean` is false), `<base>_p50`, `<base>_p95` and `<base>_p99`. */
export function histogram(input: HistogramInput): (MeanRow | QuantileRow)[] {
  const { base, family, label, shortLabel, help, mean, thresholds, ...rest } = input;
  const name = rayName(family);
  const common = {
    ...rowDefaults,
    aggregate: 'pooled',
    ...rest,
    worst: rest.worst ?? 'high',
    families: [family],
    histogram: base,
  } as const;
  const meanRow: MeanRow = {
    ...common,
    id: `${base}_avg`,
    kind: 'mean',
    label,
    shortLabel,
    help: mean || `${help} Mean of the rate window.`,
    promql: `sum(rate(${name}_sum[$w])) / sum(rate(${name}_count[$w]))`,
  };
  const quantileRows = quantiles.map((quantile): QuantileRow => {
    const percentile = `p${quantile * 100}`;
    return {
      ...common,
      id: `${base}_${percentile}`,
      kind: 'quantile',
      quantile,
      label: `${label}, ${percentile}`,
      shortLabel: `${shortLabel} ${percentile}`,
      help: `${help} ${quantile * 100} % of the observations in the rate window are at or below it.`,
      promql: `histogram_quantile(${quantile}, sum by (le) (rate(${name}_bucket[$w])))`,
      ...(thresholds?.quantile === quantile && {
        thresholds: { warning: thresholds.warning, error: thresholds.error, source: thresholds.source },
      }),
    };
  });
  return mean === false ? quantileRows : [meanRow, ...quantileRows];
}
