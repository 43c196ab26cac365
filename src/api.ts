/**
 * What `activate()` returns to other extensions and to tests (docs/api.md). Times are Unix ms; a missing value is a
 * missing key.
 */
import type { Event, Uri } from 'vscode';
import type { StateId } from './shared/states';

/** What caused a scrape. */
export type Trigger = 'command' | 'timer' | 'api';

/** The subject with the lowest or highest value of an aggregate. */
export interface Extreme {
  /** `Engine.id`, or `Part.id` if the metric is about nodes, GPUs or servers. */
  engine: string;
  value: number;
}

/**
 * A true value and the time it covers: `from` to `to`, or only `to` if it was read at one moment. Its unit is the
 * catalog row's.
 */
export interface Measure {
  value: number;
  from?: number;
  to: number;
  lowest?: Extreme;
  highest?: Extreme;
  /** Number of engines in the aggregate; only on aggregates. */
  counted?: number;
  /** Number of engines there are; only on aggregates. */
  of?: number;
  /** On quantiles: number of engines that are left out because their buckets have other bounds. */
  unmerged?: number;
  /**
   * On means that are not known exactly (Ray ≥ 2.52 rebuilds histogram sums): the range that the buckets allow. No
   * `high`: unbounded.
   */
  bounds?: { low: number; high?: number };
  /**
   * On quantiles: the bucket that holds it. No `to`: the last bucket, which has no upper bound; `value` is then its
   * lower bound.
   */
  bucket?: { from: number; to?: number };
}

/** The observations of a histogram in one rate window, over all living engines whose buckets have equal bounds. */
export interface Distribution {
  from: number;
  to: number;
  /** Upper bounds of the buckets, ascending, without the last one's `+Inf`. */
  bounds: number[];
  /** Observations by bucket, not cumulative; one longer than `bounds`. */
  counts: number[];
  /** Number of engines that are counted. The others are out of date, or their buckets have other bounds. */
  counted: number;
  /** Number of engines there are. */
  of: number;
}

/** What SkyRL's trainer is doing. */
export interface TrainingPhase {
  /** As SkyRL names it: `run_training`, `sync_weights`, … */
  name: string;
  /** When it was first seen. */
  since: number;
  /** When it was last seen. */
  at: number;
}

/** A subject of the run other than an engine: a node, a GPU, the trainer or an HTTP server. */
export interface Part {
  id: string;
  kind: 'node' | 'gpu' | 'trainer' | 'server';
  name: string;
  /** Address of its node. */
  node: string;
  measures: Record<string, Measure>;
}

/** What a vLLM server answers to GET requests about itself. */
export interface ServerFacts {
  /** vLLM's version, from `/version`. */
  version?: string;
  sleeping?: boolean;
  paused?: boolean;
  /** The trainer's name for the loaded weights, from `/weight_info`. */
  weightVersion?: string;
}

/** State of an engine (docs/metrics.md, Engine states). */
export type EngineState = 'starting' | 'active' | 'quiet' | 'silent' | 'asleep' | 'paused' | 'dead' | 'gone';

/** What an engine of a run with prefill/decode disaggregation does. */
export type EngineRole = 'prefill' | 'decode';

/** A vLLM engine. */
export interface Engine {
  /** `WorkerId` on Ray; target URL and data-parallel rank on a server. */
  id: string;
  /** `engine 0`, `engine 1`, … in the order in which they were first seen. It never changes. */
  name: string;
  /** Address of its node; empty if unknown. */
  node: string;
  pid?: number;
  workerId?: string;
  model?: string;
  state: EngineState;
  /** Its role, if the run has prefill/decode disaggregation and the role is known. */
  role?: EngineRole;
  /** When its counters last changed. */
  movedAt?: number;
  /** `id` of the dead engine that it replaced. */
  follows?: string;
  /** Its cache config at its start: the labels of `cache_config_info`. */
  config?: Record<string, string>;
  /** Ray job of its actor. */
  job?: string;
  /** When its actor was started. */
  startedAt?: number;
  /**
   * The vLLM releases that it can be, judged by its families, if its server does not report a version. Each end may be
   * open.
   */
  release?: { from?: string; below?: string };
  /**
   * What its server reports. A fact that no server reported, or that could not be attributed to this engine, is a
   * missing key.
   */
  server?: ServerFacts;
  measures: Record<string, Measure>;
}

/** What serves a target (docs/decisions.md, What a target is). */
export type TargetKind = 'ray' | 'vllm' | 'dynamo' | 'router' | 'other';

