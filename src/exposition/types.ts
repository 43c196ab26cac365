/** What reading an answer gives. */
import type { Labels, LineError } from './parseLine';

/** What the buckets of one histogram share; any other series has it alone. `Meta` is what the caller's `describe` made of name and labels. */
export interface SeriesGroup<Meta> {
  readonly name: string;
  readonly labels: Labels;
  readonly meta: Meta;
}

/** One interned series: there are tens of thousands, so it holds no more than tells it from its siblings. Both objects stay the same over scrapes. */
export interface Series<Meta> {
  readonly group: SeriesGroup<Meta>;
  /** The bound of a bucket, as it is written. */
  readonly le: string | undefined;
}

/** What the wanted series of a name and its labels but `le` are, or undefined for none after all. Asked once for all of them, never once a line. */
export type Describe<Meta> = (name: string, labels: Labels) => Meta | undefined;

export interface BadLine extends LineError {
  /** Zero-based. */
  line: number;
}

/** One answer, read. `values[i]` belongs to `series[i]`. */
export interface Exposition<Meta> {
  /** In the order of the lines. The same array as in the answer before, where the same series stood there in the same order. */
  series: readonly Series<Meta>[];
  values: Float64Array;
  /** Lines that are no comment and not empty, wanted or not. */
  samples: number;
  bytes: number;
  /** The first few bad lines, and how many there were. */
  badLines: BadLine[];
  badCount: number;
  /** The body ended within a line: it may be cut. */
  endsInLine: boolean;
  /** OpenMetrics' `# EOF` was there. */
  sawEof: boolean;
}

/** How many bad lines are kept with their place. */
export const maxBadLines = 5;
/** A line longer than this is not a sample; reading it would take as long as somebody pleases. */
export const maxLineBytes = 1 << 20;
export const lineTooLong: LineError = { reason: 'a line without an end', offset: 0 };
/** A bare metric name, whole. */
export const metricNamePattern = /^[a-zA-Z_:][\w:]*$/;
