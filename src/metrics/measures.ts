/** From engines' tracks to measures: what is true of each engine, and of all of them. */
import type { Engine, Measure } from '../api';
import { type CatalogRow, type GaugeRow, type MeanRow } from './catalog';
import { measured } from './families';
import type { CounterSample } from './reading';
import { gaugeLifeMs, type EngineTrack, type EngineWindow } from './track';

/** What one engine contributes to one row: a reading, or numerator and denominator over a window. */
interface Contribution {
  engine: string;
  above: number;
  /** 1 for gauges; seconds for rates. */
  below: number;
  from?: number;
  to: number;
  /** When it was last confirmed: what is older than 20 s keeps its age beside its engine, and leaves the aggregate. */
  seenAt: number;
  /** Σ of bucket counts × bounds, for means whose sum is rebuilt from buckets. */
  low?: number;
  high?: number;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

type FamilyPart = [family: string, part: string];

function deltaOf(windows: readonly EngineWindow[], family: string, part: string): number | undefined {
  const found = windows.flatMap(({ deltas }) => deltas.filter(({ meta }) => meta.family === family && meta.part === part));
  return found.length === 0 ? undefined : total(found.map(({ value }) => value));
}

/** A gauge that its own target no longer shows is gone; one whose target does not answer is old. */
function gaugeOf(row: GaugeRow, track: EngineTrack): Contribution | undefined {
  const gauge = track.gauges.get(row.of.family);
  if (!gauge || (track.seenAt ?? 0) - gauge.at >= gaugeLifeMs) return undefined;
  const above = row.unit === 'fraction' ? Math.max(...gauge.values) : total(gauge.values);
  return { engine: track.key, above, below: 1, to: gauge.at, seenAt: gauge.at };
}

/** A numerator that Ray has not created yet is 0 beside its own engine's denominator: Ray creates a counter at its first increment. */
function quotientOf(windows: readonly EngineWindow[], numerator: FamilyPart, denominator: FamilyPart, { key, seenAt = 0 }: EngineTrack): Contribution | undefined {
  const first = windows[0];
  const last = windows.at(-1);
  const below = deltaOf(windows, ...denominator);
  if (!first || !last || below === undefined || below <= 0) return undefined;
  return { engine: key, above: deltaOf(windows, ...numerator) ?? 0, below, from: first.from, to: last.to, seenAt };
}

/** Upper bounds of neighbouring buckets by bound, with what fell into each. Deltas are cumulative over `le`. */
function bucketShares(buckets: readonly CounterSample[]): { lower: number; upper: number; count: number }[] {
  const cumulative = new Map<number, number>();
  for (const { meta, value } of buckets) cumulative.set(meta.bound ?? Infinity, (cumulative.get(meta.bound ?? Infinity) ?? 0) + value);
  const sorted = [...cumulative].sort(([a], [b]) => a - b);
  return sorted.map(([upper, count], index) => {
    const [lower, below] = sorted[index - 1] ?? [0, 0];
    return { lower, upper, count: Math.max(0, count - below) };
  });
}

/** The least and the greatest sum that the buckets allow. */
function allowedSums(windows: readonly EngineWindow[], family: string): { low: number; high: number } | undefined {
  const buckets = windows.flatMap(({ deltas }) => deltas.filter(({ meta }) => meta.family === family && meta.part === 'bucket'));
  if (buckets.length === 0) return undefined;
  const shares = bucketShares(buckets).filter(({ count }) => count > 0);
  return { low: total(shares.map(({ lower, count }) => lower * count)), high: total(shares.map(({ upper, count }) => upper * count)) };
}

function meanOf({ families: [family = ''] }: MeanRow, track: EngineTrack, windows: readonly EngineWindow[], rebuiltSums: boolean): Contribution | undefined {
  const contribution = quotientOf(windows, [family, 'sum'], [family, 'count'], track);
  if (!contribution || !rebuiltSums || track.native) return contribution;
  return { ...contribution, ...allowedSums(windows, family) };
}

function contributionOf(row: CatalogRow, track: EngineTrack, windows: readonly EngineWindow[], rebuiltSums: boolean): Contribution | undefined {
  switch (row.kind) {
    case 'gauge':
      return gaugeOf(row, track);
    case 'rate': {
      const timed = windows.filter(({ seconds }) => seconds !== undefined);
      const above = deltaOf(timed, row.of.family, 'counter');
      const [first, last] = [timed[0], timed.at(-1)];
      if (above === undefined || !first || !last) return undefined;
      return { engine: track.key, above, below: total(timed.map(({ seconds }) => seconds ?? 0)), from: first.from, to: last.to, seenAt: track.seenAt ?? 0 };
    }
    case 'ratio':
      return quotientOf(windows, [row.above.family, 'counter'], [row.below.family, 'counter'], track);
    case 'mean':
      return meanOf(row, track, windows, rebuiltSums);
    case 'increase':
    case 'quotient':
    case 'quantile':
      return undefined;
  }
}

const value = ({ above, below }: Contribution): number => above / below;

function toBounds(parts: readonly Contribution[]): Measure['bounds'] {
  if (parts.some(({ low }) => low === undefined)) return undefined;
  const count = total(parts.map(({ below }) => below));
  const high = total(parts.map((part) => part.high ?? Infinity)) / count;
  return { low: total(parts.map((part) => part.low ?? 0)) / count, ...(Number.isFinite(high) && { high }) };
}

function toMeasure(parts: readonly Contribution[], aggregated: number): Measure {
  const begins = parts.flatMap(({ from }) => from ?? []);
  const bounds = toBounds(parts);
  return {
    value: aggregated,
    ...(begins.length > 0 && { from: Math.min(...begins) }),
    to: Math.max(...parts.map(({ to }) => to)),
    ...(bounds && { bounds }),
  };
}

const aggregates: Record<CatalogRow['aggregate'], (parts: readonly Contribution[]) => number> = {
  sum: (parts) => total(parts.map(value)),
  max: (parts) => Math.max(...parts.map(value)),
  mean: (parts) => total(parts.map(value)) / parts.length,
  pooled: (parts) => total(parts.map(({ above }) => above)) / total(parts.map(({ below }) => below)),
};

function aggregate(row: CatalogRow, parts: readonly Contribution[], of: number): Measure {
  const sorted = [...parts].sort((a, b) => value(a) - value(b));
  const ends = { lowest: sorted[0] as Contribution, highest: sorted.at(-1) as Contribution };
  return {
    ...toMeasure(parts, aggregates[row.aggregate](parts)),
    lowest: { engine: ends.lowest.engine, value: value(ends.lowest) },
    highest: { engine: ends.highest.engine, value: value(ends.highest) },
    counted: parts.length,
    of,
  };
}

export interface MeasureInput {
  tracks: readonly EngineTrack[];
  /** By engine key: dead and gone engines are of no aggregate. */
  states: ReadonlyMap<string, Engine['state']>;
  /** Unix ms. */
  now: number;
  /** On the timer rates slide over the last three windows; on command the last one counts. */
  sliding: boolean;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
}

export interface Measured {
  measures: Record<string, Measure>;
  perEngine: Map<string, Record<string, Measure>>;
}

/** Measures by catalog id; what is absent is left out, never 0. */
export function measure({ tracks, states, now, sliding, rebuiltSums }: MeasureInput): Measured {
  const living = tracks.filter(({ key }) => states.get(key) !== 'dead' && states.get(key) !== 'gone');
  const perEngine = new Map<string, Record<string, Measure>>(tracks.map(({ key }) => [key, {}]));
  const measures: Record<string, Measure> = {};
  for (const row of measured) {
    const parts = living.flatMap((track) => contributionOf(row, track, sliding ? track.windows : track.windows.slice(-1), rebuiltSums) ?? []);
    for (const part of parts) (perEngine.get(part.engine) as Record<string, Measure>)[row.id] = toMeasure([part], value(part));
    const fresh = parts.filter(({ seenAt }) => now - seenAt < gaugeLifeMs);
    if (fresh.length > 0) measures[row.id] = aggregate(row, fresh, living.length);
  }
  return { measures, perEngine };
}

/** Ratios over the engines' whole lives, by catalog id: what a first scrape can say of them. */
export function sinceStart(tracks: readonly EngineTrack[]): Record<string, number> {
  const life = (track: EngineTrack): EngineWindow => ({ from: track.firstSeenAt, to: track.firstSeenAt, seconds: undefined, deltas: [...track.counters.values()] });
  const rows = measured.filter((row) => row.kind === 'ratio' || row.kind === 'mean');
  const entries = rows.flatMap((row) => {
    const parts = tracks.flatMap((track) => contributionOf(row, track, [life(track)], false) ?? []);
    return parts.length === 0 ? [] : [[row.id, aggregates.pooled(parts)] as const];
  });
  return Object.fromEntries(entries);
}
