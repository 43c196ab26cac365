/** The rate windows of one subject that its measures are taken over, added up. */
import { mergeBuckets } from './mergeBuckets';
import type { Buckets } from './quantile';
import type { RateWindow } from './rateWindows';
import type { SubjectState } from './subjectState';

/** A subject with its counters' deltas over some rate windows. */
export interface SubjectSpan {
  subjectState: SubjectState;
  /** In order of time. */
  windows: readonly WindowDeltas[];
  /** Sums over the rate windows, by slot; NaN if none of them has a pair of samples. */
  deltas: Float64Array;
  /** Unix ms; NaN without a rate window. */
  from: number;
  to: number;
  /** What rates are divided by. */
  seconds: number;
  /** Ray 2.52 and newer rebuild the sums of histograms from the midpoints of their buckets. */
  rebuiltSums: boolean;
  /** By histogram number, its merged buckets. Several rows need those of one histogram. */
  bucketsByHistogram: (Buckets | 'none' | undefined)[];
  /** The same over those rate windows whose length is known, for rates. Undefined if all are known. */
  timedSpan: SubjectSpan | undefined;
}

/** What counters did over one rate window. */
export type WindowDeltas = Omit<RateWindow, 'moved'>;

const noDeltas = new Float64Array(0);

/** Deltas by slot, added up. Later rate windows have at least as many slots as earlier ones. */
function sumDeltas(windows: readonly WindowDeltas[]): Float64Array {
  const newest = windows.at(-1);
  if (!newest || windows.length === 1) return newest?.deltas ?? noDeltas;
  const sums = newest.deltas.slice();
  for (const { deltas } of windows.slice(0, -1)) {
    for (let slot = 0; slot < deltas.length; slot += 1) {
      const delta = deltas[slot] as number;
      const sum = sums[slot] as number;
      if (!Number.isNaN(delta)) sums[slot] = Number.isNaN(sum) ? delta : sum + delta;
    }
  }
  return sums;
}

/** Adds up rate windows of a subject, in order of time. */
export function combineRateWindows(
  subjectState: SubjectState,
  windows: readonly WindowDeltas[],
  rebuiltSums: boolean,
): SubjectSpan {
  const timed = windows.filter(({ seconds }) => seconds !== undefined);
  return {
    subjectState,
    windows,
    deltas: sumDeltas(windows),
    // Servers know the sums of their own histograms.
    rebuiltSums: rebuiltSums && !subjectState.native,
    bucketsByHistogram: [],
    from: windows[0]?.from ?? NaN,
    to: windows.at(-1)?.to ?? NaN,
    seconds: timed.reduce((sum, { seconds = 0 }) => sum + seconds, 0),
    timedSpan: timed.length < windows.length ? combineRateWindows(subjectState, timed, rebuiltSums) : undefined,
  };
}

/** What a histogram's buckets counted over the span; undefined if they have no pair of samples. */
export function bucketsOver(span: SubjectSpan, histogram: number): Buckets | undefined {
  const { subjectState, deltas, bucketsByHistogram } = span;
  const merged = (bucketsByHistogram[histogram] ??=
    mergeBuckets(subjectState.seriesIndex, histogram, deltas) ?? 'none');
  return merged === 'none' ? undefined : merged;
}
