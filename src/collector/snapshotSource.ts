/** The interface of a source of snapshots: the targets themselves, or a Prometheus that scrapes them. */
import type { Finding, ServerFacts, Snapshot, Trigger } from '../api';
import type { Actor } from '../discovery/actors';
import type { Discovery } from '../discovery/discover';
import type { LoadAverage } from '../discovery/nodeLoads';
import type { Exposition } from '../exposition/expositionReader';
import type { HttpGet } from '../http/httpGet';
import type { WorkReading } from '../history/workReading';
import type { RoleFacts } from '../metrics/engineRoles';
import type { EngineCounters } from '../metrics/recordCounters';
import type { SeriesMeta } from '../metrics/seriesMeta';
import type { RunRollouts } from '../rollouts/rolloutTracker';
import type { TargetResponse } from './scrapeTargets';

/** How a target answered, with the series that were read. */
export type MetricsResponse = TargetResponse<Exposition<SeriesMeta>> & {
  /** URL of another target that is the same server, whose answer has its series. */
  sameAs?: string;
};

/** Adds what a scrape says of the engines' work to the history; the rollouts that are in it then. */
export type TrackWork = (reading: WorkReading) => RunRollouts;

/** What a source collects evidence with. */
export interface SourceRequest {
  trigger: Trigger;
  discovery: Discovery;
  get: HttpGet;
  signal: AbortSignal;
  /** Per request. */
  timeoutMs: number;
  /** Between two scrapes of the timer. */
  intervalMs: number;
  /** The Ray session that discovery found; undefined if unknown. */
  session: string | undefined;
  /** Runs discovery again, without Ray's service-discovery file. */
  rediscover: () => Promise<Discovery>;
}

/**
 * What a source found out in one scrape, before it is decided which run it is of. Values only; nothing is evaluated
 * yet.
 */
export interface SourceEvidence {
  /** The discovery of the request, or the one that replaced it. */
  discovery: Discovery;
  /** Ray sessions that series name; first the one that most answers name, of equal ones the dashboard's. */
  sessions: ReadonlySet<string>;
  /** Ray session by worker id, of targets that discovery found. Targets that a person listed are all of the run. */
  sessionByWorker: ReadonlyMap<string, string>;
  /** Ray's version that series name. */
  rayVersion: string | undefined;
  /** `model_name` by worker id. */
  models: ReadonlyMap<string, string>;
  /** One per target; empty if the source does not ask the targets. */
  answers: readonly MetricsResponse[];
}

/** What is known about the run when its evidence is evaluated. */
export interface EvaluationContext {
  trigger: Trigger;
  /** Unix ms. */
  now: number;
  signal: AbortSignal;
  /** Per request. */
  timeoutMs: number;
  /** By worker id; undefined if the dashboard did not say. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs on this cluster. */
  otherWorkers: ReadonlySet<string>;
  /** By the URL of the server's `/metrics`. */
  serverFactsByUrl: ReadonlyMap<string, ServerFacts>;
  /** By worker id. */
  serverFactsByWorker: ReadonlyMap<string, ServerFacts>;
  /** By node address; undefined if this scrape did not ask for them. */
  loads: ReadonlyMap<string, LoadAverage> | undefined;
  /** Names that an earlier VS Code window gave the engines, by id. */
  names: ReadonlyMap<string, string>;
  rayVersion: string | undefined;
  expectedEngines: number | undefined;
  /** What is known about the engines' roles; by default nothing. */
  roleFacts?: RoleFacts;
  /** Which measures of families without a row in the catalog are wanted, by id; by default none. */
  wantsOther?: (id: string) => boolean;
  /** Findings from before the evaluation. */
  findings: readonly Finding[];
  /** Undefined if nothing keeps the engines' work. */
  trackWork?: TrackWork | undefined;
}

/** How a source other than the targets answered. */
export interface SourceReport {
  url: string;
  /** `empty`: it has no series of this run; `old`: none of them is recent; `partial`: some queries failed. */
  state: 'ok' | 'empty' | 'old' | 'partial' | 'failed';
  /** What is wrong; empty if nothing is. */
  message: string;
  /** Which series are this run's, and why these. */
  matchReason: string;
}

/** What the evidence of one scrape amounts to. */
export interface SourceResult {
  snapshot: Snapshot;
  /** Undefined if the source is the targets: the snapshot has a report for each target. */
  report: SourceReport | undefined;
  /** What a generation record adds up; undefined if it can be read from the targets' answers. */
  engineCounters: EngineCounters | undefined;
}

/** Collects evidence, and evaluates it once the run is known. It remembers earlier scrapes of the same run. */
export interface SnapshotSource<Evidence extends SourceEvidence = SourceEvidence> {
  /** Failures are part of the evidence. Rejects only when the signal aborts. */
  collect(request: SourceRequest): Promise<Evidence>;
  /** Evaluates the evidence that this source collected last. Rejects only when the signal aborts. */
  evaluate(evidence: Evidence, context: EvaluationContext): Promise<SourceResult>;
  /** Another run begins: forgets the earlier scrapes. */
  reset(): void;
  /** Asks again what failed before. */
  forgetFailures(): void;
}
