/** The types of a config that was read: its values, each with its position in the file, and the findings about it. */

/** A range of the file in zero-based lines and characters (UTF-16), as VS Code counts them; the end is exclusive. */
export interface TextRange {
  startLine: number;
  startCharacter: number;
  endLine: number;
  endCharacter: number;
}

/** Where an entry is written, for edits that remove, rename or move it. */
export interface EntryLocation {
  /** `block`: a line of YAML; `flow`: an item in braces (YAML or JSON); `word`: an argument; `statement`: a command. */
  style: 'block' | 'flow' | 'word' | 'statement';
  keyRange: TextRange;
  /** Key and value; for a word with its quotes. */
  entryRange: TextRange;
  /** The mapping around it, if this is its only entry. */
  onlyEntryOf?: TextRange;
}

/** One value with its position, as findings and quick fixes use it. */
export interface LocatedValue {
  /** Dotted key of the nested layout, e.g. `generator.inference_engine.num_engines`. */
  key: string;
  /** Dotted key in the file's own spelling, without Hydra's `+`. */
  rawKey: string;
  value: unknown;
  range: TextRange;
  /** Absent if the value is written elsewhere: under an alias, under a merge key, in a variable. */
  location?: EntryLocation;
}

/** A value after resolution: as written, with its `${…}` and variables resolved, or the raw text if they do not resolve. */
export interface ConfigValue extends LocatedValue {
  /** Why the value is not known, as a clause for people; absent if it is known. */
  unresolvedReason?: string;
  /** Environment variables it was resolved with. They are VS Code's, which may differ from the job's. */
  fromEnvironment?: string[];
  /** Whether it is given only if a condition of the script holds; such a value has an `unresolvedReason`. */
  isConditional?: boolean;
  /** Whether it did not resolve because of a mistake in the file, whatever the job's environment is. */
  isMistake?: boolean;
  /** Variables and arguments that are not set here, so that the default beside them was used; the job may have them set. */
  environmentDefaults?: string[];
}

/** Something to tell the person, on the line that causes it. */
export interface ConfigFinding {
  id: string;
  severity: 'info' | 'warning' | 'error';
  message: string;
  range: TextRange;
  /** The value that causes it, for its quick fix. */
  cause?: LocatedValue;
}

/** Where the config says that engine metrics can be read (docs/decisions.md, Where engine metrics are). */
export type MetricsPath = 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';

/** The command whose arguments are the config. */
export interface RunCommand {
  program: string;
  range: TextRange;
  /** How many other commands of the file have overrides, too. */
  otherCommandCount: number;
  /** Whether it passes on the script's own arguments (`"$@"`), which are not known here. */
  forwardsArguments: boolean;
  /** What may add overrides to the ones written here, as the file names it: another script, or words that are not known. */
  unknownSource?: string;
  /** The variable that chooses the inference path, if the file sets it; undefined if its value is not known here. */
  environment: Record<string, string | undefined>;
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

/** A SkyRL config, of whatever form. */
export interface RunConfig {
  /** Absolute path of the file, or the caller's name for it. */
  file: string;
  layout: 'nested' | 'legacy';
  /** The kind of text it was read from. */
  format: 'yaml' | 'json' | 'overrides';
  /** The command that the overrides belong to; absent in YAML and JSON. */
  command?: RunCommand;
  /** Settings of the run's environment, in the order of `HintName`; each name at most once. */
  environmentHints: readonly EnvironmentHint[];
  values: Map<string, ConfigValue>;
  /** The keys that are written in the legacy layout, including those without a successor. */
  legacyKeys: LocatedValue[];
  findings: ConfigFinding[];
}

/** What reading a file gave. Without `config` the findings say why there is none. */
export interface ConfigReading {
  config: RunConfig | undefined;
  findings: ConfigFinding[];
}
