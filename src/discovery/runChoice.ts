/** Decides which run on a cluster belongs to the config in use, by evidence that can be shown. A run is a Ray job. */
import { pushTo } from '../shared/pushTo';
import { engineActorClasses, type Actor } from './actors';

/** A run on the cluster. */
export interface ClusterRun {
  job: string;
  /** Number of living engines; if there is none, of all that ever were. */
  engineCount: number;
  isAlive: boolean;
  /** When its newest engine was started, Unix ms; 0 if unknown. */
  startedAt: number;
  models: string[];
}

/** What points at a run. */
export interface RunEvidence {
  /** The job that a person selected. */
  chosenJob: string | undefined;
  /** `model_name` by the config. */
  model: string | undefined;
  /** Number of engines by the config. */
  expectedEngines: number | undefined;
  /** `model_name` in the metrics by worker id. A worker that is in this map reports as an engine. */
  modelByWorker: ReadonlyMap<string, string | undefined>;
}

/** The run that was chosen. */
export interface RunChoice {
  /** Undefined if no actor of an engine has a job. */
  job: string | undefined;
  /** All runs, newest first. */
  runs: ClusterRun[];
  /** One clause; empty if there was at most one run. */
  reason: string;
  /** Whether other runs fit as well, so that a person should select one. */
  isAmbiguous: boolean;
  /** Worker ids of the other runs. */
  otherWorkers: Set<string>;
}

interface Rule {
  reason: string;
  /** Undefined if its evidence is missing. */
  fits: ((run: ClusterRun) => boolean) | undefined;
}

function rulesFor({ model, expectedEngines }: RunEvidence): Rule[] {
  return [
    { reason: 'it is the only one alive', fits: ({ isAlive }) => isAlive },
    {
      reason: `only it serves ${model}, the config’s model`,
      fits: model === undefined ? undefined : ({ models }) => models.includes(model),
    },
    {
      reason: `only it has ${expectedEngines} engines, as the config says`,
      fits: expectedEngines === undefined ? undefined : ({ engineCount }) => engineCount === expectedEngines,
    },
  ];
}

/**
 * Chooses a run: the selected one, else the one that is left after applying rule by rule. A rule that no run fits is
 * skipped. If several are left, the newest is chosen, and the choice is ambiguous if it is alive.
 */
export function chooseRun(actors: Iterable<Actor>, evidence: RunEvidence): RunChoice {
  const engines = [...actors].filter(
    ({ className, workerId, jobId }) =>
      jobId !== undefined && (engineActorClasses.has(className) || evidence.modelByWorker.has(workerId)),
  );
  const runs = groupByJob(engines, evidence);
  const selected = runs.find(({ job }) => job === evidence.chosenJob);
  const choice = selected
    ? { run: selected, reason: 'it was chosen', isAmbiguous: false }
    : applyRules(runs, rulesFor(evidence));
  const job = choice?.run.job;
  return {
    job,
    runs,
    reason: runs.length > 1 ? (choice?.reason ?? '') : '',
    isAmbiguous: choice?.isAmbiguous ?? false,
    otherWorkers: new Set(engines.filter(({ jobId }) => jobId !== job).map(({ workerId }) => workerId)),
  };
}

function applyRules(
  runs: readonly ClusterRun[],
  rules: readonly Rule[],
): { run: ClusterRun; reason: string; isAmbiguous: boolean } | undefined {
  let candidates = runs;
  for (const { reason, fits } of rules) {
    const fitting = fits ? candidates.filter(fits) : [];
    if (fitting.length > 0) candidates = fitting;
    const [run] = candidates;
    if (candidates.length === 1 && run) return { run, reason, isAmbiguous: false };
  }
  const [run] = candidates;
  // If all runs have ended, a person need not be asked.
  return run && { run, reason: 'it is the newest', isAmbiguous: run.isAlive };
}

function groupByJob(engines: readonly Actor[], { modelByWorker }: RunEvidence): ClusterRun[] {
  const byJob = new Map<string, Actor[]>();
  for (const actor of engines) pushTo(byJob, actor.jobId ?? '', actor);
  const runs = [...byJob].map(([job, members]): ClusterRun => {
    const living = members.filter(({ state }) => state !== 'DEAD');
    const models = new Set(members.flatMap(({ workerId }) => modelByWorker.get(workerId) ?? []));
    return {
      job,
      engineCount: living.length || members.length,
      isAlive: living.length > 0,
      startedAt: members.reduce((newest, { startedAt }) => Math.max(newest, startedAt ?? 0), 0),
      models: [...models],
    };
  });
  return runs.sort((a, b) => b.startedAt - a.startedAt || (a.job < b.job ? 1 : -1));
}
