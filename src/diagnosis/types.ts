/** What the rules of the diagnosis are given, and what they say. */
import type { Engine, Finding, Measure, Part, TargetReport, TrainingPhase } from '../api';
import { formatValue } from '../shared/format';
import { catalogRow } from '../metrics/catalog/index';
import { isLiving } from '../metrics/engineState';

/** What is known of a living engine beyond what its snapshot says. */
export interface TrackedEngine {
  /** `Engine.id`. */
  key: string;
  name: string;
  native: boolean;
  firstSeenAt: number;
  /** It has reported something. */
  hasReported: boolean;
  /** Still though a gauge says that requests run, since then. */
  stuckSince?: number | undefined;
  /** It began anew then, and nothing was measured since. */
  resetAt?: number | undefined;
  /** Families (bare) met under an old name. */
  renamedFamilies: ReadonlySet<string>;
  /** How many families it shows; undefined where that says nothing yet. */
  familyCount?: number | undefined;
}

export interface DiagnosisInput {
  now: number;
  engines: readonly Engine[];
  /** Those of living engines. */
  trackedEngines: readonly TrackedEngine[];
  measures: Readonly<Record<string, Measure>>;
  parts: readonly Part[];
  phase: TrainingPhase | undefined;
  targets: readonly TargetReport[];
  /** `num_engines` × `data_parallel_size`, where the config says. */
  expectedEngines: number | undefined;
}

/** Something that holds in this snapshot. `since` where the rule itself knows it; `about` tells signs of one rule apart that are of no engine. */
export type Symptom = Omit<Finding, 'id'> & { targetUrl?: string };

/** What a rule may remember from snapshot to snapshot: a few numbers a key. */
export type RuleMemory = Map<string, number[]>;

export interface DiagnosisRule {
  id: string;
  /** How long it has to hold before it is said, in ms; 0 where it is a fact, or the window of its numbers is long enough. */
  holdForMs: number;
  /** How long it is said after it held last, in ms, so that it does not come and go with each scrape. */
  keepFiringMs: number;
  /** `said`: whether it is being said (of that engine): then a milder limit is enough to go on. */
  detect(input: DiagnosisInput, said: (engine?: string) => boolean, memory: RuleMemory): Symptom[];
}

export const livingEngines = (engines: readonly Engine[]): Engine[] => engines.filter(isLiving);
export const activeEngines = (engines: readonly Engine[]): Engine[] =>
  engines.filter(({ state }) => state === 'active');

/** The value of a measure, whatever its age; undefined if it was not measured. */
export const measureValue = (measures: Readonly<Record<string, Measure>>, id: string): number | undefined =>
  measures[id]?.value;

/** A catalog row's number as people read it. */
export const formatCatalogValue = (id: string, value: number): string => formatValue(value, catalogRow(id).unit);

/** The catalog's limits of a row. Throws for a row without: that is a mistake in the code. */
export function limits(id: string): { warning: number; error: number } {
  const { thresholds } = catalogRow(id);
  if (!thresholds) throw new Error(`no thresholds in ${id}`);
  return thresholds;
}

/** What is being said goes on until the number is so much better than the limit. */
const hysteresis = 0.9;

/** How bad a number is by its row's limits; being said already, a little less is enough. */
export function severityOf(id: string, value: number, said: boolean): 'warning' | 'error' | undefined {
  const { warning, error } = limits(id);
  const low = catalogRow(id).worst === 'low';
  const beyond = (limit: number): boolean =>
    low ? value <= limit / (said ? hysteresis : 1) : value >= limit * (said ? hysteresis : 1);
  if (low ? value <= error : value >= error) return 'error';
  return beyond(warning) ? 'warning' : undefined;
}
