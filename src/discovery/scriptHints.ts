/** What the script in use says about its cluster. It is a hint: what a person set in settings or environment decides. */
import path from 'node:path';

/** The variables and the options of `ray start` that say where metrics are, and how often they come. */
export type HintName =
  | 'RAY_TMPDIR'
  | '--temp-dir'
  | 'RAY_ADDRESS'
  | '--dashboard-port'
  | 'SKYRL_VLLM_START_PORT'
  | 'RAY_metrics_report_interval_ms'
  | 'RAY_enable_metrics_collection';

/** A value that a script sets for the run, and the line that sets it. */
export interface ScriptHint {
  name: HintName;
  value: string;
  /** Path of the script. */
  file: string;
  /** From 1. */
  line: number;
}

/** A config with the settings of its run's environment, as the config reader gives them. */
interface ConfigWithHints {
  file: string;
  environmentHints?: readonly { name: string; value: string | undefined; range: { startLine: number } }[];
}

const hintNames: ReadonlySet<string> = new Set<HintName>([
  'RAY_TMPDIR',
  '--temp-dir',
  'RAY_ADDRESS',
  '--dashboard-port',
  'SKYRL_VLLM_START_PORT',
  'RAY_metrics_report_interval_ms',
  'RAY_enable_metrics_collection',
]);

const isHintName = (name: string): name is HintName => hintNames.has(name);

/** The hints of a config; values that are not known here are left out. */
export function toScriptHints(config: ConfigWithHints | undefined): ScriptHint[] {
  return (config?.environmentHints ?? []).flatMap(({ name, value, range }) =>
    config !== undefined && isHintName(name) && value !== undefined && value.trim() !== ''
      ? [{ name, value: value.trim(), file: config.file, line: range.startLine + 1 }]
      : [],
  );
}

/** The hint of this name; undefined if the script does not set it. */
export const hintOf = (hints: readonly ScriptHint[], name: HintName): ScriptHint | undefined =>
  hints.find((hint) => hint.name === name);

/** A hint in words, such as `RAY_TMPDIR in run.sbatch, line 3`. */
export const describeHint = ({ name, file, line }: ScriptHint): string =>
  `${name} in ${path.basename(file)}, line ${line}`;

/** A whole number from 1 to 65,535; undefined for any other text. */
export function parsePort(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text?.trim() ?? '') ? Number(text) : 0;
  return port > 0 && port <= 65_535 ? port : undefined;
}
