/** Where snapshots come from: the targets themselves, or a Prometheus that asks them. Both give the same thing for the same round. */
import type { Finding, ServerFacts, Snapshot, Trigger } from '../api';
import type { Actor } from '../discovery/actors';
import type { Discovery } from '../discovery/discover';
import type { HttpError, HttpGet } from '../http/httpGet';
import type { LoadAverage } from '../discovery/nodeLoads';
import type { TargetResponse } from './scrapeTargets';
import type { Exposition } from '../exposition/expositionReader';
import type { EngineCounters } from '../metrics/recordCounters';
import type { SeriesMeta } from '../metrics/seriesMeta';

export type MetricsResponse = TargetResponse<Exposition<SeriesMeta>>;

/** One round's question. */
export interface SourceRequest {
  trigger: Trigger;
  discovery: Discovery;
  get: HttpGet;
  signal: AbortSignal;
  timeoutMs: number;
  intervalMs: number;
  /** The Ray session, where it is known. */
  session: string | undefined;
  /** Discovery once more, without the service-discovery file. */
  rediscover: () => Promise<Discovery>;
}

/** What is known beside the engines' own series. */
export interface RoundContext {
  trigger: Trigger;
  /** Unix ms. */
  now: number;
  discovery: Discovery;
  /** By worker id; undefined where nobody could be asked. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs on this cluster. */
  otherWorkers: ReadonlySet<string>;
  serverFactsByUrl: ReadonlyMap<string, ServerFacts>;
  serverFactsByWorker: ReadonlyMap<string, ServerFacts>;
  loads: ReadonlyMap<string, LoadAverage> | undefined;
  /** What a window before this one called its engines, by id. */
  names: ReadonlyMap<string, string>;
  rayVersion: string | undefined;
  expectedEngines: number | undefined;
  findings: readonly Finding[];
}

/** How a source other than the targets stands, in words. */
export interface SourceReport {
  url: string;
  /** `old`: it has this run, but nothing new of it; `partial`: some questions failed. */
  state: 'ok' | 'empty' | 'old' | 'partial' | 'failed';
  /** What is wrong; empty where nothing is. */
  message: string;
  /** Whose series are taken, and why these. */
  matchReason: string;
}

/** What a source has of the run; nothing of it is measured yet. */
export interface SourceResponse {
  /** As it turned out to be. */
  discovery: Discovery;
  /** Ray sessions that series name. */
  sessions: ReadonlySet<string>;
  rayVersion: string | undefined;
  /** `model_name` by worker id. */
  models: ReadonlyMap<string, string>;
  /** By target URL, those that failed. */
  errors: Map<string, HttpError>;
  /** Of the targets, where they were asked. */
  answers: readonly MetricsResponse[];
  /** Only where it is not the targets; as it is known, so that measuring may change it. */
  sourceReport?: SourceReport;
  /** What records add up, where there are no answers of targets; once it was measured. */
  engineCounters?: EngineCounters;
  measure(known: RoundContext): Promise<Snapshot>;
}

export interface SnapshotSource {
  /** Never rejects but for the signal. */
  collect(looking: SourceRequest): Promise<SourceResponse>;
  /** Another run begins: nothing of the one before counts. */
  reset(): void;
  /** Whoever failed is asked again. */
  forgetFailures(): void;
}
