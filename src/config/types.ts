/** What a config file says of a run. Each value knows where it is written. */

/** Zero-based lines and characters (UTF-16), as VS Code counts them. */
export interface TextRange {
  startLine: number;
  startCharacter: number;
  endLine: number;
  endCharacter: number;
}

/** What an edit has to know of where a value stands. */
export interface Entry {
  /** `block`: a line of YAML; `flow`: an item in braces, of YAML or JSON; `word`: an argument of a command. */
  form: 'block' | 'flow' | 'word';
  key: TextRange;
  /** Key and value; of a word, its quotes too. */
  whole: TextRange;
  /** The mapping that holds it, where it is the only one there. */
  onlyOf?: TextRange;
}

/** One written value, as findings and quick fixes speak of it. */
export interface Subject {
  /** Dotted key of the nested layout, e.g. `generator.inference_engine.num_engines`. */
  key: string;
  /** Dotted key as the file spells it, without Hydra's `+`. */
  raw: string;
  value: unknown;
  range: TextRange;
  /** Absent where the value is written elsewhere: under an alias, a merge key, in a variable. */
  entry?: Entry;
}

/** `value` is as written, or as resolved where it held `${…}`; the raw text where that did not resolve. */
export interface ConfigValue extends Subject {
  /** Why it did not resolve, in words; absent where it did. */
  unresolved?: string;
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
  about?: Subject;
}

/** How the config says engine metrics reach an observer. */
export type MetricsPath = 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';

export interface RunCommand {
  words: string;
  range: TextRange;
  /** Other commands in the file with overrides of their own. */
  others: number;
  /** It hands on arguments it is started with (`"$@"`), which are not known here. */
  open: boolean;
  /** Variables that the file sets for it. */
  environment: Record<string, string>;
}

export interface RunConfig {
  /** Absolute path of the file, or what the caller named it. */
  file: string;
  layout: 'nested' | 'legacy';
  /** What kind of text it was read from. */
  form: 'yaml' | 'json' | 'overrides';
  /** Which of several commands the overrides are of, in words and with its place. */
  command?: RunCommand;
  values: Map<string, ConfigValue>;
  /** Keys of the legacy layout, those without a successor too. */
  legacyKeys: Subject[];
  findings: ConfigFinding[];
}

/** A file that could not be read as a config at all: no `config`, only findings with their lines. */
export interface ConfigReading {
  config: RunConfig | undefined;
  findings: ConfigFinding[];
}
