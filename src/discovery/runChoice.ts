/** Which of the runs on a cluster is the one of this window, by evidence that can be said. A run is a Ray job. */
import { engineActors, type Actor } from './actors';

export interface RunOnCluster {
  job: string;
  /** Engines that live; all that ever were where none lives. */
  engines: number;
  living: boolean;
  /** Start of its newest engine, Unix ms; 0 where nobody says. */
  startedAt: number;
  models: string[];
}

export interface JobEvidence {
  /** Chosen by a person. */
  chosen: string | undefined;
  /** `model_name` by the config. */
  model: string | undefined;
  /** Engines by the config. */
  expected: number | undefined;
  /** Models that series name, by worker id; a worker that is here reports as an engine. */
  models: ReadonlyMap<string, string | undefined>;
}

export interface RunChoice {
  /** Undefined where no actor names a job. */
  job: string | undefined;
  /** Newest first. */
  runs: RunOnCluster[];
  /** One sentence; empty where there was nothing to choose. */
  why: string;
  /** Others fit as well: a person should choose. */
  unclear: boolean;
  /** Workers of the other runs. */
  others: Set<string>;
}

interface Rule {
  why: string;
  /** Undefined: this evidence is not there. */
  fits: ((run: RunOnCluster) => boolean) | undefined;
}

function rulesOf({ model, expected }: JobEvidence): Rule[] {
  return [
    { why: 'it alone lives', fits: ({ living }) => living },
    {
      why: `it alone serves ${model}, the config’s model`,
      fits: model === undefined ? undefined : ({ models }) => models.includes(model),
    },
    {
      why: `it alone has ${expected} engines, as the config says`,
      fits: expected === undefined ? undefined : ({ engines }) => engines === expected,
    },
  ];
}

/** Rule after rule narrows the runs down; a rule that no run fits says nothing. Of what is left the newest is taken, and that is said to be unclear. */
export function chooseRun(actors: Iterable<Actor>, evidence: JobEvidence): RunChoice {
  const engines = [...actors].filter(
    ({ className, workerId, jobId }) =>
      jobId !== undefined && (engineActors.has(className) || evidence.models.has(workerId)),
  );
  const runs = runsOf(engines, evidence);
  const chosen = runs.find(({ job }) => job === evidence.chosen);
  const pick = chosen ? { run: chosen, why: 'it was chosen', unclear: false } : narrow(runs, rulesOf(evidence));
  const job = pick?.run.job;
  const others = new Set(engines.filter(({ jobId }) => jobId !== job).map(({ workerId }) => workerId));
  return { job, runs, why: runs.length > 1 ? (pick?.why ?? '') : '', unclear: pick?.unclear ?? false, others };
}

function narrow(
  runs: readonly RunOnCluster[],
  rules: readonly Rule[],
): { run: RunOnCluster; why: string; unclear: boolean } | undefined {
  let left = runs;
  for (const { why, fits } of rules) {
    const fitting = fits ? left.filter(fits) : [];
    if (fitting.length > 0) left = fitting;
    const [run] = left;
    if (left.length === 1 && run) return { run, why, unclear: false };
  }
  const [run] = left;
  // Runs that have all ended are nobody's question.
  return run && { run, why: 'it is the newest', unclear: run.living };
}

function runsOf(engines: readonly Actor[], { models }: JobEvidence): RunOnCluster[] {
  const byJob = new Map<string, Actor[]>();
  for (const actor of engines) byJob.set(actor.jobId ?? '', [...(byJob.get(actor.jobId ?? '') ?? []), actor]);
  const runs = [...byJob].map(([job, all]): RunOnCluster => {
    const alive = all.filter(({ state }) => state !== 'DEAD');
    const named = new Set(all.flatMap(({ workerId }) => models.get(workerId) ?? []));
    return {
      job,
      engines: alive.length || all.length,
      living: alive.length > 0,
      startedAt: Math.max(...all.map(({ startedAt }) => startedAt ?? 0)),
      models: [...named],
    };
  });
  return runs.sort((a, b) => b.startedAt - a.startedAt || (a.job < b.job ? 1 : -1));
}
