/** From tracks to measures: what is true of each subject, and of all of them. */
import type { Distribution, Measure } from '../api';
import type { Aggregate, CatalogRow, Subject } from './catalog';
import { contributionOf, spanOf, type Contribution, type Span } from './contributions';
import { addMerged, mergeable, shares } from './merged';
import { plannedRows, type PlannedRow } from './plan';
import { bucketQuantile } from './quantile';
import { gaugeLifeMs, type Track } from './track';
import type { Sliced } from '../shared/slices';

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function totalOf(parts: readonly Contribution[], field: 'value' | 'above' | 'below'): number {
  let sum = 0;
  for (const part of parts) sum += part[field];
  return sum;
}

const isBounded = (parts: readonly Contribution[]): boolean => parts.length > 0 && parts.every(({ allowed }) => allowed !== undefined);

function toBounds(parts: readonly Contribution[]): Measure['bounds'] {
  if (!isBounded(parts)) return undefined;
  const count = totalOf(parts, 'below');
  const high = total(parts.map(({ allowed }) => allowed?.high ?? Infinity)) / count;
  return { low: total(parts.map(({ allowed }) => allowed?.low ?? 0)) / count, ...(Number.isFinite(high) && { high }) };
}

/** A rate's own bounds add up; a pooled quotient's are weighed. */
function summedBounds(parts: readonly Contribution[]): Measure['bounds'] {
  if (!isBounded(parts)) return undefined;
  const each = parts.map((part) => toBounds([part]));
  const highs = each.map((bounds) => bounds?.high);
  return { low: total(each.map((bounds) => bounds?.low ?? 0)), ...(highs.every((high) => high !== undefined) && { high: total(highs) }) };
}

function toMeasure(parts: readonly Contribution[], value: number, bounds: Measure['bounds'], bucket: Measure['bucket']): Measure {
  let from = Infinity;
  let to = -Infinity;
  for (const part of parts) {
    if (part.from !== undefined && part.from < from) from = part.from;
    if (part.to > to) to = part.to;
  }
  const measure: Measure = from === Infinity ? { value, to } : { value, from, to };
  if (bounds) measure.bounds = bounds;
  if (bucket) measure.bucket = bucket;
  return measure;
}

function ownMeasure(part: Contribution): Measure {
  const { value, from, to, allowed, quantile } = part;
  const measure: Measure = from === undefined ? { value, to } : { value, from, to };
  const bounds = allowed && toBounds([part]);
  if (bounds) measure.bounds = bounds;
  if (quantile) measure.bucket = quantile.bucket;
  return measure;
}

const aggregates: Record<Aggregate, (parts: readonly Contribution[]) => number> = {
  sum: (parts) => totalOf(parts, 'value'),
  max: (parts) => parts.reduce((most, { value }) => Math.max(most, value), -Infinity),
  mean: (parts) => totalOf(parts, 'value') / parts.length,
  pooled: (parts) => totalOf(parts, 'above') / totalOf(parts, 'below'),
};

interface Extremes {
  lowest: Contribution;
  highest: Contribution;
}

function extremesOf(first: Contribution, parts: readonly Contribution[]): Extremes {
  let [lowest, highest] = [first, first];
  for (const part of parts) {
    if (part.value < lowest.value) lowest = part;
    if (part.value > highest.value) highest = part;
  }
  return { lowest, highest };
}

function aggregate(row: CatalogRow, fresh: readonly Contribution[], of: number): Measure | undefined {
  const parts = row.kind === 'quantile' ? mergeable(fresh) : fresh;
  const [first] = parts;
  if (!first) return undefined;
  const pooled = row.kind === 'quantile' ? addMerged(parts) : undefined;
  const quantile = row.kind === 'quantile' && pooled ? bucketQuantile(row.quantile, pooled) : undefined;
  const value = row.kind === 'quantile' ? quantile?.value : aggregates[row.aggregate](parts);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  const { lowest, highest } = extremesOf(first, parts);
  const measure = toMeasure(parts, value, row.kind === 'rate' ? summedBounds(parts) : toBounds(parts), quantile?.bucket);
  measure.lowest = { engine: lowest.track.key, value: lowest.value };
  measure.highest = { engine: highest.track.key, value: highest.value };
  measure.counted = parts.length;
  measure.of = of;
  if (parts.length < fresh.length) measure.unmerged = fresh.length - parts.length;
  return measure;
}

