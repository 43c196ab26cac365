/** What a config file says of a run. Each value knows where it is written. */

/** Zero-based lines and characters (UTF-16), as VS Code counts them. */
export interface TextRange {
  startLine: number;
  startCharacter: number;
  endLine: number;
  endCharacter: number;
}

/** What an edit has to know of where a value stands. */
export interface EntryLocation {
  /** `block`: a line of YAML; `flow`: an item in braces, of YAML or JSON; `word`: an argument of a command. */
  style: 'block' | 'flow' | 'word';
  keyRange: TextRange;
  /** Key and value; of a word, its quotes too. */
  entryRange: TextRange;
  /** The mapping that holds it, where it is the only one there. */
  onlyEntryOf?: TextRange;
}

/** One written value, as findings and quick fixes speak of it. */
export interface LocatedValue {
  /** Dotted key of the nested layout, e.g. `generator.inference_engine.num_engines`. */
  key: string;
  /** Dotted key as the file spells it, without Hydra's `+`. */
  rawKey: string;
  value: unknown;
  range: TextRange;
  /** Absent where the value is written elsewhere: under an alias, a merge key, in a variable. */
  location?: EntryLocation;
}

/** `value` is as written, or as resolved where it held `${…}`; the raw text where that did not resolve. */
export interface ConfigValue extends LocatedValue {
  /** Why it did not resolve, in words; absent where it did. */
  unresolvedReason?: string;
  /** Names of the environment variables it was resolved with: VS Code's own, which need not be the job's. */
  fromEnvironment?: string[];
  /** Names of variables that are unset here, so that the default written beside them was taken; the job may have them set. */
  environmentDefaults?: string[];
}

export interface ConfigFinding {
  id: string;
  severity: 'info' | 'warning' | 'error';
  message: string;
  range: TextRange;
  /** The value it is about. */
  cause?: LocatedValue;
}

/** How the config says engine metrics reach an observer. */
export type MetricsPath = 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';

export interface RunCommand {
  program: string;
  range: TextRange;
  /** Other commands in the file with overrides of their own. */
  otherCommandCount: number;
  /** It hands on arguments it is started with (`"$@"`), which are not known here. */
  forwardsArguments: boolean;
  /** Variables that the file sets for it. */
  environment: Record<string, string>;
}

/** What a script sets for Ray or vLLM, by the name of the variable or of the option of `ray start`. */
export type HintName =
  | 'RAY_TMPDIR'
  | 'RAY_ADDRESS'
  | 'RAY_metrics_report_interval_ms'
  | 'RAY_enable_metrics_collection'
  | 'SKYRL_VLLM_START_PORT'
  | '--dashboard-port'
  | '--temp-dir';

/** A setting of the run's environment that helps to find its metrics. It is the file's word, not a person's. */
export interface EnvironmentHint {
  name: HintName;
  /** Undefined if it is not known here. */
  value: string | undefined;
  unresolvedReason?: string;
  /** Environment variables it was expanded with; they are VS Code's. */
  fromEnvironment?: readonly string[];
  /** The line that sets it. */
  range: TextRange;
  /** Where it is written, for the fix that removes it. */
  location?: EntryLocation;
}
export interface RunConfig {
  /** Absolute path of the file, or what the caller named it. */
  file: string;
  layout: 'nested' | 'legacy';
  /** What kind of text it was read from. */
  format: 'yaml' | 'json' | 'overrides';
  /** Which of several commands the overrides are of, in words and with its place. */
  command?: RunCommand;
  /** What the script sets for Ray and vLLM, each name at most once; absent if the file is no script. */
  environmentHints?: readonly EnvironmentHint[];
  values: Map<string, ConfigValue>;
  /** Keys of the legacy layout, those without a successor too. */
  legacyKeys: LocatedValue[];
  findings: ConfigFinding[];
}

/** A file that could not be read as a config at all: no `config`, only findings with their lines. */
export interface ConfigReading {
  config: RunConfig | undefined;
  findings: ConfigFinding[];
}
