/** What one subject contributes to a row: a reading, numerator and denominator over a window, or buckets. */
import { sumAt } from './counterDelta';
import { allowedSums, mergedBuckets } from './mergeBuckets';
import type { PlannedRow } from './catalogIndex';
import { bucketQuantile, type Buckets, type Quantile } from './quantile';
import { gaugeLifeMs, type Track, type Window } from './subjectState';

/** One serves all rows of all subjects, filled anew each time: what is not kept is not made. */
export interface Contribution {
  /** What it comes to by itself. */
  value: number;
  above: number;
  /** 1 for gauges; seconds for rates. */
  below: number;
  /** NaN where it is of one moment. */
  from: number;
  to: number;
  /** When it was last confirmed: what is older than 20 s keeps its age beside its engine, and leaves the aggregate. */
  seenAt: number;
  /** What the buckets allow the numerator to be, where its sum is rebuilt from them; NaN elsewhere. */
  low: number;
  high: number;
  merged: Buckets | undefined;
  bucket: Quantile['bucket'] | undefined;
}

export const newContribution = (): Contribution => ({
  value: NaN,
  above: NaN,
  below: NaN,
  from: NaN,
  to: NaN,
  seenAt: NaN,
  low: NaN,
  high: NaN,
  merged: undefined,
  bucket: undefined,
});

/** A subject over some of its windows. */
export interface Span {
  track: Track;
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
  merged: (Buckets | 'none' | undefined)[];
  /** The same with only those windows whose time is known, for rates; undefined where it is the same. */
  timed: Span | undefined;
}

const nothing = new Float64Array(0);

/** Of a window what is measured of it. */
type Stretch = Omit<Window, 'moved'>;

/** The later windows have the more places. */
function summed(windows: readonly Stretch[]): Float64Array {
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

export function spanOf(track: Track, windows: readonly Stretch[], rebuiltSums: boolean): Span {
  const timed = windows.filter(({ seconds }) => seconds !== undefined);
  return {
    track,
    deltas: summed(windows),
    rebuiltSums: rebuiltSums && !track.native,
    merged: [],
    from: windows[0]?.from ?? NaN,
    to: windows.at(-1)?.to ?? NaN,
    seconds: timed.reduce((sum, { seconds = 0 }) => sum + seconds, 0),
    timed: timed.length < windows.length ? spanOf(track, timed, rebuiltSums) : undefined,
  };
}

function mergedOf({ track, deltas, merged }: Span, histogram: number): Buckets | undefined {
  const found = (merged[histogram] ??= mergedBuckets(track.layout, histogram, deltas) ?? 'none');
  return found === 'none' ? undefined : found;
}

type Planned<Kind> = Extract<PlannedRow, { kind: Kind }>;

/** A gauge that its own target no longer shows is gone; one whose target does not answer is old; one that is set once stays. */
function readGauge(
  { row: { held, fromLabel, unit, scale = 1 }, of }: Planned<'gauge'>,
  { track: { gauges, layout, seenAt = 0 } }: Span,
  into: Contribution,
): boolean {
  const { values, at } = gauges;
  const places = layout.of(of);
  const isThere = (place: number): boolean =>
    !Number.isNaN(values[place] ?? NaN) && (held === true || seenAt - (at[place] ?? NaN) < gaugeLifeMs);
  let newest = -Infinity;
  for (const place of places) if (isThere(place)) newest = Math.max(newest, at[place] ?? NaN);
  if (newest === -Infinity) return false;
  let combined = unit === 'fraction' ? -Infinity : 0;
  for (const place of places) {
    // What is set once and set anew stands there twice: the newer one counts.
    if (!isThere(place) || (held && at[place] !== newest)) continue;
    const number =
      fromLabel === undefined ? (values[place] ?? NaN) : Number(layout.metas[place]?.labels.get(fromLabel) || NaN);
    combined = unit === 'fraction' ? Math.max(combined, number) : combined + number;
  }
  into.value = into.above = combined * scale;
  into.below = 1;
  into.from = NaN;
  into.to = newest;
  into.seenAt = held ? Infinity : newest;
  return true;
}

/** Numerator by denominator over the span. */
function divide({ track, from, to }: Span, above: number, below: number, into: Contribution): true {
  into.value = above / below;
  into.above = above;
  into.below = below;
  into.from = from;
  into.to = to;
  into.seenAt = track.seenAt ?? 0;
  return true;
}

function limit(span: Span, histogram: number | undefined, into: Contribution): void {
  const merged = histogram !== undefined && span.rebuiltSums ? mergedOf(span, histogram) : undefined;
  if (!merged) return;
  const { low, high } = allowedSums(merged);
  into.low = low;
  into.high = high;
}

function readRate({ row, of, histogram }: Planned<'rate'>, whole: Span, into: Contribution): boolean {
  const isRate = row.kind === 'rate';
  const span = isRate ? (whole.timed ?? whole) : whole;
  const delta = sumAt(span.deltas, span.track.layout.of(of));
  if (delta === undefined) return false;
  divide(span, isRate ? delta * (row.scale ?? 1) : delta, isRate ? span.seconds : 1, into);
  limit(span, histogram, into);
  return true;
}

/** A numerator that Ray has not created yet is 0 beside its own engine's denominator: Ray creates a counter at its first increment. */
function readRatio({ row, above, below, histogram }: Planned<'ratio'>, span: Span, into: Contribution): boolean {
  const { layout } = span.track;
  const denominator = sumAt(span.deltas, layout.of(below));
  if (denominator === undefined || denominator <= 0) return false;
  const numerator = sumAt(span.deltas, layout.of(above));
  const { plus = 0, countedApart = false } = row.kind === 'ratio' ? row : {};
  if (countedApart && numerator === undefined) return false;
  divide(span, (numerator ?? 0) + plus * denominator, denominator, into);
  limit(span, histogram, into);
  return true;
}

function readQuantile({ row, histogram }: Planned<'quantile'>, span: Span, into: Contribution): boolean {
  const merged = mergedOf(span, histogram);
  const quantile = merged && bucketQuantile(row.quantile, merged);
  if (!quantile) return false;
  divide(span, quantile.value, 1, into);
  into.merged = merged;
  into.bucket = quantile.bucket;
  return true;
}

/** `others`: this subject's contributions to the rows before, by their number. */
function readQuotient(
  { above, below }: Planned<'quotient'>,
  others: ReadonlyMap<number, Contribution>,
  into: Contribution,
): boolean {
  const numerator = others.get(above);
  if (!numerator) return false;
  let { from, to, seenAt } = numerator;
  let sum = 0;
  for (const row of below) {
    const part = others.get(row);
    if (!part) return false;
    sum += part.value;
    if (!(part.from >= from)) from = Number.isNaN(part.from) ? from : part.from;
    to = Math.max(to, part.to);
    seenAt = Math.min(seenAt, part.seenAt);
  }
  if (!(sum > 0)) return false;
  into.value = numerator.value / sum;
  into.above = numerator.value;
  into.below = sum;
  into.from = from;
  into.to = to;
  into.seenAt = seenAt;
  return true;
}

function read(planned: PlannedRow, span: Span, others: ReadonlyMap<number, Contribution>, into: Contribution): boolean {
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
export function contribute(
  planned: PlannedRow,
  span: Span,
  others: ReadonlyMap<number, Contribution>,
  into: Contribution,
): boolean {
  into.low = into.high = NaN;
  into.merged = into.bucket = undefined;
  return read(planned, span, others, into) && Number.isFinite(into.value);
}
