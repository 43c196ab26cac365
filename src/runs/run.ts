/** The types of a kept training run: its facts, its config as it was, its rollouts, and its measures over time. */
import type { ChartBand, ChartSeries } from '../shared/chartData';
import type { Rollout } from '../shared/rollout';

/** A value of a config as it was in effect. */
export interface KeptConfigEntry {
  /** Dotted key of the nested layout. */
  key: string;
  /** The value as JSON, as SkyRL: Show Effective Config shows it: secrets are masked. Compare it as text. */
  value: string;
  /** One-based line of the file; absent if the value is a default, or decided elsewhere. */
  line?: number;
  /** The file does not write it: `value` is the default of the release. */
  isDefault?: true;
  /** Why the value is not known here, as a clause; `value` is then what is written, and no reason to say that it differs. */
  unknownBecause?: string;
}

/** The effective config of a run when it was first seen. A later edit of the file does not change it. */
export interface KeptConfig {
  /** Path of the file, relative to its workspace folder; its name alone if it is outside. Untrusted text. */
  file: string;
  /** When it was read, Unix ms. */
  readAt: number;
  /** The file was edited after the engines had started, so that the run may have begun with other values. */
  editedAfterStart?: true;
  /** Every key that is known or written, the engines' first. */
  entries: readonly KeptConfigEntry[];
}

/** The facts of a run that are known without reading its data. Texts are untrusted; what is not known is a missing key. */
export interface KeptRun {
  /** Stays the same; the name of its files. */
  id: string;
  /** By a person, else the config's `trainer.run_name`, else the config's file and the time. */
  name: string;
  /** When its engines began as far as it is kept, Unix ms. */
  from: number;
  /** The newest reading, Unix ms. */
  to: number;
  /** It is in progress: watched now, with living engines. */
  isOpen?: true;
  origin: 'watched' | 'imported';
  /** A person pinned it: it is not removed to make room. */
  pinned?: true;
  /** Ray session. */
  session?: string;
  /** Ray job. */
  job?: string;
  /** The most engines that lived at one time. */
  engines: number;
  /** The most nodes that engines were on at one time. */
  nodes?: number;
  /** The most GPUs that reported at one time. */
  gpus?: number;
  /** Models that the engines served, in order of their names. */
  models?: readonly string[];
  releases: { skyrl?: string; ray?: string; vllm?: string };
  /** Path of the config, as `KeptConfig.file`; absent if its config was never seen. */
  config?: string;
  /** Number of its rollouts and of its steps that have ended. */
  rollouts: number;
  steps: number;
}

/** Everything of a run that is kept. */
export interface RunData {
  run: KeptRun;
  /** Absent if its config was never seen. */
  config?: KeptConfig;
  /** Rollouts and steps, oldest first. One that was open when the run was seen last is `cut`. */
  rollouts: readonly Rollout[];
  /**
   * By id of a rollout or step: the mean of each measure of all engines together over its time, by catalog id, taken
   * from every point there was.
   */
  means: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /**
   * Its measures over time, of all engines together and, of the curated measures, of each engine. Of a long run rows are
   * merged, with their lowest and highest.
   */
  series: readonly ChartSeries[];
  /** Training phases, and states of engines. */
  bands: readonly ChartBand[];
}

/** Where runs are kept, as it is read. */
export interface RunLibrary {
  /** Newest first. Resolves once the files have been read. */
  listRuns(): Promise<readonly KeptRun[]>;
  /** Everything of a run; undefined if no run has this id. Rejects with words for people if its file cannot be read. */
  loadRun(id: string): Promise<RunData | undefined>;
}
