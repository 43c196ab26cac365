/** From answers to measures, as from a scrape: of each subject, and of all of them. What did not come is left out, never 0. */
import type { Distribution, Extreme, Measure } from '../api';
import type { CatalogRow, Subject } from '../metrics/catalog';
import { allowedSums, shares } from '../metrics/mergeBuckets';
import { plannedRows } from '../metrics/catalogIndex';
import { bucketQuantile, coalesced, repair, type Buckets } from '../metrics/quantile';
import type { Batch } from './batch';
import type { InstantSample } from './responseData';
import { bucketsOf, eachOf, wholeOf, type Over, type Piece } from './expressions';
import { keyOf, nodeOf } from './scopes';

/** Every row that Prometheus can tell, the whole and by subject, and the histograms' buckets. */
export function measurePieces(over: Over): Piece[] {
  const rows = plannedRows.flatMap(({ row }): Piece[] => {
    const whole = wholeOf(row, over);
    return [
      ...(whole === undefined ? [] : [{ id: `all ${row.id}`, expression: whole }]),
      ...eachOf(row, over).map((expression) => ({ id: `own ${row.id}`, expression })),
    ];
  });
  const histograms = new Map(
    plannedRows.flatMap(({ row }) =>
      row.kind === 'quantile' || isSum(row) ? [[row.families[0] ?? '', row.subject] as const] : [],
    ),
  );
  const buckets = [...histograms].flatMap(([family, subject]): Piece[] => {
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
const isSum = (row: CatalogRow): boolean => row.kind === 'rate' && row.of.part === 'sum';

export interface MeasureContext {
  batch: Batch<InstantSample>;
  /** The moment and the window, in ms. */
  at: number;
  windowMs: number;
  /** URLs of targets by instance. */
  known: ReadonlyMap<string, string>;
  /** Takes the machine of each part, by key. */
  nodes: Map<string, string>;
  /** Keys of engines that live: the others are of no aggregate. */
  living: ReadonlySet<string>;
  /** Ray ≥ 2.52 rebuilds histogram sums from bucket midpoints. */
  rebuiltSums: boolean;
  /** What is set once or stands in a label: by row, by subject. */
  held: ReadonlyMap<string, ReadonlyMap<string, Measure>>;
}

export interface Measured {
  measures: Record<string, Measure>;
  /** By subject's key. */
  own: Map<string, Record<string, Measure>>;
  distributions: Record<string, Distribution>;
}

/** Of these the bounds that all series have: there cumulative counts can be added, whatever other bounds some have. */
function bucketsIn({ found }: Batch<InstantSample>, family: string): Buckets | undefined {
  const byBound = (id: string): Map<string, number> =>
    new Map(
      (found.get(`${id} ${family}`) ?? []).flatMap(({ labels: { le = '' }, value }) =>
        value === undefined ? [] : [[le, value] as const],
      ),
    );
  const series = byBound('bounds');
  const all = Math.max(0, ...series.values());
  const shared = [...byBound('buckets')].filter(([le]) => series.get(le) === all);
  if (shared.length === 0) return undefined;
  const buckets = coalesced({
    bounds: shared.map(([le]) => (le === '+Inf' ? Infinity : Number(le))),
    counts: shared.map(([, count]) => count),
  });
  repair(buckets.counts);
  return buckets;
}

/** Over all of these: a sum, a mean or the highest; what is pooled from parts is not told by their values. */
const aggregates: Partial<Record<CatalogRow['aggregate'], (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values) => Math.max(...values),
};

export function measured(context: MeasureContext): Measured {
  const { batch, at, windowMs, living, held } = context;
  const result: Measured = { measures: {}, own: new Map(), distributions: {} };
  const counts = new Map<Subject, Set<string>>();
  const buckets = new Map<string, Buckets | undefined>();
  const bucketsFor = (family: string): Buckets | undefined => {
    if (!buckets.has(family)) buckets.set(family, bucketsIn(batch, family));
    return buckets.get(family);
  };
  const note = (row: CatalogRow, key: string, measure: Measure): void => {
    const own = result.own.get(key) ?? {};
    own[row.id] = measure;
    result.own.set(key, own);
    if (row.subject !== 'engine') counts.set(row.subject, (counts.get(row.subject) ?? new Set()).add(key));
  };
  for (const { row } of plannedRows) {
    const time = row.kind === 'gauge' ? { to: at } : { from: at - windowMs, to: at };
    for (const { labels, value } of batch.found.get(`own ${row.id}`) ?? []) {
      const key = keyOf(row.subject, labels, context.known);
      if (row.subject !== 'engine') context.nodes.set(key, nodeOf(labels));
      if (isNumber(value)) note(row, key, { value, ...time });
    }
    for (const [key, measure] of held.get(row.id) ?? []) note(row, key, measure);
    if (row.kind === 'quotient')
      for (const [key, own] of result.own) {
        const measure = quotientOf(row, own);
        if (measure) note(row, key, measure);
      }
  }
  for (const { row } of plannedRows) {
    const whole = wholeMeasure(row, context, result, bucketsFor);
    if (!whole) continue;
    const of = row.subject === 'engine' ? living.size : (counts.get(row.subject)?.size ?? 0);
    result.measures[row.id] = { ...whole, ...spreadOf(row, result.own, living), of: Math.max(of, 1) };
    if (row.kind !== 'quantile' || row.histogram in result.distributions) continue;
    const pooled = bucketsFor(row.families[0] ?? '');
    if (pooled?.bounds.at(-1) === Infinity)
      result.distributions[row.histogram] = {
        from: at - windowMs,
        to: at,
        bounds: pooled.bounds.slice(0, -1),
        counts: shares(pooled),
        counted: result.measures[row.id]?.counted ?? of,
        of,
      };
  }
  return result;
}

const isNumber = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

function wholeMeasure(
  row: CatalogRow,
  { batch, at, windowMs, living, rebuiltSums, held }: MeasureContext,
  { measures, own }: Measured,
  bucketsFor: (family: string) => Buckets | undefined,
): Measure | undefined {
  if (row.kind === 'quantile') {
    const pooled = bucketsFor(row.families[0] ?? '');
    const quantile = pooled && bucketQuantile(row.quantile, pooled);
    return quantile && { value: quantile.value, from: at - windowMs, to: at, bucket: quantile.bucket };
  }
  if (row.kind === 'quotient' && row.aggregate === 'pooled') return quotientOf(row, measures);
  if (row.kind === 'quotient' || held.has(row.id)) {
    const values = [...own].flatMap(([key, mine]) =>
      row.subject === 'engine' && !living.has(key) ? [] : (mine[row.id] ?? []),
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
  const value = batch.found.get(`all ${row.id}`)?.[0]?.value;
  if (!isNumber(value)) return undefined;
  const measure: Measure = row.kind === 'gauge' ? { value, to: at } : { value, from: at - windowMs, to: at };
  const pooled = rebuiltSums && (row.kind === 'mean' || isSum(row)) ? bucketsFor(row.families[0] ?? '') : undefined;
  const count = row.kind === 'mean' ? (pooled?.counts.at(-1) ?? 0) : windowMs / 1000;
  if (!pooled || count <= 0) return measure;
  const { low, high } = allowedSums(pooled);
  return { ...measure, bounds: { low: low / count, ...(Number.isFinite(high) && { high: high / count }) } };
}

function quotientOf(
  { above, below }: { above: string; below: readonly string[] },
  own: Readonly<Record<string, Measure>>,
): Measure | undefined {
  const numerator = own[above];
  const parts = below.map((id) => own[id]);
  if (!numerator || parts.some((part) => part === undefined)) return undefined;
  const sum = parts.reduce((total, part) => total + (part?.value ?? 0), 0);
  return sum > 0
    ? { value: numerator.value / sum, ...(numerator.from !== undefined && { from: numerator.from }), to: numerator.to }
    : undefined;
}

function spreadOf(
  row: CatalogRow,
  own: Measured['own'],
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
