/** The types of the catalog's rows. */
import type { Unit } from '../../shared/format';

/** A group of rows, as the tree shows them. */
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
  | 'lmcache'
  | 'other';

/**
 * What a series is about: an engine, the trainer's process, a machine, one GPU, or an HTTP server, which may have no
 * engine or speak for all of its engines at once.
 */
export type SubjectKind = 'engine' | 'trainer' | 'node' | 'gpu' | 'server';

/** How the subjects' measures become one. `pooled`: numerators and denominators, or buckets, are summed first. */
export type Aggregate = 'sum' | 'max' | 'mean' | 'pooled';

/** Kinds of samples that are one number. A histogram's `sum` and `count` grow like counters. */
export type ScalarKind = 'gauge' | 'counter' | 'sum' | 'count';

/** Selects the series of one family and sample kind. */
export interface Selector {
  /** Canonical name of the family: without `ray_`, `vllm:` and `_total`. */
  family: string;
  sampleKind: ScalarKind;
  /** Only series with these label values. */
  where?: Readonly<Record<string, string>>;
}

/**
 * Limits in the row's unit. A measure at or beyond one is a warning or an error; beyond means below if the row's
 * `worst` is `low`. They colour the tree, are lines on the chart, and become Prometheus alert rules. A rule of the
 * diagnosis uses them only if it asks for them.
 */
export interface Thresholds {
  warning: number;
  error: number;
  /** Where the limits come from, for people. */
  source: string;
}

/** A known error of older releases of vLLM that affects a row. */
export interface Caveat {
  /** Affects releases before this one, as `major.minor`. */
  beforeRelease: string;
  /** Affects only engines that report to Ray. */
  onRay?: true;
  /** For people. */
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
  /** Which extreme is the bad one. It is named first. */
  worst: 'high' | 'low' | 'neither';
  /** Canonical names of the families the row is computed from. */
  families: readonly string[];
  /** The row in PromQL with Ray's names; for servers' names `ray_vllm_` becomes `vllm:`. `$w` is the range. */
  promql: string;
  thresholds?: Thresholds;
  caveats?: readonly Caveat[];
}

/** The value of a gauge. */
export interface GaugeRow extends RowBase {
  kind: 'gauge';
  selector: Selector;
  /** Factor from the family's unit to the row's. */
  scale?: number;
  /** The least value that a sample can have, in the family's unit; a lower one is left out. */
  least: number;
  /** The gauge is set once, so that it keeps its last value for as long as its subject exists. */
  sticky?: true;
  /** The label that holds the number, whatever the sample's value. A series without it is not counted. */
  fromLabel?: string;
  /** Of several series of one subject the highest counts. Otherwise they are summed, or for fractions the highest counts. */
  highest?: true;
}

/** The increase of a counter per second. */
export interface RateRow extends RowBase {
  kind: 'rate';
  selector: Selector;
  /** Factor from the family's unit to the row's. */
  scale?: number;
}

/** The increase of a counter over the rate window. */
export interface IncreaseRow extends RowBase {
  kind: 'increase';
  selector: Selector;
}

/** The increase of one counter divided by that of another, plus a constant. */
export interface RatioRow extends RowBase {
  kind: 'ratio';
  numerator: Selector;
  denominator: Selector;
  plus?: number;
  /**
   * The numerator exists only in some releases or with some feature. If it is missing it is unknown; other missing
   * numerators are 0.
   */
  optionalNumerator?: true;
  /**
   * A missing numerator is 0 only where this counter's increase per denominator is above the limit; elsewhere what it
   * counts does not exist.
   */
  zeroIf?: { counter: Selector; above: number };
}

/** One row's measure divided by the sum of others', subject by subject. */
export interface QuotientRow extends RowBase {
  kind: 'quotient';
  /** Row ids. */
  numerator: string;
  denominator: readonly string[];
}

/** The increase of a histogram's sum divided by that of its count. */
export interface MeanRow extends RowBase {
  kind: 'mean';
  /** What the ids of all rows of one histogram begin with. */
  histogram: string;
}

/** A quantile of what a histogram counted in the rate window, by Prometheus's rule. */
export interface QuantileRow extends RowBase {
  kind: 'quantile';
  /** What the ids of all rows of one histogram begin with. */
  histogram: string;
  /** Between 0 and 1. */
  quantile: number;
}

/** One metric of the catalog. */
export type CatalogRow = GaugeRow | RateRow | IncreaseRow | RatioRow | QuotientRow | MeanRow | QuantileRow;
