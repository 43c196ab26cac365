/** The measures of runs side by side: medians, spread, change, and what the tests say of it. */
import { catalog } from '../metrics/catalog';
import {
  claimLevel,
  fewestValues,
  type MeasureDifference,
  type MeasureRow,
  type ValueSpread,
  type Verdict,
} from '../shared/comparison';
import type { Rollout } from '../shared/rollout';
import { relativeError, rolloutFigures } from '../shared/rolloutFigures';
import { medianOf, spreadOf, type Spread } from '../shared/rolloutStatistics';
import { meanIn, type ComparableRun } from './comparableRun';
import { countRollouts } from './countedRollouts';
import { adjustByHolm } from './holm';
import { mannWhitney } from './mannWhitney';

/** A measure before it is tested, with what it is of each run. */
interface Measure extends Pick<MeasureRow, 'id' | 'label' | 'unit' | 'source' | 'worst'> {
  values: readonly (readonly number[])[];
  /** How far the median may be from the truth, in the measure's unit. */
  errors: readonly number[];
}

/** A measure of one rollout. */
interface Observation {
  value: number;
  error: number;
}

/** What people ask for first. Half of the permitted false claims are theirs, so that five rollouts each can show it. */
const mainFigures: ReadonlySet<string> = new Set(['seconds', 'generation_rate']);
/** Facts about a run, which a test has no place for. */
const untested: ReadonlySet<string> = new Set(['engines', 'engines_awake']);
const mainShare = 1 / 2;
/** The other figures together have this share, and so have the engines' measures, of which there are many. */
const otherShare = 1 / 4;

function toMeasure(
  row: Pick<MeasureRow, 'id' | 'label' | 'unit' | 'worst'>,
  source: MeasureRow['source'],
  observations: readonly (readonly Observation[])[],
): Measure {
  const { id, label, unit, worst } = row;
  const values = observations.map((ofRun) => ofRun.map(({ value }) => value));
  const errors = observations.map((ofRun) => medianOf(ofRun.map(({ error }) => error)) ?? 0);
  return { id, label, unit, source, worst, values, errors };
}

/** The range of a measure in a run: a mean may be wrong by so much for the part of a rollout that is not known exactly. */
function rangeOf({ series }: ComparableRun, measure: string): number {
  const values = series.find((one) => one.measure === measure && !one.engine)?.value ?? [];
  const [lowest, highest] = values.reduce<[number, number]>(
    ([low, high], value) => (value === null ? [low, high] : [Math.min(low, value), Math.max(high, value)]),
    [Infinity, -Infinity],
  );
  return Math.max(0, highest - lowest);
}

/** The measures that any of the runs has, in the order of their tables. */
function collectMeasures(runs: readonly ComparableRun[], unit: Rollout['kind']): Measure[] {
  const counted = runs.map((run) => countRollouts(run, unit).rollouts);
  const figures = rolloutFigures
    .filter(({ kind, id }) => (kind === undefined || kind === unit) && !untested.has(id))
    .map((figure) => {
      const observe = (rollout: Rollout): Observation[] => {
        const value = figure.valueOf(rollout);
        return value === undefined ? [] : [{ value, error: figure.errorOf?.(rollout) ?? 0 }];
      };
      return toMeasure(
        figure,
        'figure',
        counted.map((rollouts) => rollouts.flatMap(observe)),
      );
    });
  const means = catalog
    .filter(({ id }) => !untested.has(id))
    .map((row) => {
      const observations = runs.map((run, index) => {
        const range = rangeOf(run, row.id);
        return (counted[index] ?? []).flatMap((rollout): Observation[] => {
          const value = meanIn(run, rollout, row.id);
          if (value === undefined) return [];
          return [{ value, error: Math.max(Math.abs(value), range) * relativeError(rollout) }];
        });
      });
      return toMeasure(row, 'mean', observations);
    });
  return [...figures, ...means].filter(({ values }) => values.some(({ length }) => length > 0));
}

/** A test of one measure of one run against the first run. */
interface PairTest {
  measure: Measure;
  /** Index of the run. */
  run: number;
  p: number;
  share: number;
  /** Above 0: the run's values tend to be higher than those of the first run. */
  direction: number;
}

