/** Which of the runs on a cluster is the one of this window, by evidence that can be said. A run is a Ray job. */
import { engineActorClasses, type Actor } from './actors';

export interface ClusterRun {
  job: string;
  /** Engines that live; all that ever were where none lives. */
  engineCount: number;
  isAlive: boolean;
  /** Start of its newest engine, Unix ms; 0 where nobody says. */
  startedAt: number;
  models: string[];
}

export interface RunEvidence {
  /** Chosen by a person. */
  chosenJob: string | undefined;
  /** `model_name` by the config. */
  model: string | undefined;
  /** Engines by the config. */
  expectedEngines: number | undefined;
  /** Models that series name, by worker id; a worker that is here reports as an engine. */
  modelByWorker: ReadonlyMap<string, string | undefined>;
}

export interface RunChoice {
  /** Undefined where no actor names a job. */
  job: string | undefined;
  /** Newest first. */
  runs: ClusterRun[];
  /** One sentence; empty where there was nothing to choose. */
  reason: string;
  /** Others fit as well: a person should choose. */
  isAmbiguous: boolean;
  /** Workers of the other runs. */
  otherWorkers: Set<string>;
}

interface Rule {
  reason: string;
  /** Undefined: this evidence is not there. */
  fits: ((run: ClusterRun) => boolean) | undefined;
}

function rulesOf({ model, expectedEngines }: RunEvidence): Rule[] {
  return [
    { reason: 'it alone lives', fits: ({ isAlive }) => isAlive },
    {
      reason: `it alone serves ${model}, the config’s model`,
      fits: model === undefined ? undefined : ({ models }) => models.includes(model),
    },
    {
      reason: `it alone has ${expectedEngines} engines, as the config says`,
      fits: expectedEngines === undefined ? undefined : ({ engineCount }) => engineCount === expectedEngines,
    },
  ];
}

/** Rule after rule narrows the runs down; a rule that no run fits says nothing. Of what is left the newest is taken, and that is said to be unclear. */
export function chooseRun(actors: Iterable<Actor>, evidence: RunEvidence): RunChoice {
  const engines = [...actors].filter(
    ({ className, workerId, jobId }) =>
      jobId !== undefined && (engineActorClasses.has(className) || evidence.modelByWorker.has(workerId)),
  );
  const runs = runsOf(engines, evidence);
  const chosen = runs.find(({ job }) => job === evidence.chosenJob);
  const pick = chosen ? { run: chosen, why: 'it was chosen', unclear: false } : narrow(runs, rulesOf(evidence));
  const job = pick?.run.job;
  const others = new Set(engines.filter(({ jobId }) => jobId !== job).map(({ workerId }) => workerId));
  return {
    job,
    runs,
    reason: runs.length > 1 ? (pick?.why ?? '') : '',
    isAmbiguous: pick?.unclear ?? false,
    otherWorkers: others,
  };
}

function narrow(
  runs: readonly ClusterRun[],
  rules: readonly Rule[],
): { run: ClusterRun; why: string; unclear: boolean } | undefined {
  let left = runs;
  for (const { reason, fits } of rules) {
    const fitting = fits ? left.filter(fits) : [];
    if (fitting.length > 0) left = fitting;
    const [run] = left;
    if (left.length === 1 && run) return { run, why: reason, unclear: false };
  }
  const [run] = left;
  // Runs that have all ended are nobody's question.
  return run && { run, why: 'it is the newest', unclear: run.isAlive };
}

function runsOf(engines: readonly Actor[], { modelByWorker }: RunEvidence): ClusterRun[] {
  const byJob = new Map<string, Actor[]>();
  for (const actor of engines) byJob.set(actor.jobId ?? '', [...(byJob.get(actor.jobId ?? '') ?? []), actor]);
  const runs = [...byJob].map(([job, all]): ClusterRun => {
    const alive = all.filter(({ state }) => state !== 'DEAD');
    const named = new Set(all.flatMap(({ workerId }) => modelByWorker.get(workerId) ?? []));
    return {
      job,
      engineCount: alive.length || all.length,
      isAlive: alive.length > 0,
      startedAt: Math.max(...all.map(({ startedAt }) => startedAt ?? 0)),
      models: [...named],
    };
  });
  return runs.sort((a, b) => b.startedAt - a.startedAt || (a.job < b.job ? 1 : -1));
}
