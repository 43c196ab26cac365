/** What one scrape says of its run, and whether that is a run that is already kept. */
import { createHash } from 'node:crypto';
import type { SkyrlRelease } from '../config/skyrlRelease';
import type { RunConfig } from '../config/types';
import type { History } from '../history/history';
import type { StoredRun } from './runDocument';

/** An engine that lives. */
export interface SightedEngine {
  id: string;
  /** Empty if unknown. */
  node: string;
  model?: string;
  /** vLLM's version or range of versions. */
  release?: string;
  /** When its actor started, Unix ms. */
  startedAt?: number;
  /** When the process of its server started, Unix s, by the server's clock. */
  processStart?: number;
}

/** The config in use. */
export interface SightedConfig {
  config: RunConfig;
  release: SkyrlRelease | undefined;
  /** Path of the file, relative to its workspace folder; absolute if it is outside of the workspace. */
  file: string;
  /** When the file was last written, Unix ms; undefined if unknown. */
  writtenAt: number | undefined;
}

/** What one scrape says. */
export interface RunSighting {
  /** Unix ms. */
  at: number;
  session?: string;
  job?: string;
  rayRelease?: string;
  engines: readonly SightedEngine[];
  /** Whether any engine works. */
  isWorking: boolean;
  /** GPUs that report. */
  gpus: number;
  /** Called only if the config is to be kept; undefined if none is in use, or it may not be read. Never rejects. */
  readConfig: () => Promise<SightedConfig | undefined>;
  /** The history with this scrape. */
  history: History;
}

/** How often the data of a run is written. */
export const saveIntervalMs = 5 * 60_000;
/** After so long without work, engines that work with another config are another run. */
export const longRestMs = 60 * 60_000;
/** Clocks are read at different times, and processes say their start in whole seconds. */
const startToleranceSeconds = 5;
/** Most processes by which a run is known again: any one of them is enough. */
export const maxProcesses = 64;

/** An engine's process as text: a hash of its id, and when it began if that tells it from others with the same id. */
export function processKey({ id, processStart }: SightedEngine): string {
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return processStart === undefined ? hash : `${hash}@${Math.round(processStart)}`;
}

/** Whether two keys are of one process; if only one knows its start, the id decides. */
function isSameProcess(one: string, other: string): boolean {
  const [id, start] = one.split('@');
  const [otherId, otherStart] = other.split('@');
  if (id !== otherId) return false;
  if (start === undefined || otherStart === undefined) return true;
  return Math.abs(Number(start) - Number(otherStart)) <= startToleranceSeconds;
}

/** `undecided`: nothing says that it is another run, but nothing that it is the same one either. */
export type RunMatch = 'same' | 'other' | 'undecided';

/** By what a run is known. */
type RunEvidence = Pick<StoredRun, 'session' | 'job' | 'processes'>;

function compareEvidence(run: RunEvidence, { session, job, processes }: RunEvidence): RunMatch {
  if (run.session !== undefined && session !== undefined && run.session !== session) return 'other';
  const isSameSession = session !== undefined && run.session === session;
  if (isSameSession && run.job !== undefined && job !== undefined) return run.job === job ? 'same' : 'other';
  if (run.processes.some((known) => processes.some((key) => isSameProcess(known, key)))) return 'same';
  return isSameSession && run.job !== undefined && job === undefined ? 'undecided' : 'other';
}

/**
 * Whether a scrape is of this run (docs/runs.md, What a run is): its Ray session and job decide if both are known, else
 * a common process. Undecided is a run whose job is known while its session's dashboard does not say the job.
 */
export const matchRun = (run: StoredRun, { session, job, engines }: RunSighting): RunMatch =>
  compareEvidence(run, {
    processes: engines.map(processKey),
    ...(session !== undefined && { session }),
    ...(job !== undefined && { job }),
  });

/**
 * Whether two runs are copies of one, which two VS Code windows kept: they are known by the same, and their times
 * overlap. The files of one in progress have it until they were written last. Runs of the same processes that follow
 * each other after a long rest are two.
 */
export function isSameRun(one: StoredRun, other: StoredRun): boolean {
  if (one.origin !== 'watched' || other.origin !== 'watched') return false;
  const [earlier, later] = one.from <= other.from ? [one, other] : [other, one];
  if (later.from > earlier.to + saveIntervalMs || compareEvidence(one, other) !== 'same') return false;
  const isByJob = one.job !== undefined && one.job === other.job;
  const isAfterRest = earlier.workedAt !== undefined && later.from - earlier.workedAt >= longRestMs;
  return isByJob || later.from <= earlier.to || !isAfterRest;
}

/** When the first of the engines that live began, Unix ms; undefined if none says it. */
export function startOf({ engines }: RunSighting): number | undefined {
  const starts = engines.flatMap(({ startedAt, processStart }) => {
    if (startedAt !== undefined) return startedAt;
    return processStart === undefined ? [] : processStart * 1000;
  });
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** A run with what a scrape says of it. */
export function withSighting(run: StoredRun, sighting: RunSighting): StoredRun {
  const { at, session, job, rayRelease, engines, isWorking, gpus } = sighting;
  const nodes = new Set(engines.map(({ node }) => node).filter(Boolean)).size;
  const models = [...new Set([...(run.models ?? []), ...engines.flatMap(({ model }) => model ?? [])])].sort();
  const vllm = [...new Set(engines.flatMap(({ release }) => release ?? []))].sort().join(', ');
  const releases = {
    ...run.releases,
    ...(rayRelease !== undefined && { ray: rayRelease }),
    ...(vllm !== '' && { vllm }),
  };
  const known = { session: run.session ?? session, job: run.job ?? job };
  return {
    ...run,
    // The clock may have gone back.
    from: Math.min(run.from, at),
    to: at,
    ...(known.session !== undefined && { session: known.session }),
    ...(known.job !== undefined && { job: known.job }),
    engines: Math.max(run.engines, engines.length),
    ...(nodes > 0 && { nodes: Math.max(run.nodes ?? 0, nodes) }),
    ...(gpus > 0 && { gpus: Math.max(run.gpus ?? 0, gpus) }),
    ...(models.length > 0 && { models: models.slice(0, 20) }),
    releases,
    processes: addProcesses(run.processes, engines.map(processKey)),
    ...(isWorking && { workedAt: at }),
  };
}

/** The first processes and the newest ones: those of the middle have ended. */
export function addProcesses(known: readonly string[], seen: readonly string[]): readonly string[] {
  const set = new Set(known);
  const added = seen.filter((key) => !set.has(key));
  if (added.length === 0) return known;
  const all = [...known, ...new Set(added)];
  return all.length <= maxProcesses ? all : [...all.slice(0, maxProcesses / 2), ...all.slice(-maxProcesses / 2)];
}
