/** What a rule of the diagnosis is, what it is given, and what it reports. */
import type { Engine, Finding, Measure, Part, TargetReport, TrainingPhase } from '../api';

/** What is known about a living engine beyond its entry in the snapshot. Times are Unix ms. */
export interface TrackedEngine {
  /** `Engine.id`. */
  key: string;
  name: string;
  /** It is read from a server's own `/metrics`, not from Ray. */
  native: boolean;
  firstSeenAt: number;
  /** It has reported at least once. */
  hasReported: boolean;
  /** Since when its counters have not moved although a gauge says that requests run. */
  stuckSince?: number | undefined;
  /** When it restarted, if nothing has been measured since. */
  resetAt?: number | undefined;
  /** Bare names of the families that it publishes under an old name. */
  renamedFamilies: ReadonlySet<string>;
  /** How many families it publishes; undefined while that says nothing yet. */
  familyCount?: number | undefined;
}

/** One snapshot, as the rules see it. */
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
}

/**
 * Something a rule sees in one snapshot; it becomes a finding once it has held long enough. `since` is set if the rule
 * knows when it began; `targetUrl` tells apart symptoms of one rule that are not about an engine.
 */
export type Symptom = Omit<Finding, 'id'> & { targetUrl?: string };

/** Numbers that a rule keeps from snapshot to snapshot, by a key of its choice. */
export type RuleMemory = Map<string, number[]>;

/** Whether the rule already reports a finding about an engine, or, without an engine, about the run. */
export type IsReported = (engine?: string) => boolean;

/** One rule of the diagnosis. */
export interface DiagnosisRule {
  /** The id of its findings (docs/metrics.md, Findings). */
  id: string;
  /**
   * How long a symptom has to hold before it is reported, in ms; 0 for facts, and for numbers whose rate window is long
   * enough.
   */
  holdForMs: number;
  /** How long a finding outlasts its symptom, in ms, so that it does not come and go with each scrape. */
  keepFiringMs: number;
  /** The symptoms in this snapshot. What `isReported` already may use a milder threshold. */
  detect(input: DiagnosisInput, isReported: IsReported, memory: RuleMemory): Symptom[];
}
