/** A comparison of two to four runs, as the page, the command, the exports and the tool for language models have it. */
import type { Unit } from './format';
import type { Rollout } from './rollout';

/** Fewest and most runs that are compared at once. */
export const fewestRuns = 2;
export const mostRuns = 4;

/** Fewer values of a run make no claim. */
export const fewestValues = 5;

/** A claim is made where the adjusted p-value is at most this. */
export const claimLevel = 0.05;

/** What is compared: a kept run, one rollout or step, a generation record, or an imported file. */
export type ComparedKind = 'run' | 'rollout' | 'record' | 'import';

/** What is known of a side of a comparison without its data. Texts are untrusted; what is not known is a missing key. */
export interface ComparedSide {
  id: string;
  name: string;
  kind: ComparedKind;
  /** Unix ms, by the clock of the machine that watched it. */
  from: number;
  isOpen?: true;
  engines?: number;
  gpus?: number;
  nodes?: number;
  models?: readonly string[];
  releases: { skyrl?: string; ray?: string; vllm?: string };
}

/** One of the compared runs. */
export interface ComparedRun extends ComparedSide {
  /** Path of its config; absent if that was never seen. */
  config?: string;
  /** Rollouts or steps that the measures are taken from, and those that are left out. */
  counted: number;
  leftOut: { warmUp: number; cut: number };
}

/** The value of a key in one run. */
export interface ConfigCell {
  /** JSON, with secrets masked; it may be cut. */
  value: string;
  /** Where it is from: `train.sh:12`, or that it is a default. */
  from: string;
  isDefault?: true;
  /** Why it is not known here. */
  unknownBecause?: string;
}

/** A key in all runs. */
export interface ConfigRow {
  key: string;
  /** `unknown`: what is known does not differ, but some run's value is not known. */
  state: 'different' | 'equal' | 'unknown';
  /** By run; `null`: neither written nor a known default, or the config was never seen. */
  cells: readonly (ConfigCell | null)[];
}

/**
 * What a test says of a run against the first one. `better` and `worse`: it differs, by which extreme of the measure is
 * the bad one; `different`: it differs in a measure that has none. `within spread`: no difference is shown.
 */
export type Verdict = 'better' | 'worse' | 'different' | 'within spread' | 'not enough rollouts' | 'not comparable';

/** Middle and spread of a run's values. */
export interface ValueSpread {
  count: number;
  /** The quarters: half of all values are between them. */
  low: number;
  high: number;
}

/** A run's measure against that of the first run. */
export interface MeasureDifference {
  /** Id of the run. */
  run: string;
  /** Per cent of the first run's median; `null` if that is 0 or a median is not known. */
  change: number | null;
  verdict: Verdict;
  /** Adjusted for all tests of the comparison; `null` without a test. */
  p: number | null;
  /** It is `within spread` although the test says otherwise: the rollouts' ends are not known so exactly. */
  isWithinError?: true;
}

/** A measure in all runs. */
export interface MeasureRow {
  /** Id of a figure of rollouts, or of a row of the catalog. */
  id: string;
  label: string;
  unit: Unit;
  /** `figure`: one value of each rollout. `mean`: a measure of the engines, as its mean over each rollout. */
  source: 'figure' | 'mean';
  worst: 'high' | 'low' | 'neither';
  /** By run; `null`: not known. */
  medians: readonly (number | null)[];
  spread: readonly (ValueSpread | null)[];
  /** The last run against the first. */
  change: number | null;
  verdict: Verdict;
  /** Each other run against the first. */
  differences: readonly MeasureDifference[];
}

/** A comparison. The first run is what the others are compared with. */
export interface Comparison {
  runs: readonly ComparedRun[];
  /** What the values are of. */
  unit: Rollout['kind'];
  /** What must be known first, as sentences: what is not like for like, and what else limits the comparison. */
  notes: readonly string[];
  /** By which rules it was made, as sentences. */
  rules: readonly string[];
  config: readonly ConfigRow[];
  measures: readonly MeasureRow[];
}

/** How the lines of runs are laid over each other. */
export const alignments = ['start', 'number', 'tokens'] as const;

/** By seconds since their start, by the number of the rollout, or by output tokens so far. */
export type Alignment = (typeof alignments)[number];

/** The line of one run: columns of equal length. */
export interface AlignedLine {
  /** Id of the run. */
  run: string;
  /** Seconds, numbers or tokens, ascending. */
  x: readonly number[];
  /** `null` is a gap. */
  y: readonly (number | null)[];
}

/** The lines of all runs for one measure. */
export interface AlignedLines {
  measure: string;
  alignment: Alignment;
  lines: readonly AlignedLine[];
}
