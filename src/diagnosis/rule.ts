/** What a rule of the diagnosis is, what it is given, and what it reports. */
import type { Rollout } from '../shared/rollout';
import type { Engine, Finding, Measure, Part, TargetReport, TrainingPhase } from '../api';
import type { TypeContradiction } from '../metrics/otherFamilies';

/** What is known about a living engine beyond its entry in the snapshot. Times are Unix ms. */
export interface TrackedEngine {
  /** `Engine.id`. */
  key: string;
  name: string;
  /** It is read from a server's own `/metrics`, not from Ray. */
  native: boolean;
  /** URL of the target that shows it; undefined before its first report and if the targets are not the source. */
  targetUrl?: string | undefined;
  firstSeenAt: number;
  /** When it was in an answer last; undefined before its first report. */
  seenAt?: number | undefined;
  /** It has reported at least once. */
  hasReported: boolean;
  /** How often the workers of its node report, as far as learned, in ms; undefined if that is unknown. */
  reportIntervalMs?: number | undefined;
  /** Since when its counters have not moved although a gauge says that requests run. */
  stuckSince?: number | undefined;
  /**
   * Neither its server nor the training phase tells whether it is paused, so that it may stand still with requests
   * without being hung.
   */
  mayBePaused?: boolean | undefined;
  /** Its numbers come from a Prometheus, which scrapes in its own time. */
  isFromPrometheus?: boolean | undefined;
  /** Values that cannot be, by sample; they are left out. */
  impossible?: readonly { family: string; value: number }[] | undefined;
  /** When its counters began anew, if nothing has been measured since. */
  resetAt?: number | undefined;
  /** That was only a part of its counters, such as those of one rank. */
  resetInPart?: boolean | undefined;
  /** Bare names of the families that it publishes under an old name. */
  renamedFamilies: ReadonlySet<string>;
  /** Bare names of all families that it publishes; undefined while they say nothing yet. */
  families?: ReadonlySet<string> | undefined;
}

/** One snapshot, as the diagnosis is given it. */
export interface DiagnosisInput {
  /** Unix ms. */
  now: number;
  engines: readonly Engine[];
  /** Living engines only. */
  trackedEngines: readonly TrackedEngine[];
  /** Aggregates by catalog id. */
  measures: Readonly<Record<string, Measure>>;
  parts: readonly Part[];
  phase: TrainingPhase | undefined;
  targets: readonly TargetReport[];
  /** `num_engines` × `data_parallel_size`; undefined if the config does not say. */
  expectedEngines: number | undefined;
  /** Undefined if unknown. */
  rayVersion?: string | undefined;
  /** Oldest first; the last ones may still last. Absent if nothing keeps the engines' work. */
  rollouts?: readonly Rollout[];
  /** Families that engines declare as another type than the catalog; undefined if the source does not say types. */
  contradicted?: readonly TypeContradiction[] | undefined;
}

/** An engine as the rules see it: with current measures only. */
export interface JudgedEngine extends Engine {
  /** Its target answered this scrape with something new, so that what is missing is known to be missing. */
  isCurrent: boolean;
}

/** One snapshot, as the rules see it: without measures that must not be judged (`evidence.ts`). */
export interface RuleInput extends DiagnosisInput {
  engines: readonly JudgedEngine[];
  /** By `Engine.id`. */
  engineById: ReadonlyMap<string, JudgedEngine>;
  /** By `Engine.id`. */
  trackedById: ReadonlyMap<string, TrackedEngine>;
  standstills: Standstills;
  /** Nothing is known about the time between the snapshot before and this one. */
  isAfterGap: boolean;
  /** How often the workers of an engine's node report, in ms. */
  reportIntervalOf: (engine: Engine) => number;
}

/** An engine that does not move although requests run on it. */
export interface Standstill {
  engine: JudgedEngine;
  /** Unix ms. */
  since: number;
}

/** Engines that do not move, without an excuse. */
export interface Standstills {
  /** Engines that have not moved for too long, each alone. */
  stuck: readonly Standstill[];
  /** By node, the engines that stopped together and have not moved since: their agent reports nothing new. */
  lateNodes: ReadonlyMap<string, readonly Standstill[]>;
}

/**
 * Something a rule sees in one snapshot; it becomes a finding once it has held long enough. `since` is set if the rule
 * knows when it began; `targetUrl` and `node` tell apart symptoms of one rule that are not about an engine;
 * `namedEngines` are the ids of engines that the message names beside `engine`.
 */
export type Symptom = Omit<Finding, 'id'> & {
  targetUrl?: string;
  node?: string;
  namedEngines?: readonly string[];
};

/** Numbers that a rule keeps from snapshot to snapshot, by a key of its choice. */
export type RuleMemory = Map<string, number[]>;

/** Whether the rule already reports a finding about an engine, or, without an engine, about the run. */
export type IsReported = (engine?: string) => boolean;

/** One rule of the diagnosis. */
export interface DiagnosisRule {
  /** The id of its findings (docs/metrics.md, Findings). */
  id: string;
  /**
   * `work`: it judges how engines work, and says nothing about engines from which no work is expected, nor during a
   * weight sync. `fact`: it holds whatever the engines do.
   */
  judges: 'work' | 'fact';
  /**
   * How long a symptom has to hold before it is reported, in ms; 0 for facts, and for numbers whose rate window is long
   * enough.
   */
  holdForMs: number;
  /** How long a finding outlasts its symptom, in ms, so that it does not come and go with each scrape. */
  keepFiringMs: number;
  /** The symptoms in this snapshot. What `isReported` already may use a milder threshold. */
  detect(input: RuleInput, isReported: IsReported, memory: RuleMemory): Symptom[];
}
