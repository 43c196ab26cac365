/**
 * Measures from a Prometheus's answers: of each subject, and of all of them. What was not answered is absent, never 0.
 */
import type { Distribution, Measure } from '../api';
import type { CatalogRow } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { countsPerBucket, possibleSums } from '../metrics/mergeBuckets';
import { bucketQuantile, type Buckets } from '../metrics/quantile';
import { toInterval, toValidNumber } from '../metrics/validNumbers';
import type { BatchResult } from './batch';
import { HistogramBuckets } from './histogramBuckets';
import { isSumRate, measureQueryIds } from './measureQueries';
import type { InstantSample } from './responseData';
import { nodeOf, sampleSubjectKey } from './scopes';
import { divideMeasures, SubjectMeasures, type MeasuresById, type MeasureTime } from './subjectMeasures';

/** What the measures of one snapshot are made of. */
export interface MeasureContext {
  catalogIndex: CatalogIndex;
  /** The answers of `measureQueries` and `subjectMeasureQueries`. */
  batch: BatchResult<InstantSample>;
  /** The moment of the snapshot, Unix ms. */
  at: number;
  rateWindowMs: number;
  /** URLs of targets by instance. */
  targetUrls: ReadonlyMap<string, string>;
  /** The machine of each subject; those in these answers are added. */
  nodes: Map<string, string>;
  /** Only these engines count in aggregates. */
  livingEngineKeys: ReadonlySet<string>;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
  /** Values that are set once, by row id and subject. */
  stickyMeasures: ReadonlyMap<string, ReadonlyMap<string, Measure>>;
}

/** The measures of one snapshot. */
export interface PrometheusMeasures {
  /** Aggregates by row id. */
  measures: MeasuresById;
  /** By subject, then by row id. */
  bySubject: ReadonlyMap<string, MeasuresById>;
  /** By base id of a histogram's rows. */
  distributions: Record<string, Distribution>;
}

/** Gauges are of a moment, everything else is over the rate window. */
const timeOf = ({ kind }: CatalogRow, { at, rateWindowMs }: MeasureContext): MeasureTime =>
  kind === 'gauge' ? { to: at } : { from: at - rateWindowMs, to: at };

/** All measures of one snapshot. */
export function computeMeasures(context: MeasureContext): PrometheusMeasures {
  const subjects = measureSubjects(context);
  const buckets = new HistogramBuckets(context.batch);
  const measures: MeasuresById = {};
  const distributions: Record<string, Distribution> = {};
  for (const { row } of context.catalogIndex.rows) {
    const aggregate = aggregateMeasure(row, context, subjects, measures, buckets);
    if (!aggregate) continue;
    const value = toValidNumber(row, aggregate.value);
    if (value === undefined) continue;
    const of = subjects.count(row.subject);
    const measure: Measure = { ...aggregate, value, ...subjects.spread(row), of: Math.max(of, 1) };
    measures[row.id] = measure;
    if (row.kind !== 'quantile' || row.histogram in distributions) continue;
    const distribution = distributionOf(buckets.get(row.families[0] ?? ''), context, measure.counted ?? of, of);
    if (distribution) distributions[row.histogram] = distribution;
  }
  return { measures, bySubject: subjects.byKey, distributions };
}

function measureSubjects(context: MeasureContext): SubjectMeasures {
  const { catalogIndex, batch, targetUrls, nodes, livingEngineKeys, stickyMeasures } = context;
  const subjects = new SubjectMeasures(livingEngineKeys);
  for (const { row } of catalogIndex.rows) {
    const time = timeOf(row, context);
    for (const { labels, value } of batch.itemsById.get(measureQueryIds.subjects(row.id)) ?? []) {
      const key = sampleSubjectKey(row.subject, labels, targetUrls);
      if (row.subject !== 'engine') nodes.set(key, nodeOf(labels));
      if (value !== undefined) subjects.set(row, key, value, time);
    }
    for (const [key, measure] of stickyMeasures.get(row.id) ?? []) subjects.set(row, key, measure.value, measure);
    // Quotients come after the rows that they divide.
    if (row.kind === 'quotient') subjects.setComputed(row, (measures) => divideMeasures(row, measures));
  }
  return subjects;
}

function aggregateMeasure(
  row: CatalogRow,
  context: MeasureContext,
  subjects: SubjectMeasures,
  measures: Readonly<MeasuresById>,
  buckets: HistogramBuckets,
): Measure | undefined {
  const { batch, rateWindowMs, rebuiltSums, stickyMeasures } = context;
  const time = timeOf(row, context);
  if (row.kind === 'quantile') {
    const merged = buckets.get(row.families[0] ?? '');
    const quantile = merged && bucketQuantile(row.quantile, merged);
    return quantile && { value: quantile.value, ...time, ...(quantile.bucket && { bucket: quantile.bucket }) };
  }
  if (row.kind === 'quotient' && row.aggregate === 'pooled') return divideMeasures(row, measures);
  if (row.kind === 'quotient' || stickyMeasures.has(row.id)) return subjects.combine(row);
  const value = batch.itemsById.get(measureQueryIds.aggregate(row.id))?.[0]?.value;
  if (value === undefined) return undefined;
  const measure: Measure = { value, ...time };
  if (!rebuiltSums || (row.kind !== 'mean' && !isSumRate(row))) return measure;
  const merged = buckets.get(row.families[0] ?? '');
  const divisor = row.kind === 'mean' ? (merged?.counts.at(-1) ?? 0) : rateWindowMs / 1000;
  const bounds = merged && divisor > 0 ? boundsOf(merged, divisor) : undefined;
  if (!bounds) return measure;
  // In the first minute of an engine rate() stretches its young series by different times, and sum and buckets disagree.
  return allowsValue(bounds, value) ? { ...measure, bounds } : undefined;
}

function allowsValue({ low, high = Infinity }: NonNullable<Measure['bounds']>, value: number): boolean {
  const rounding = 1e-9 * Math.max(1, Math.abs(value));
  return low <= value + rounding && value - rounding <= high;
}

/** What a sum that was rebuilt from these buckets can be, divided; no `high` if the last bucket is unbounded. */
function boundsOf(buckets: Buckets, divisor: number): Measure['bounds'] {
  const { low, high } = possibleSums(buckets);
  return toInterval(low / divisor, high / divisor);
}

/** Undefined without the +Inf bucket: then some observations are missing. */
function distributionOf(
  buckets: Buckets | undefined,
  { at, rateWindowMs }: MeasureContext,
  counted: number,
  of: number,
): Distribution | undefined {
  if (buckets?.bounds.at(-1) !== Infinity || !Number.isFinite(buckets.counts.at(-1))) return undefined;
  return {
    from: at - rateWindowMs,
    to: at,
    bounds: buckets.bounds.slice(0, -1),
    counts: countsPerBucket(buckets),
    counted,
    of,
  };
}
