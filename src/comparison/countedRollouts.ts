/** Which rollouts or steps of a run count in a comparison: not the warm-up, and none that was cut off. */
import { fewestValues } from '../shared/comparison';
import type { Rollout } from '../shared/rollout';
import type { ComparableRun } from './comparableRun';

/** The rollouts that count, and how many are left out. */
export interface CountedRollouts {
  rollouts: readonly Rollout[];
  warmUp: number;
  cut: number;
}

/**
 * Of a run, the first rollout is the warm-up: engines capture graphs, and their caches are empty. A rollout that was
 * chosen is taken, and so is the only one that there is.
 */
export function countRollouts({ kind, rollouts }: ComparableRun, unit: Rollout['kind']): CountedRollouts {
  const ofUnit = rollouts.filter((rollout) => rollout.kind === unit);
  const isRun = kind === 'run' || kind === 'import';
  const [first, ...rest] = ofUnit;
  const whole = (list: readonly Rollout[]): Rollout[] => list.filter(({ cut }) => !cut);
  const hasWarmUp = isRun && first !== undefined && whole(rest).length > 0;
  const considered = hasWarmUp ? rest : ofUnit;
  const counted = whole(considered);
  return { rollouts: counted, warmUp: hasWarmUp ? 1 : 0, cut: considered.length - counted.length };
}

/**
 * What the runs are compared by: rollouts if each has enough of them, else what the run with the fewest has more of, else
 * what more of the runs have.
 */
export function chooseUnit(runs: readonly ComparableRun[]): Rollout['kind'] {
  const countsOf = (unit: Rollout['kind']): number[] => runs.map((run) => countRollouts(run, unit).rollouts.length);
  const [rollouts, steps] = [countsOf('rollout'), countsOf('step')];
  const [fewestRollouts, fewestSteps] = [Math.min(...rollouts), Math.min(...steps)];
  if (fewestRollouts >= fewestValues || fewestRollouts > fewestSteps) return 'rollout';
  if (fewestSteps > fewestRollouts) return 'step';
  const known = (counts: readonly number[]): number => counts.filter((count) => count > 0).length;
  return known(steps) > known(rollouts) ? 'step' : 'rollout';
}
