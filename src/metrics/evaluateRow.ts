/** What one subject contributes to a row: a reading, numerator and denominator over a window, or buckets. */
import { sumSlots } from './counterDelta';
import { possibleSums, mergeBuckets } from './mergeBuckets';
import type { IndexedRow } from './catalogIndex';
import { bucketQuantile, type Buckets, type Quantile } from './quantile';
import { gaugeStaleAfterMs, type SubjectState, type RateWindow } from './subjectState';

/** One serves all rows of all subjects, filled anew each time: what is not kept is not made. */
export interface RowValue {
  /** What it comes to by itself. */
  value: number;
  numerator: number;
  /** 1 for gauges; seconds for rates. */
  denominator: number;
  /** NaN where it is of one moment. */
  from: number;
  to: number;
  /** When it was last confirmed: what is older than 20 s keeps its age beside its engine, and leaves the aggregate. */
  seenAt: number;
  /** What the buckets allow the numerator to be, where its sum is rebuilt from them; NaN elsewhere. */
  low: number;
  high: number;
  buckets: Buckets | undefined;
  bucket: Quantile['bucket'] | undefined;
}

export const newRowValue = (): RowValue => ({
  value: NaN,
  numerator: NaN,
  denominator: NaN,
  from: NaN,
  to: NaN,
  seenAt: NaN,
  low: NaN,
  high: NaN,
  buckets: undefined,
  bucket: undefined,
});

/** A subject over some of its windows. */
export interface SubjectSpan {
  subjectState: SubjectState;
  /** Sums over the windows by place; NaN where none has a pair of samples. */
  deltas: Float64Array;
  /** First and last moment; NaN where there is no window. */
  from: number;
  to: number;
  /** What rates divide by. */
  seconds: number;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
  /** Buckets of these windows by histogram, as far as they were asked for: several rows ask for one. */
  bucketsByHistogram: (Buckets | 'none' | undefined)[];
  /** The same with only those windows whose time is known, for rates; undefined where it is the same. */
  timedSpan: SubjectSpan | undefined;
}

const nothing = new Float64Array(0);

/** Of a window what is measured of it. */
type WindowDeltas = Omit<RateWindow, 'moved'>;

/** The later windows have the more places. */
function summed(windows: readonly WindowDeltas[]): Float64Array {
  const [first, ...others] = windows;
  if (!first || others.length === 0) return first?.deltas ?? nothing;
  const sums = others.at(-1)?.deltas.slice() ?? nothing;
  for (const { deltas } of windows.slice(0, -1)) {
    for (let place = 0; place < deltas.length; place += 1) {
      const delta = deltas[place] as number;
      const sum = sums[place] as number;
      if (!Number.isNaN(delta)) sums[place] = Number.isNaN(sum) ? delta : sum + delta;
    }
  }
  return sums;
}

export function combineWindows(
  track: SubjectState,
  windows: readonly WindowDeltas[],
  rebuiltSums: boolean,
): SubjectSpan {
  const timed = windows.filter(({ seconds }) => seconds !== undefined);
  return {
    subjectState: track,
    deltas: summed(windows),
    rebuiltSums: rebuiltSums && !track.native,
    bucketsByHistogram: [],
    from: windows[0]?.from ?? NaN,
    to: windows.at(-1)?.to ?? NaN,
    seconds: timed.reduce((sum, { seconds = 0 }) => sum + seconds, 0),
    timedSpan: timed.length < windows.length ? combineWindows(track, timed, rebuiltSums) : undefined,
  };
}

function bucketsFor({ subjectState, deltas, bucketsByHistogram }: SubjectSpan, histogram: number): Buckets | undefined {
  const found = (bucketsByHistogram[histogram] ??= mergeBuckets(subjectState.seriesIndex, histogram, deltas) ?? 'none');
  return found === 'none' ? undefined : found;
}

type IndexedRowOf<Kind> = Extract<IndexedRow, { kind: Kind }>;

/** A gauge that its own target no longer shows is gone; one whose target does not answer is old; one that is set once stays. */
function readGauge(
  { row: { sticky, fromLabel, unit, scale = 1 }, selector }: IndexedRowOf<'gauge'>,
  { subjectState: { gauges, seriesIndex, seenAt = 0 } }: SubjectSpan,
  into: RowValue,
): boolean {
  const { values, at } = gauges;
  const places = seriesIndex.slotsOf(selector);
  const isThere = (place: number): boolean =>
    !Number.isNaN(values[place] ?? NaN) && (sticky === true || seenAt - (at[place] ?? NaN) < gaugeStaleAfterMs);
  let newest = -Infinity;
  for (const place of places) if (isThere(place)) newest = Math.max(newest, at[place] ?? NaN);
  if (newest === -Infinity) return false;
  let combined = unit === 'fraction' ? -Infinity : 0;
  for (const place of places) {
    // What is set once and set anew stands there twice: the newer one counts.
    if (!isThere(place) || (sticky && at[place] !== newest)) continue;
    const number =
      fromLabel === undefined ? (values[place] ?? NaN) : Number(seriesIndex.metas[place]?.labels.get(fromLabel) || NaN);
    combined = unit === 'fraction' ? Math.max(combined, number) : combined + number;
  }
  into.value = into.numerator = combined * scale;
  into.denominator = 1;
  into.from = NaN;
  into.to = newest;
  into.seenAt = sticky ? Infinity : newest;
  return true;
}