export interface MeasureInput {
  /** Those that live: dead and gone engines are of no aggregate. */
  living: readonly Track[];
  /** Unix ms. */
  now: number;
  /** On the timer rates slide over the last three windows; on command the last one counts. */
  sliding: boolean;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
}

export interface Measured {
  measures: Record<string, Measure>;
  /** By track key. */
  own: Map<string, Record<string, Measure>>;
  distributions: Record<string, Distribution>;
}

/** Rows that quotients are made of. */
const divided = new Set(plannedRows.flatMap(({ row }) => (row.kind === 'quotient' ? [row.above, ...row.below] : [])));

interface Counted {
  span: Span;
  contributions: Map<string, Contribution>;
  own: Record<string, Measure>;
}

function toDistribution(parts: readonly Contribution[], of: number): Distribution | undefined {
  const group = mergeable(parts);
  const pooled = addMerged(group);
  if (!pooled || pooled.bounds.at(-1) !== Infinity) return undefined;
  const { from = NaN, to } = toMeasure(group, 0, undefined, undefined);
  return { from, to, bounds: pooled.bounds.slice(0, -1), counts: shares(pooled), counted: group.length, of };
}

/** Measures by catalog id; what is absent is left out, never 0. */
export function* measure({ living, now, sliding, rebuiltSums }: MeasureInput): Sliced<Measured> {
  const counted = living.map((track): Counted => ({ span: spanOf(track, sliding ? track.windows : track.windows.slice(-1), rebuiltSums), contributions: new Map(), own: {} }));
  const bySubject = new Map<Subject, Counted[]>();
  for (const each of counted) bySubject.set(each.span.track.subject, [...(bySubject.get(each.span.track.subject) ?? []), each]);
  const result: Measured = { measures: {}, own: new Map(counted.map(({ span, own }) => [span.track.key, own])), distributions: {} };
  for (const planned of plannedRows) {
    measureRow(planned, bySubject.get(planned.row.subject) ?? [], now, result);
    yield;
  }
  return result;
}

function measureRow(planned: PlannedRow, subjects: readonly Counted[], now: number, { measures, distributions }: Measured): void {
  const { row } = planned;
  const fresh: Contribution[] = [];
  for (const { span, contributions, own } of subjects) {
    const part = contributionOf(planned, span, contributions);
    if (!part) continue;
    if (divided.has(row.id)) contributions.set(row.id, part);
    own[row.id] = ownMeasure(part);
    if (now - part.seenAt < gaugeLifeMs) fresh.push(part);
  }
  if (fresh.length === 0) return;
  const whole = aggregate(row, fresh, subjects.length);
  if (whole) measures[row.id] = whole;
  if (row.kind !== 'quantile' || row.histogram in distributions) return;
  const distribution = toDistribution(fresh, subjects.length);
  if (distribution) distributions[row.histogram] = distribution;
}

/** These rows are made of no others. */
const noOthers: ReadonlyMap<string, Contribution> = new Map();
const sinceStartRows = plannedRows.filter(({ row }) => row.kind === 'ratio' || row.kind === 'mean');

/** Ratios over the subjects' whole lives, by catalog id: what a first scrape can say of them. */
export function* sinceStart(living: readonly Track[]): Sliced<Record<string, number>> {
  const spans = living.flatMap((track) =>
    track.values ? [spanOf(track, [{ from: track.firstSeenAt, to: track.firstSeenAt, seconds: undefined, deltas: track.values }], false)] : []);
  const result: Record<string, number> = {};
  for (const planned of sinceStartRows) {
    const { row } = planned;
    const parts: Contribution[] = [];
    for (const span of spans) {
      const part = span.track.subject === row.subject ? contributionOf(planned, span, noOthers) : undefined;
      if (part) parts.push(part);
    }
    const value = parts.length === 0 ? NaN : aggregates[row.aggregate](parts);
    if (Number.isFinite(value)) result[row.id] = value;
    yield;
  }
  return result;
}
