/** What one subject contributes to a row: a reading, numerator and denominator over a window, or buckets. */
import { sumAt } from './deltas';
import { allowedSums, mergeWindows } from './merged';
import type { PlannedRow } from './plan';
import { bucketQuantile, type Buckets, type Quantile } from './quantile';
import { gaugeLifeMs, type Track, type Window } from './track';

export interface Contribution {
  track: Track;
  /** What it comes to by itself. */
  value: number;
  above: number;
  /** 1 for gauges; seconds for rates. */
  below: number;
  from?: number;
  to: number;
  /** When it was last confirmed: what is older than 20 s keeps its age beside its engine, and leaves the aggregate. */
  seenAt: number;
  /** What the buckets allow the numerator to be, where its sum is rebuilt from them. */
  allowed?: { low: number; high: number };
  merged?: Buckets;
  quantile?: Quantile;
}

export interface Span {
  track: Track;
  windows: readonly Window[];
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
  /** Buckets of these windows by histogram: several rows ask for one. */
  merged: Map<number, Buckets | undefined>;
  /** First and last moment; undefined where there is no window. */
  ends: { from: number; to: number } | undefined;
  /** The same with only those windows whose time is known, for rates; undefined where it is the same. */
  timed: Span | undefined;
}

export function spanOf(track: Track, windows: readonly Window[], rebuiltSums: boolean): Span {
  const [first, last] = [windows[0], windows.at(-1)];
  const timed = windows.filter(({ seconds }) => seconds !== undefined);
  return {
    track, windows, rebuiltSums: rebuiltSums && !track.native, merged: new Map(),
    ends: first && last && { from: first.from, to: last.to },
    timed: timed.length < windows.length ? spanOf(track, timed, rebuiltSums) : undefined,
  };
}

function mergedOf({ track, windows, merged }: Span, histogram: number): Buckets | undefined {
  if (!merged.has(histogram)) merged.set(histogram, mergeWindows(track.layout, histogram, windows));
  return merged.get(histogram);
}

function deltaOf({ track, windows }: Span, selector: number): number | undefined {
  const places = track.layout.of(selector);
  if (places.length === 0) return undefined;
  let total: number | undefined;
  for (const { deltas } of windows) {
    const delta = sumAt(deltas, places);
    if (delta !== undefined) total = (total ?? 0) + delta;
  }
  return total;
}

type RowOf<Kind> = PlannedRow & { row: { kind: Kind } };

/** A gauge that its own target no longer shows is gone; one whose target does not answer is old; one that is set once stays. */
function gaugeOf({ row, of }: RowOf<'gauge'> & { of: number }, { track }: Span): Contribution | undefined {
  const { gauges, layout, seenAt = 0 } = track;
  const places = layout.of(of);
  if (places.length === 0) return undefined;
  const there = places.filter((place) => !Number.isNaN(gauges.values[place] ?? NaN) && (row.held === true || seenAt - (gauges.at[place] ?? NaN) < gaugeLifeMs));
  if (there.length === 0) return undefined;
  const at = Math.max(...there.map((place) => gauges.at[place] ?? NaN));
  // What is set once and set anew stands there twice: the newer one counts.
  const current = row.held ? there.filter((place) => gauges.at[place] === at) : there;
  const { fromLabel } = row;
  const numbers = current.map((place) => (fromLabel === undefined ? (gauges.values[place] ?? NaN) : Number(layout.metas[place]?.labels.get(fromLabel) || NaN)));
  const combined = row.unit === 'fraction' ? Math.max(...numbers) : numbers.reduce((sum, number) => sum + number, 0);
  const value = combined * (row.scale ?? 1);
  return { track, value, above: value, below: 1, to: at, seenAt: row.held ? Infinity : at };
}