/** Numerator by denominator over the span. */
function divide({ subjectState, from, to }: SubjectSpan, above: number, below: number, into: RowValue): true {
  into.value = above / below;
  into.numerator = above;
  into.denominator = below;
  into.from = from;
  into.to = to;
  into.seenAt = subjectState.seenAt ?? 0;
  return true;
}

function setBounds(span: SubjectSpan, histogram: number | undefined, into: RowValue): void {
  const merged = histogram !== undefined && span.rebuiltSums ? bucketsFor(span, histogram) : undefined;
  if (!merged) return;
  const { low, high } = possibleSums(merged);
  into.low = low;
  into.high = high;
}

function readRate({ row, selector, histogram }: IndexedRowOf<'rate'>, whole: SubjectSpan, into: RowValue): boolean {
  const isRate = row.kind === 'rate';
  const span = isRate ? (whole.timedSpan ?? whole) : whole;
  const delta = sumSlots(span.deltas, span.subjectState.seriesIndex.slotsOf(selector));
  if (delta === undefined) return false;
  divide(span, isRate ? delta * (row.scale ?? 1) : delta, isRate ? span.seconds : 1, into);
  setBounds(span, histogram, into);
  return true;
}

/** A numerator that Ray has not created yet is 0 beside its own engine's denominator: Ray creates a counter at its first increment. */
function readRatio(
  { row, numerator: above, denominator: below, histogram }: IndexedRowOf<'ratio'>,
  span: SubjectSpan,
  into: RowValue,
): boolean {
  const { seriesIndex } = span.subjectState;
  const denominator = sumSlots(span.deltas, seriesIndex.slotsOf(below));
  if (denominator === undefined || denominator <= 0) return false;
  const numerator = sumSlots(span.deltas, seriesIndex.slotsOf(above));
  const { plus = 0, optionalNumerator = false } = row.kind === 'ratio' ? row : {};
  if (optionalNumerator && numerator === undefined) return false;
  divide(span, (numerator ?? 0) + plus * denominator, denominator, into);
  setBounds(span, histogram, into);
  return true;
}

function readQuantile({ row, histogram }: IndexedRowOf<'quantile'>, span: SubjectSpan, into: RowValue): boolean {
  const merged = bucketsFor(span, histogram);
  const quantile = merged && bucketQuantile(row.quantile, merged);
  if (!quantile) return false;
  divide(span, quantile.value, 1, into);
  into.buckets = merged;
  into.bucket = quantile.bucket;
  return true;
}

/** `others`: this subject's contributions to the rows before, by their number. */
function readQuotient(
  { numerator: above, denominator }: IndexedRowOf<'quotient'>,
  others: ReadonlyMap<number, RowValue>,
  into: RowValue,
): boolean {
  const numerator = others.get(above);
  if (!numerator) return false;
  let { from, to, seenAt } = numerator;
  let sum = 0;
  for (const row of denominator) {
    const part = others.get(row);
    if (!part) return false;
    sum += part.value;
    if (!(part.from >= from)) from = Number.isNaN(part.from) ? from : part.from;
    to = Math.max(to, part.to);
    seenAt = Math.min(seenAt, part.seenAt);
  }
  if (!(sum > 0)) return false;
  into.value = numerator.value / sum;
  into.numerator = numerator.value;
  into.denominator = sum;
  into.from = from;
  into.to = to;
  into.seenAt = seenAt;
  return true;
}

function read(planned: IndexedRow, span: SubjectSpan, others: ReadonlyMap<number, RowValue>, into: RowValue): boolean {
  switch (planned.kind) {
    case 'gauge':
      return readGauge(planned, span, into);
    case 'rate':
      return readRate(planned, span, into);
    case 'ratio':
      return readRatio(planned, span, into);
    case 'quantile':
      return readQuantile(planned, span, into);
    case 'quotient':
      return readQuotient(planned, others, into);
  }
}

/** Fills `into` with what a subject contributes to a row; false where that is nothing. Never a number that is not finite. */
export function evaluateRow(
  planned: IndexedRow,
  span: SubjectSpan,
  others: ReadonlyMap<number, RowValue>,
  into: RowValue,
): boolean {
  into.low = into.high = NaN;
  into.buckets = into.bucket = undefined;
  return read(planned, span, others, into) && Number.isFinite(into.value);
}