/**
 * The result of one target. If the timer skipped a target that failed before, this is its last failure: this scrape did
 * not ask it.
 */
export interface TargetReport {
  url: string;
  kind: TargetKind;
  /** A description such as `a Dynamo frontend`; missing if `kind` says it all. */
  about?: string;
  /** `empty`: a valid answer without engine series. */
  state: 'ok' | 'empty' | 'failed';
  error?: string;
  /** Length of the answer's body. */
  bytes: number;
  /** Number of samples that were read. */
  samples: number;
  tookMs: number;
  /** How often the workers of a Ray node report, in ms, if that was found to differ from Ray's 10 s. */
  reportIntervalMs?: number;
}

/** Something that a person should know about the run. */
export interface Finding {
  /** Id of its rule (docs/metrics.md, Findings). */
  id: string;
  severity: 'info' | 'warning' | 'error';
  message: string;
  /** `Engine.id`, if it is about one engine. */
  engine?: string;
  /** When it began to hold. */
  since?: number;
  /** What to do. */
  advice?: string;
  /** How many more findings of its rule there are, which are not listed. */
  more?: number;
}

/** The present rollout, or, where engines never rest, the present step of training. */
export interface PresentRollout {
  /** Of `skyrl.showRollouts` too. */
  id: string;
  /** When it began; if that was not seen, when it was first seen. */
  from: number;
  seconds: number;
  /** The most engines that there were in it at one time. */
  engines: number;
  /** Counted since `from`. */
  tokens: { prompt?: number; output?: number };
}

/** A family that has no row in the catalog, as its exposition declares it. Texts are untrusted. */
export interface OtherFamily {
  /** `other/<family>`: the id of its measure, or what the ids of a histogram's measures begin with. */
  id: string;
  /** The name as exposed. */
  name: string;
  type: 'gauge' | 'counter' | 'histogram' | 'summary' | 'info' | 'unknown';
  /** Empty if it has none. */
  help: string;
  /** What its series are about. */
  subject: 'engine' | 'server';
}

/** The labels of one series of an info family. */
export interface InfoLabels {
  /** `OtherFamily.id`. */
  family: string;
  /** `Engine.id` or `Part.id`. */
  engine: string;
  labels: Record<string, string>;
}

/** The result of one scrape. */
export interface Snapshot {
  /** When the last response began. */
  at: number;
  /** The span of the rates among `values`; undefined on the first scrape. */
  window: { from: number; to: number } | undefined;
  trigger: Trigger;
  /** What SkyRL would log, by its own keys (`vllm/…`). */
  values: Record<string, number>;
  /** True values of the whole run, by catalog id. */
  measures: Record<string, Measure>;
  /** Ratios since the engines started, by catalog id. */
  sinceStart: Record<string, number>;
  engines: Engine[];
  targets: TargetReport[];
  findings: Finding[];
  /** By the beginning of the ids of the histogram's rows, such as `ttft_seconds`. */
  distributions?: Record<string, Distribution>;
  phase?: TrainingPhase;
  /** Nodes, GPUs, the trainer and servers that have measures. */
  parts?: Part[];
  /**
   * Families without a row in the catalog, in the order in which they were first seen. Their measures are there only
   * while they are shown, charted, exported or asked for.
   */
  otherFamilies?: readonly OtherFamily[];
  /** How many more such families there are, which are not read. */
  otherFamiliesOmitted?: number;
  /** What their info families say, while these are shown. */
  otherInfos?: InfoLabels[];
  /** The source, if it is not the targets themselves. */
  source?: { kind: 'prometheus'; url: string };
  /** While engines work. */
  rollout?: PresentRollout;
}

/** The state of the window and its message from the state table. */
export interface Status {
  state: StateId;
  message: string;
}

/** The extension's API. */
export interface Api {
  readonly version: 1;
  /** Scrapes now, or right after the scrape in progress. Never prompts. Rejects only after disposal. */
  scrape(): Promise<Snapshot>;
  /** Of the newest scrape. */
  readonly snapshot: Snapshot | undefined;
  readonly onDidScrape: Event<Snapshot>;
  readonly status: Status;
  readonly onDidChangeStatus: Event<Status>;
  /**
   * The config in a file: flat dotted keys of the nested layout with their written or resolved values, without
   * defaults. `unresolved` lists the keys whose value could not be resolved.
   */
  runConfig(uri: Uri): Promise<{ values: Record<string, unknown>; unresolved: string[] }>;
}
