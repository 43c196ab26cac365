/** What a row of the catalog says of a metric. */
import type { Unit } from '../../shared/format';

export type CategoryId =
  | 'requests'
  | 'latency'
  | 'scheduler'
  | 'cache'
  | 'speculation'
  | 'nixl'
  | 'offload'
  | 'training'
  | 'nodes'
  | 'server'
  | 'dynamo'
  | 'lmcache';

/**
 * Whose series they are: an engine's; the trainer's process; a machine's; one GPU's; an HTTP server's, which may hold no engine
 * or speak of all of its engines at once.
 */
export type SubjectKind = 'engine' | 'trainer' | 'node' | 'gpu' | 'server';

/** How the subjects' measures become one. `pooled`: numerators and denominators (or buckets) are summed first. */
export type Aggregate = 'sum' | 'max' | 'mean' | 'pooled';

/** Samples of a histogram count and sum up like counters. */
export type ScalarKind = 'gauge' | 'counter' | 'sum' | 'count';

/** Which series: a family's, named bare (no `ray_`, `vllm:`, `_total`), those with these labels. */
export interface Selector {
  family: string;
  sampleKind: ScalarKind;
  where?: Readonly<Record<string, string>>;
}

/** A warning from `warning` on, an error from `error` on: upwards, or downwards where the row's worst is `low`. */
export interface Thresholds {
  warning: number;
  error: number;
  source: string;
}

/** What a release of vLLM is known to get wrong. */
export interface Caveat {
  /** Releases before this one, as `major.minor`. */
  beforeRelease: string;
  /** Only where the engine reports to Ray. */
  onRay?: true;
  message: string;
}

interface RowBase {
  id: string;
  label: string;
  /** For narrow places: chart legends, the status bar. */
  shortLabel: string;
  unit: Unit;
  category: CategoryId;
  subject: SubjectKind;
  /** One line for people. */
  help: string;
  aggregate: Aggregate;
  /** Which side is trouble; decides which extreme is named first. */
  worst: 'high' | 'low' | 'neither';
  /** Bare names. */
  families: readonly string[];
  /** Over Ray's names; for servers' own names `ray_vllm_` becomes `vllm:`. `$w` is the range. */
  promql: string;
  thresholds?: Thresholds;
  caveats?: readonly Caveat[];
}

export interface GaugeRow extends RowBase {
  kind: 'gauge';
  selector: Selector;
  /** From the family's unit to the row's. */
  scale?: number;
  /** Set once: it keeps its last value, with its age, for as long as its worker is there. */
  sticky?: true;
  /** The number is in this label; the sample itself is 1. */
  fromLabel?: string;
}

/** Δ of a counter per second. */
export interface RateRow extends RowBase {
  kind: 'rate';
  selector: Selector;
  scale?: number;
}

/** Δ of a counter over the window. */
export interface IncreaseRow extends RowBase {
  kind: 'increase';
  selector: Selector;
}

/** Δ of one counter by Δ of another, plus a constant. */
export interface RatioRow extends RowBase {
  kind: 'ratio';
  numerator: Selector;
  denominator: Selector;
  plus?: number;
  /** The numerator is counted by other releases or with another feature: where it is missing, nobody counts it, and it is not 0. */
  optionalNumerator?: true;
}

/** One row's measure by another's, subject by subject. */
export interface QuotientRow extends RowBase {
  kind: 'quotient';
  numerator: string;
  denominator: readonly string[];
}

/** Δsum by Δcount of a histogram. */
export interface MeanRow extends RowBase {
  kind: 'mean';
  /** What the ids of one histogram's rows begin with. */
  histogram: string;
}

/** A quantile of what a histogram counted in the window, by Prometheus's rule. */
export interface QuantileRow extends RowBase {
  kind: 'quantile';
  histogram: string;
  quantile: number;
}

export type CatalogRow = GaugeRow | RateRow | IncreaseRow | RatioRow | QuotientRow | MeanRow | QuantileRow;
