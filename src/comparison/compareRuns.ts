/** Compares runs: configs, measures, and what has to be said first. */
import type { ComparedRun, Comparison } from '../shared/comparison';
import type { Rollout } from '../shared/rollout';
import type { ComparableRun } from './comparableRun';
import { configRows } from './configRows';
import { chooseUnit, countRollouts } from './countedRollouts';
import { measureRows } from './measureRows';
import { comparisonNotes, comparisonRules } from './notes';

function describeRun(run: ComparableRun, unit: Rollout['kind']): ComparedRun {
  const { id, name, kind, from, isOpen, engines, gpus, nodes, models, releases, config } = run;
  const { rollouts, warmUp, cut } = countRollouts(run, unit);
  return {
    id,
    name,
    kind,
    from,
    ...(isOpen && { isOpen }),
    ...(engines !== undefined && { engines }),
    ...(gpus !== undefined && { gpus }),
    ...(nodes !== undefined && { nodes }),
    ...(models && { models }),
    releases,
    ...(config && { config: config.file }),
    counted: rollouts.length,
    leftOut: { warmUp, cut },
  };
}

/** The comparison of two to four runs; the others are compared with the first. */
export function compareRuns(runs: readonly ComparableRun[]): Comparison {
  const unit = chooseUnit(runs);
  const compared = runs.map((run) => describeRun(run, unit));
  const measures = measureRows(runs, unit);
  return {
    runs: compared,
    unit,
    notes: comparisonNotes(compared, runs, measures, unit),
    rules: comparisonRules(compared, measures, unit),
    config: configRows(runs.map(({ config }) => config)),
    measures,
  };
}