/** The test, or why there is none. Values that are all the same show no difference, whatever their number. */
function testPair(measure: Measure, run: number): PairTest | Verdict {
  const [first = [], second = []] = [measure.values[0], measure.values[run]];
  if (first.length === 0 || second.length === 0) return 'not comparable';
  if (first.length < fewestValues || second.length < fewestValues) return 'not enough rollouts';
  if (new Set([...first, ...second]).size === 1) return 'within spread';
  const { u, p } = mannWhitney(first, second);
  const share = mainFigures.has(measure.id) ? mainShare : otherShare;
  return { measure, run, p, share, direction: (first.length * second.length) / 2 - u };
}

/** The weight of each test: the share of its group, divided evenly. */
function weightsOf(tests: readonly PairTest[]): number[] {
  const groupOf = ({ measure, share }: PairTest): string => `${measure.source} ${share}`;
  const sizes = new Map<string, number>();
  for (const test of tests) sizes.set(groupOf(test), (sizes.get(groupOf(test)) ?? 0) + 1);
  return tests.map((test) => test.share / (sizes.get(groupOf(test)) ?? 1));
}

/**
 * Rollouts whose length is near a multiple of the report interval all have the same error, which no test sees. So the
 * medians have to differ by more than both of their errors together, as independent errors add up.
 */
const isWithinError = ({ measure: { errors }, run }: PairTest, moved: number): boolean =>
  Math.abs(moved) <= Math.hypot(errors[0] ?? 0, errors[run] ?? 0);

/** Better or worse needs the median to have moved in the direction of the test; else it is known only that they differ. */
function verdictOf({ measure: { worst }, direction }: PairTest, change: number): Verdict {
  if (worst === 'neither' || change * direction <= 0) return 'different';
  return change > 0 === (worst === 'low') ? 'better' : 'worse';
}

const toSpread = (spread: Spread | undefined): ValueSpread | null =>
  spread ? { count: spread.count, low: spread.low, high: spread.high } : null;

/** Per cent of the first median. */
const changeOf = (first: number | undefined, other: number | undefined): number | null =>
  first === undefined || other === undefined || first === 0 ? null : (100 * (other - first)) / Math.abs(first);

/** The rows of every measure that any of the runs has; those that all have come first. */
export function measureRows(runs: readonly ComparableRun[], unit: Rollout['kind']): MeasureRow[] {
  const measures = collectMeasures(runs, unit);
  const others = runs.slice(1).map((_, index) => index + 1);
  const results = measures.map((measure) => others.map((run) => testPair(measure, run)));
  const tests = results.flat().filter((result) => typeof result !== 'string');
  const weights = weightsOf(tests);
  const adjusted = adjustByHolm(tests.map(({ p }, index) => ({ p, weight: weights[index] ?? 1 })));
  const pOf = new Map(tests.map((test, index) => [test, adjusted[index] ?? 1]));
  const rows = measures.map((measure, index): MeasureRow => {
    const { id, label, unit: valueUnit, source, worst } = measure;
    const spreads = measure.values.map((values) => spreadOf(values));
    const medians = spreads.map((spread) => spread?.median);
    const differences = others.map((run, position): MeasureDifference => {
      const result = results[index]?.[position] ?? 'not comparable';
      const change = changeOf(medians[0], medians[run]);
      const runId = runs[run]?.id ?? '';
      if (typeof result === 'string') return { run: runId, change, verdict: result, p: null };
      const p = pOf.get(result) ?? 1;
      const moved = (medians[run] ?? 0) - (medians[0] ?? 0);
      if (p > claimLevel) return { run: runId, change, verdict: 'within spread', p };
      return isWithinError(result, moved)
        ? { run: runId, change, verdict: 'within spread', p, isWithinError: true }
        : { run: runId, change, verdict: verdictOf(result, moved), p };
    });
    const last = differences.at(-1);
    return {
      id,
      label,
      unit: valueUnit,
      source,
      worst,
      medians: medians.map((median) => median ?? null),
      spread: spreads.map(toSpread),
      change: last?.change ?? null,
      verdict: last?.verdict ?? 'not comparable',
      differences,
    };
  });
  const isShared = ({ medians }: MeasureRow): number => Number(medians.every((median) => median !== null));
  return rows.sort((a, b) => isShared(b) - isShared(a));
}
