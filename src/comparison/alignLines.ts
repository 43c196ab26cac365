/** Lays the lines of runs over each other: from their start, by the number of the rollout, or by output tokens. */
import { decimate } from '../history/decimate';
import type { AlignedLine, AlignedLines, Alignment, Comparison } from '../shared/comparison';
import type { Rollout } from '../shared/rollout';
import { rolloutFigures } from '../shared/rolloutFigures';
import { meanIn, type ComparableRun } from './comparableRun';

/** More points than a line has pixels show nothing more. */
const maxPoints = 600;

/** A rollout with what its place on the chart is by. */
interface PlacedRollout {
  rollout: Rollout;
  /** From 1. */
  number: number;
  /** Output tokens of all up to its end; undefined once one is not known. */
  tokens: number | undefined;
}

function placeRollouts({ rollouts }: ComparableRun, unit: Rollout['kind']): PlacedRollout[] {
  let tokens: number | undefined = 0;
  return rollouts
    .filter(({ kind }) => kind === unit)
    .map((rollout, index) => {
      const { output } = rollout.tokens;
      tokens = tokens === undefined || output === undefined ? undefined : tokens + output;
      return { rollout, number: index + 1, tokens };
    });
}

/** The value of a measure in a rollout; a figure of one that was cut off is none. */
function valueIn(run: ComparableRun, rollout: Rollout, measure: string): number | null {
  if (rollout.cut) return null;
  const figure = rolloutFigures.find(({ id }) => id === measure);
  return (figure ? figure.valueOf(rollout) : meanIn(run, rollout, measure)) ?? null;
}

/** Where a run starts: its first rollout, so that a slow start of engines does not move its line. Unix ms. */
const startOf = ({ rollouts, from }: ComparableRun): number => rollouts[0]?.from ?? from;

/** The line of every point that is kept, by seconds since the run's start; undefined if there are none. */
function pointLine(run: ComparableRun, measure: string): AlignedLine | undefined {
  const series = run.series.find((one) => one.measure === measure && !one.engine);
  if (!series || series.at.length === 0) return undefined;
  const start = startOf(run);
  const { at, value } = decimate(series, maxPoints);
  return { run: run.id, x: at.map((time) => (time - start) / 1000), y: value };
}

function rolloutLine(
  run: ComparableRun,
  unit: Rollout['kind'],
  measure: string,
  placeOf: (placed: PlacedRollout) => number | undefined,
): AlignedLine {
  const points = placeRollouts(run, unit).flatMap((placed) => {
    const x = placeOf(placed);
    return x === undefined ? [] : [{ x, y: valueIn(run, placed.rollout, measure) }];
  });
  return { run: run.id, x: points.map(({ x }) => x), y: points.map(({ y }) => y) };
}

/** The lines of a measure. Times are counted from each run's own start, so that clocks need not agree. */
export function alignLines(
  runs: readonly ComparableRun[],
  { unit }: Pick<Comparison, 'unit'>,
  measure: string,
  alignment: Alignment,
): AlignedLines {
  const lineOf: Record<Alignment, (run: ComparableRun) => AlignedLine> = {
    start: (run) =>
      pointLine(run, measure) ?? rolloutLine(run, unit, measure, ({ rollout }) => (rollout.from - startOf(run)) / 1000),
    number: (run) => rolloutLine(run, unit, measure, ({ number }) => number),
    tokens: (run) => rolloutLine(run, unit, measure, ({ tokens }) => tokens),
  };
  return { measure, alignment, lines: runs.map(lineOf[alignment]) };
}
