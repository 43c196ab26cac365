/** What reading an exposition results in. */
import type { Labels, LineError } from './parseLine';

/**
 * What all buckets of one histogram share; any other series is alone in its group. `Meta` is what the caller's
 * `Describe` function returned for the name and labels.
 */
export interface SeriesGroup<Meta> {
  readonly name: string;
  /** All labels but `le`. */
  readonly labels: Labels;
  readonly meta: Meta;
}

/**
 * One interned series. There are tens of thousands, so it holds only what distinguishes it within its group. The object
 * and its group stay the same from scrape to scrape.
 */
export interface Series<Meta> {
  readonly group: SeriesGroup<Meta>;
  /** The bound of a bucket, as written. */
  readonly le: string | undefined;
}

/**
 * Describes the series of a wanted name with these labels (without `le`), or returns undefined to leave them out.
 * Called once per group, not once per line.
 */
export type Describe<Meta> = (name: string, labels: Labels) => Meta | undefined;

/** A line that is not a valid sample. */
export interface BadLine extends LineError {
  /** Zero-based line number. */
  line: number;
}

/** One exposition, read. `values[i]` is the value of `series[i]`. */
export interface Exposition<Meta> {
  /** In the order of the lines. The same array as in the scrape before if the same series came in the same order. */
  series: readonly Series<Meta>[];
  values: Float64Array;
  /** Number of sample lines, wanted or not. */
  samples: number;
  bytes: number;
  /** The first bad lines, at most `maxBadLines`. */
  badLines: BadLine[];
  /** Number of bad lines. */
  badCount: number;
  /** Whether the body ended within a line, so that it may be truncated. */
  endsInLine: boolean;
  /** Whether OpenMetrics' end mark `# EOF` was seen. */
  sawEof: boolean;
}

/** How many bad lines are reported with their number. */
export const maxBadLines = 5;
/** Matches a whole metric name that needs no quotes. */
export const metricNamePattern = /^[a-zA-Z_:][\w:]*$/;