function rateOf({ row, of, histogram }: RowOf<'rate' | 'increase'> & { of: number; histogram?: number }, span: Span): Contribution | undefined {
  const { track } = span;
  if (track.layout.of(of).length === 0) return undefined;
  const counted = row.kind === 'rate' ? (span.timed ?? span) : span;
  const { ends } = counted;
  const delta = deltaOf(counted, of);
  if (delta === undefined || !ends) return undefined;
  const below = row.kind === 'rate' ? counted.windows.reduce((sum, { seconds = 0 }) => sum + seconds, 0) : 1;
  const above = row.kind === 'rate' ? delta * (row.scale ?? 1) : delta;
  const rate: Contribution = { track, value: above / below, above, below, from: ends.from, to: ends.to, seenAt: track.seenAt ?? 0 };
  const merged = histogram !== undefined && span.rebuiltSums ? mergedOf(counted, histogram) : undefined;
  if (merged) rate.allowed = allowedSums(merged);
  return rate;
}

/** A numerator that Ray has not created yet is 0 beside its own engine's denominator: Ray creates a counter at its first increment. */
function ratioOf(numbers: { above: number; below: number }, span: Span, { plus = 0, countedApart = false } = {}): Contribution | undefined {
  const { track, ends } = span;
  if (!ends || track.layout.of(numbers.below).length === 0) return undefined;
  const below = deltaOf(span, numbers.below);
  if (below === undefined || below <= 0) return undefined;
  const numerator = deltaOf(span, numbers.above);
  if (countedApart && numerator === undefined) return undefined;
  const above = (numerator ?? 0) + plus * below;
  return { track, value: above / below, above, below, from: ends.from, to: ends.to, seenAt: track.seenAt ?? 0 };
}

function meanOf(planned: RowOf<'mean'> & { above: number; below: number; histogram: number }, span: Span): Contribution | undefined {
  const contribution = ratioOf(planned, span);
  if (!contribution || !span.rebuiltSums) return contribution;
  const merged = mergedOf(span, planned.histogram);
  if (merged) contribution.allowed = allowedSums(merged);
  return contribution;
}

function quantileOf({ row, histogram }: RowOf<'quantile'> & { histogram: number }, span: Span): Contribution | undefined {
  const { track, ends } = span;
  if (!ends || !track.layout.bucketsOf(histogram)) return undefined;
  const merged = mergedOf(span, histogram);
  const quantile = merged && bucketQuantile(row.quantile, merged);
  if (!quantile) return undefined;
  return { track, value: quantile.value, above: quantile.value, below: 1, from: ends.from, to: ends.to, seenAt: track.seenAt ?? 0, merged, quantile };
}

/** `others`: this subject's contributions to the rows before, by id. */
function quotientOf({ row }: RowOf<'quotient'>, { track }: Span, others: ReadonlyMap<string, Contribution>): Contribution | undefined {
  const above = others.get(row.above);
  const below = row.below.map((id) => others.get(id));
  if (!above || below.some((each) => each === undefined)) return undefined;
  const parts = below.flatMap((each) => each ?? []);
  const sum = parts.reduce((total, { value }) => total + value, 0);
  if (!(sum > 0)) return undefined;
  const all = [above, ...parts];
  const begins = all.flatMap(({ from }) => from ?? []);
  return {
    track, value: above.value / sum, above: above.value, below: sum, to: Math.max(...all.map(({ to }) => to)), seenAt: Math.min(...all.map(({ seenAt }) => seenAt)),
    ...(begins.length > 0 && { from: Math.min(...begins) }),
  };
}

/** What a subject contributes to a row, or undefined; never a number that is not finite. */
export function contributionOf(planned: PlannedRow, span: Span, others: ReadonlyMap<string, Contribution>): Contribution | undefined {
  const contribution = contributed(planned, span, others);
  return contribution && Number.isFinite(contribution.value) ? contribution : undefined;
}

function contributed(planned: PlannedRow, span: Span, others: ReadonlyMap<string, Contribution>): Contribution | undefined {
  const { row } = planned;
  switch (row.kind) {
    case 'gauge':
      return gaugeOf(planned as Parameters<typeof gaugeOf>[0], span);
    case 'rate':
    case 'increase':
      return rateOf(planned as Parameters<typeof rateOf>[0], span);
    case 'ratio':
      return ratioOf(planned as Parameters<typeof meanOf>[0], span, row);
    case 'mean':
      return meanOf(planned as Parameters<typeof meanOf>[0], span);
    case 'quantile':
      return quantileOf(planned as Parameters<typeof quantileOf>[0], span);
    case 'quotient':
      return quotientOf(planned as Parameters<typeof quotientOf>[0], span, others);
  }
}
