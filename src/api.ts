/** The contract with other extensions and with tests: what `activate()` returns. Times are Unix milliseconds; a missing value is a missing key. */
import type { Event, Uri } from 'vscode';
import type { StateId } from './shared/states';

/** Who asked for a scrape. */
export type Trigger = 'command' | 'timer' | 'api';

/** One engine's value at an end of an aggregate's spread. */
export interface Extreme {
  /** `Engine.id` of the engine; `Part.id` where the row is of nodes, GPUs or servers. */
  engine: string;
  value: number;
}

/** A true value and the time it covers: from `from` to `to`, or at `to` where it is a reading of a moment. */
export interface Measure {
  value: number;
  from?: number;
  to: number;
  lowest?: Extreme;
  highest?: Extreme;
  /** How many engines it is of, and how many are there; only on aggregates. */
  counted?: number;
  of?: number;
  /** Of a quantile: how many engines are left out because their buckets have other bounds. */
  unmerged?: number;
  /** What the buckets allow, where the mean itself is not known exactly (Ray ≥ 2.52 rebuilds histogram sums). No `high`: unbounded. */
  bounds?: { low: number; high?: number };
  /** Of a quantile: the bucket it lies in. No `to`: in the last one, of which only the lower bound is known; then `value` is that bound. */
  bucket?: { from: number; to?: number };
}

/** What a histogram counted in a window, over all living engines with equal bounds. */
export interface Distribution {
  from: number;
  to: number;
  /** Upper bounds of the buckets, ascending, without the last one's +Inf. */
  bounds: number[];
  /** By bucket, not cumulative; one longer than `bounds`. */
  counts: number[];
  /** How many engines it is of, and how many are there. Fewer: the others are old, or have other bounds. */
  counted: number;
  of: number;
}

/** What SkyRL's trainer does. */
export interface TrainingPhase {
  /** As SkyRL names it: `run_training`, `sync_weights`, … */
  name: string;
  /** When it was first seen, and when it was last confirmed. */
  since: number;
  at: number;
}

/** A part of the run that is no engine: a machine, a GPU, the trainer, an HTTP server. */
export interface Part {
  id: string;
  kind: 'node' | 'gpu' | 'trainer' | 'server';
  name: string;
  /** Address of the machine. */
  node: string;
  measures: Record<string, Measure>;
}

/** What a vLLM server's own GET answers say of it. */
export interface ServerFacts {
  /** Of vLLM, by `/version`. */
  version?: string;
  sleeping?: boolean;
  paused?: boolean;
  /** Of `/weight_info`: the trainer's name for the weights that are loaded. */
  weightVersion?: string;
}

export type EngineState = 'starting' | 'active' | 'quiet' | 'silent' | 'asleep' | 'paused' | 'dead' | 'gone';

export interface Engine {
  /** WorkerId on Ray, target URL and data-parallel rank on a native server. */
  id: string;
  /** Fixed at first sight: `engine 0`, `engine 1`, … */
  name: string;
  /** Address of the node; empty where nobody says. */
  node: string;
  pid?: number;
  workerId?: string;
  model?: string;
  state: EngineState;
  /** When its counters last moved. */
  movedAt?: number;
  /** `id` of the dead engine whose place it took. */
  follows?: string;
  /** What it said of its cache at its start: the labels of `cache_config_info`. */
  config?: Record<string, string>;
  /** Ray job of its actor. */
  job?: string;
  /** When its actor began. */
  startedAt?: number;
  /** Which releases of vLLM it can be by the families it shows, where no server of its says. Each end may be open. */
  release?: { from?: string; below?: string };
  /** What its own server says; a fact that no server said, or that could not be laid to this engine, is a missing key. */
  server?: ServerFacts;
  measures: Record<string, Measure>;
}

export type TargetKind = 'ray' | 'vllm' | 'dynamo' | 'router' | 'other';

/** How one target answered the newest scrape. `empty`: a good answer without an engine series. */
export interface TargetReport {
  url: string;
  kind: TargetKind;
  /** In words, what it shows itself to be, such as `a Dynamo frontend`; missing where the kind says it all. */
  about?: string;
  state: 'ok' | 'empty' | 'failed';
  error?: string;
  bytes: number;
  samples: number;
  tookMs: number;
}

export interface Finding {
  id: string;
  severity: 'info' | 'warning' | 'error';
  message: string;
  /** `Engine.id`, where it is about one engine. */
  engine?: string;
  /** Since when, Unix ms. */
  since?: number;
  /** What to do. */
  advice?: string;
}

/** Everything one scrape told. */
export interface Snapshot {
  /** The last moment at which a response began. */
  at: number;
  /** What the rates among `values` run over; absent on the first scrape. */
  window: { from: number; to: number } | undefined;
  trigger: Trigger;
  /** What SkyRL would log, by its own keys (`vllm/…`). */
  values: Record<string, number>;
  /** What is true, by catalog id. */
  measures: Record<string, Measure>;
  /** Ratios over an engine's whole life, by catalog id. */
  sinceStart: Record<string, number>;
  engines: Engine[];
  targets: TargetReport[];
  findings: Finding[];
  /** By base id of the histogram's rows, as `ttft_seconds`. */
  distributions?: Record<string, Distribution>;
  phase?: TrainingPhase;
  /** Nodes, GPUs, the trainer and servers, where they say anything. */
  parts?: Part[];
  /** Where it comes from, if not from the targets themselves. */
  source?: { kind: 'prometheus'; url: string };
}

export interface Status {
  state: StateId;
  message: string;
}

export interface Api {
  readonly version: 1;
  /** Scrapes now, or right after the scrape that runs. Never prompts; rejects only after disposal. */
  scrape(): Promise<Snapshot>;
  readonly snapshot: Snapshot | undefined;
  readonly onDidScrape: Event<Snapshot>;
  readonly status: Status;
  readonly onDidChangeStatus: Event<Status>;
  /** Flat dotted keys of the nested layout, as written or resolved, without defaults; `unresolved` lists keys whose value could not be resolved. */
  runConfig(uri: Uri): Promise<{ values: Record<string, unknown>; unresolved: string[] }>;
}
