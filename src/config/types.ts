/** What a config file says of a run. Each value knows where it is written. */

/** Zero-based lines and characters (UTF-16), as VS Code counts them. */
export interface TextRange {
  startLine: number;
  startCharacter: number;
  endLine: number;
  endCharacter: number;
}

export interface ConfigValue {
  /** Dotted key of the nested layout, e.g. `generator.inference_engine.num_engines`. */
  key: string;
  /** As written, or as resolved where it held `${…}`; the raw text where that did not resolve. */
  value: unknown;
  range: TextRange;
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
}

/** How the config says engine metrics reach an observer. */
export type MetricsPath = 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';

export interface RunConfig {
  /** Absolute path of the file, or what the caller named it. */
  file: string;
  layout: 'nested' | 'legacy';
  values: Map<string, ConfigValue>;
  findings: ConfigFinding[];
}

/** A file that could not be read as a config at all: no `config`, only findings with their lines. */
export interface ConfigReading {
  config: RunConfig | undefined;
  findings: ConfigFinding[];
}
