/** From answers to measures, as from a scrape: of each subject, and of all of them. What did not come is left out, never 0. */
import type { Distribution, Extreme, Measure } from '../api';
import type { CatalogRow, SubjectKind } from '../metrics/catalog';
import { possibleSums, countsPerBucket } from '../metrics/mergeBuckets';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { bucketQuantile, coalesceBuckets, ensureMonotonic, type Buckets } from '../metrics/quantile';
import type { BatchResult } from './batch';
import type { InstantSample } from './responseData';
import { bucketsOf, subjectExpressions, aggregateExpression, type QueryContext, type NamedQuery } from './expressions';
import { sampleSubjectKey, nodeOf } from './scopes';

/** Every row that Prometheus can tell, the whole and by subject, and the histograms' buckets. */
export function measureQueries(over: QueryContext): NamedQuery[] {
  const rows = over.catalogIndex.rows.flatMap(({ row }): NamedQuery[] => {
    const whole = aggregateExpression(row, over);
    return [
      ...(whole === undefined ? [] : [{ id: `all ${row.id}`, expression: whole }]),
      ...subjectExpressions(row, over).map((expression) => ({ id: `own ${row.id}`, expression })),
    ];
  });
  const histograms = new Map(
    over.catalogIndex.rows.flatMap(({ row }) =>
      row.kind === 'quantile' || isSum(row) ? [[row.families[0] ?? '', row.subject] as const] : [],
    ),
  );
  const buckets = [...histograms].flatMap(([family, subject]): NamedQuery[] => {
    const pieces = bucketsOf(family, subject, over);
    return pieces
      ? [
          { id: `buckets ${family}`, expression: pieces.counts },
          { id: `bounds ${family}`, expression: pieces.series },
        ]
      : [];
  });
  return [...rows, ...buckets];
}

/** A rate of a histogram's sum, which Ray may have rebuilt from its buckets. */
const isSum = (row: CatalogRow): boolean => row.kind === 'rate' && row.selector.sampleKind === 'sum';

export interface MeasureContext {
  catalogIndex: CatalogIndex;
  batch: BatchResult<InstantSample>;
  /** The moment and the window, in ms. */
  at: number;
  rateWindowMs: number;
  /** URLs of targets by instance. */
  targetUrls: ReadonlyMap<string, string>;
  /** Takes the machine of each part, by key. */
  nodes: Map<string, string>;
  /** Keys of engines that live: the others are of no aggregate. */
  livingEngineKeys: ReadonlySet<string>;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
  /** What is set once or stands in a label: by row, by subject. */
  stickyMeasures: ReadonlyMap<string, ReadonlyMap<string, Measure>>;
}

export interface PrometheusMeasures {
  measures: Record<string, Measure>;
  /** By subject's key. */
  bySubject: Map<string, Record<string, Measure>>;
  distributions: Record<string, Distribution>;
}

/** Of these the bounds that all series have: there cumulative counts can be added, whatever other bounds some have. */
function bucketsIn({ itemsById }: BatchResult<InstantSample>, family: string): Buckets | undefined {
  const byBound = (id: string): Map<string, number> =>
    new Map(
      (itemsById.get(`${id} ${family}`) ?? []).flatMap(({ labels: { le = '' }, value }) =>
        value === undefined ? [] : [[le, value] as const],
      ),
    );
  const series = byBound('bounds');
  const all = Math.max(0, ...series.values());
  const shared = [...byBound('buckets')].filter(([le]) => series.get(le) === all);
  if (shared.length === 0) return undefined;
  const buckets = coalesceBuckets({
    bounds: shared.map(([le]) => (le === '+Inf' ? Infinity : Number(le))),
    counts: shared.map(([, count]) => count),
  });
  ensureMonotonic(buckets.counts);
  return buckets;
}

/** Over all of these: a sum, a mean or the highest; what is pooled from parts is not told by their values. */
const aggregates: Partial<Record<CatalogRow['aggregate'], (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values) => Math.max(...values),
};

