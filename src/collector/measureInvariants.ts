/** What the measures and distributions of every snapshot obey. */
import type { Distribution, Extreme, Measure, Snapshot } from '../api';
import { catalog, type CatalogRow } from '../metrics/catalog';
import { isLiving } from '../metrics/engineState';
import { isOtherId } from '../metrics/otherRows';
import { growingKinds } from '../metrics/validNumbers';

type Violations = Generator<string, void>;
type Measures = Snapshot['measures'];

const rowById = new Map(catalog.map((row) => [row.id, row]));
/** Relative difference that rounding may make, as in a sum of some thousand floats. */
const tolerance = 1e-9;
const isAtMost = (low: number, high: number): boolean =>
  low <= high + tolerance * Math.max(1, Math.abs(low), Math.abs(high));
const isClose = (a: number, b: number): boolean => isAtMost(a, b) && isAtMost(b, a);

function* valueViolations(id: string, value: number, of: string): Violations {
  const row = rowById.get(id);
  if (!row) {
    if (!isOtherId(id)) yield `${id} of ${of} is not in the catalog`;
  } else if (row.unit === 'fraction' && (value < 0 || value > 1)) yield `${id} of ${of} is ${value}, which is no share`;
  else if (row.kind === 'gauge' && value < row.least) yield `${id} of ${of} is ${value}, which is below ${row.least}`;
  else if (growingKinds.has(row.kind) && value < 0) yield `${id} of ${of} is ${value}, which is below 0`;
}

/** Of one subject or of the aggregate. `at`: the time of the snapshot. */
export function* measureViolations(measures: Measures, of: string, at: number): Violations {
  for (const [id, { value, from, to, bounds, bucket }] of Object.entries(measures)) {
    yield* valueViolations(id, value, of);
    if (to > at) yield `${id} of ${of} is from the future`;
    if (from !== undefined && from > to) yield `${id} of ${of} is over ${to - from} ms`;
    if (bucket && !(isAtMost(bucket.from, value) && isAtMost(value, bucket.to ?? Infinity)))
      yield `${id} of ${of} is ${value}, outside its bucket ${bucket.from} to ${bucket.to}`;
    if (bounds && !(isAtMost(bounds.low, value) && isAtMost(value, bounds.high ?? Infinity)))
      yield `${id} of ${of} is ${value}, outside its bounds ${bounds.low} to ${bounds.high}`;
  }
}

/** Of ratios since the start. */
export function* ratioViolations(ratios: Snapshot['sinceStart']): Violations {
  for (const [id, value] of Object.entries(ratios)) yield* valueViolations(id, value, 'all time');
}

/** The measures of a row by subject id. */
function measuresOfRow({ engines, parts = [] }: Snapshot, { id, subject }: CatalogRow): Map<string, Measure> {
  const subjects = subject === 'engine' ? engines.filter(isLiving) : parts.filter(({ kind }) => kind === subject);
  return new Map(subjects.flatMap(({ id: key, measures }) => (measures[id] ? [[key, measures[id]] as const] : [])));
}

function* extremeViolations(id: string, measure: Measure, parts: ReadonlyMap<string, Measure>): Violations {
  const isPart = (extreme: Extreme | undefined): boolean =>
    extreme === undefined || parts.get(extreme.engine)?.value === extreme.value;
  const { lowest, highest } = measure;
  if (!isPart(lowest) || !isPart(highest)) yield `an extreme of ${id} is not the measure of its subject`;
  if (lowest && highest && lowest.value > highest.value) yield `the lowest ${id} is above the highest`;
}

const combine: Partial<Record<CatalogRow['aggregate'], (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values) => values.reduce((highest, value) => Math.max(highest, value), -Infinity),
};

/** Aggregates against the measures that they are made of. */
export function* aggregateViolations(snapshot: Snapshot): Violations {
  const { measures, engines, source } = snapshot;
  const living = engines.filter(isLiving).length;
  for (const [id, measure] of Object.entries(measures)) {
    const row = rowById.get(id);
    if (!row) continue;
    const { counted, of, value } = measure;
    if (counted !== undefined && of !== undefined && counted > of) yield `${id} is of ${counted} of ${of}`;
    if (row.subject === 'engine' && (of ?? 0) > Math.max(living, source ? 1 : 0)) yield `${id} is of ${of} engines`;
    // A Prometheus computes aggregates and parts apart, and does not show all parts.
    if (source) continue;
    const parts = measuresOfRow(snapshot, row);
    yield* extremeViolations(id, measure, parts);
    const expected = combine[row.aggregate]?.([...parts.values()].map((part) => part.value));
    // Measures that are out of date are not counted; which ones is not known here.
    if (expected !== undefined && row.kind !== 'quantile' && counted === parts.size && !isClose(value, expected))
      yield `${id} is ${value}, but its parts make ${expected}`;
  }
}

/** Of one histogram. */
export function* distributionViolations(id: string, distribution: Distribution, snapshot: Snapshot): Violations {
  const { from, to, bounds, counts, counted, of } = distribution;
  if (from > to || to > snapshot.at) yield `distribution ${id} is over ${from} to ${to}`;
  if (counts.length !== bounds.length + 1) yield `distribution ${id} has ${counts.length} counts`;
  if (counts.some((count) => count < 0)) yield `distribution ${id} has a count below 0`;
  if (bounds.some((bound, index) => index > 0 && bound <= (bounds[index - 1] ?? NaN)))
    yield `distribution ${id} has bounds out of order`;
  if (counted > of) yield `distribution ${id} is of ${counted} of ${of}`;
}
