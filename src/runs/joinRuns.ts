/** Makes one run of two copies, which two VS Code windows kept of the same training run. */
import { joinRollouts, fillSeries } from './joinCopies';
import { isEnded, limitBands, limitRollouts, limitSeries } from './runData';
import type { RunDocument, StoredRun } from './runDocument';
import { addProcesses } from './runSighting';

/** The copies, the one with more history first: more rollouts and steps, else a longer time, else the smaller id. */
export function byHistory(one: StoredRun, other: StoredRun): [StoredRun, StoredRun] {
  const difference =
    one.rollouts + one.steps - (other.rollouts + other.steps) ||
    one.to - one.from - (other.to - other.from) ||
    (one.id < other.id ? 1 : -1);
  return difference > 0 ? [one, other] : [other, one];
}

/** A run with the name and the pin that a person gave a copy of it. */
export function withPersonsChoices(run: StoredRun, { name, named, pinned }: StoredRun): StoredRun {
  const { pinned: _, ...rest } = run;
  return { ...rest, ...(named && { name, named }), ...(pinned && { pinned }) };
}

const most = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

/** What is known of a run: as the first copy has it, and what only the other one knows. */
function joinHeads(kept: StoredRun, other: StoredRun): StoredRun {
  const [session, job] = [kept.session ?? other.session, kept.job ?? other.job];
  const [nodes, gpus] = [most(kept.nodes, other.nodes), most(kept.gpus, other.gpus)];
  const models = [...new Set([...(kept.models ?? []), ...(other.models ?? [])])].sort();
  const workedAt = most(kept.workedAt, other.workedAt);
  const hasName = kept.named ?? kept.config !== undefined;
  return {
    ...kept,
    ...(other.named && !kept.named ? { name: other.name, named: true } : !hasName && { name: other.name }),
    ...(other.pinned && { pinned: true }),
    from: Math.min(kept.from, other.from),
    to: Math.max(kept.to, other.to),
    keptAt: Math.min(kept.keptAt, other.keptAt),
    ...(session !== undefined && { session }),
    ...(job !== undefined && { job }),
    engines: Math.max(kept.engines, other.engines),
    ...(nodes !== undefined && { nodes }),
    ...(gpus !== undefined && { gpus }),
    ...(models.length > 0 && { models }),
    releases: { ...other.releases, ...kept.releases },
    processes: addProcesses(kept.processes, other.processes),
    ...(workedAt !== undefined && { workedAt }),
  };
}

/**
 * One run with the id of the first copy, and with the name and the pin of whichever has them. Each rollout is there once;
 * where the first copy has nothing, because its window was closed or asleep, the other one's is taken.
 */
export function joinRuns(kept: RunDocument, other: RunDocument): RunDocument {
  // The config as it was when the run was first seen.
  const [config] = [kept.config, other.config].filter((each) => each !== undefined).sort((a, b) => a.readAt - b.readAt);
  const rollouts = limitRollouts(joinRollouts(kept.rollouts, other.rollouts));
  const ids = new Set(rollouts.map(({ id }) => id));
  const means = Object.entries({ ...other.means, ...kept.means }).filter(([id]) => ids.has(id));
  const { from, to } = kept.run;
  const otherBands = other.bands.filter((band) => band.from > to || (band.to ?? band.from) < from);
  const count = (kind: 'rollout' | 'step'): number =>
    rollouts.filter((rollout) => rollout.kind === kind && isEnded(rollout)).length;
  return {
    run: {
      ...joinHeads(kept.run, other.run),
      ...(config && { config: config.file }),
      rollouts: count('rollout'),
      steps: count('step'),
    },
    ...(config && { config }),
    rollouts,
    means: Object.fromEntries(means),
    series: fillSeries(kept.series, other.series).map(limitSeries),
    bands: limitBands([...kept.bands, ...otherBands].sort((a, b) => a.from - b.from)),
  };
}