export function computeMeasures(context: MeasureContext): PrometheusMeasures {
  const { catalogIndex, batch, at, rateWindowMs, livingEngineKeys, stickyMeasures } = context;
  const result: PrometheusMeasures = { measures: {}, bySubject: new Map(), distributions: {} };
  const counts = new Map<SubjectKind, Set<string>>();
  const buckets = new Map<string, Buckets | undefined>();
  const bucketsFor = (family: string): Buckets | undefined => {
    if (!buckets.has(family)) buckets.set(family, bucketsIn(batch, family));
    return buckets.get(family);
  };
  const note = (row: CatalogRow, key: string, measure: Measure): void => {
    const own = result.bySubject.get(key) ?? {};
    own[row.id] = measure;
    result.bySubject.set(key, own);
    if (row.subject !== 'engine') counts.set(row.subject, (counts.get(row.subject) ?? new Set()).add(key));
  };
  for (const { row } of catalogIndex.rows) {
    const time = row.kind === 'gauge' ? { to: at } : { from: at - rateWindowMs, to: at };
    for (const { labels, value } of batch.itemsById.get(`own ${row.id}`) ?? []) {
      const key = sampleSubjectKey(row.subject, labels, context.targetUrls);
      if (row.subject !== 'engine') context.nodes.set(key, nodeOf(labels));
      if (isNumber(value)) note(row, key, { value, ...time });
    }
    for (const [key, measure] of stickyMeasures.get(row.id) ?? []) note(row, key, measure);
    if (row.kind === 'quotient')
      for (const [key, own] of result.bySubject) {
        const measure = quotientOf(row, own);
        if (measure) note(row, key, measure);
      }
  }
  for (const { row } of catalogIndex.rows) {
    const whole = aggregateMeasure(row, context, result, bucketsFor);
    if (!whole) continue;
    const of = row.subject === 'engine' ? livingEngineKeys.size : (counts.get(row.subject)?.size ?? 0);
    result.measures[row.id] = { ...whole, ...spreadOf(row, result.bySubject, livingEngineKeys), of: Math.max(of, 1) };
    if (row.kind !== 'quantile' || row.histogram in result.distributions) continue;
    const pooled = bucketsFor(row.families[0] ?? '');
    if (pooled?.bounds.at(-1) === Infinity)
      result.distributions[row.histogram] = {
        from: at - rateWindowMs,
        to: at,
        bounds: pooled.bounds.slice(0, -1),
        counts: countsPerBucket(pooled),
        counted: result.measures[row.id]?.counted ?? of,
        of,
      };
  }
  return result;
}

const isNumber = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

function aggregateMeasure(
  row: CatalogRow,
  { batch, at, rateWindowMs, livingEngineKeys, rebuiltSums, stickyMeasures }: MeasureContext,
  { measures, bySubject }: PrometheusMeasures,
  bucketsFor: (family: string) => Buckets | undefined,
): Measure | undefined {
  if (row.kind === 'quantile') {
    const pooled = bucketsFor(row.families[0] ?? '');
    const quantile = pooled && bucketQuantile(row.quantile, pooled);
    return quantile && { value: quantile.value, from: at - rateWindowMs, to: at, bucket: quantile.bucket };
  }
  if (row.kind === 'quotient' && row.aggregate === 'pooled') return quotientOf(row, measures);
  if (row.kind === 'quotient' || stickyMeasures.has(row.id)) {
    const values = [...bySubject].flatMap(([key, mine]) =>
      row.subject === 'engine' && !livingEngineKeys.has(key) ? [] : (mine[row.id] ?? []),
    );
    const combine = aggregates[row.aggregate];
    if (values.length === 0 || !combine) return undefined;
    const begins = values.flatMap(({ from }) => from ?? []);
    return {
      value: combine(values.map(({ value }) => value)),
      ...(begins.length > 0 && { from: Math.min(...begins) }),
      to: Math.max(...values.map(({ to }) => to)),
    };
  }
  const value = batch.itemsById.get(`all ${row.id}`)?.[0]?.value;
  if (!isNumber(value)) return undefined;
  const measure: Measure = row.kind === 'gauge' ? { value, to: at } : { value, from: at - rateWindowMs, to: at };
  const pooled = rebuiltSums && (row.kind === 'mean' || isSum(row)) ? bucketsFor(row.families[0] ?? '') : undefined;
  const count = row.kind === 'mean' ? (pooled?.counts.at(-1) ?? 0) : rateWindowMs / 1000;
  if (!pooled || count <= 0) return measure;
  const { low, high } = possibleSums(pooled);
  return { ...measure, bounds: { low: low / count, ...(Number.isFinite(high) && { high: high / count }) } };
}

function quotientOf(
  { numerator: above, denominator }: { numerator: string; denominator: readonly string[] },
  own: Readonly<Record<string, Measure>>,
): Measure | undefined {
  const numerator = own[above];
  const parts = denominator.map((id) => own[id]);
  if (!numerator || parts.some((part) => part === undefined)) return undefined;
  const sum = parts.reduce((total, part) => total + (part?.value ?? 0), 0);
  return sum > 0
    ? { value: numerator.value / sum, ...(numerator.from !== undefined && { from: numerator.from }), to: numerator.to }
    : undefined;
}

function spreadOf(
  row: CatalogRow,
  own: PrometheusMeasures['bySubject'],
  living: ReadonlySet<string>,
): { lowest?: Extreme; highest?: Extreme; counted?: number } {
  let [lowest, highest]: [Extreme | undefined, Extreme | undefined] = [undefined, undefined];
  let counted = 0;
  for (const [engine, mine] of own) {
    const value = row.subject === 'engine' && !living.has(engine) ? undefined : mine[row.id]?.value;
    if (value === undefined) continue;
    counted += 1;
    if (!lowest || value < lowest.value) lowest = { engine, value };
    if (!highest || value > highest.value) highest = { engine, value };
  }
  return lowest && highest ? { lowest, highest, counted } : {};
}
