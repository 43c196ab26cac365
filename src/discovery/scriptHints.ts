/** What the script in use says about its cluster. It is a hint: what a person set in settings or environment decides. */
import path from 'node:path';
import type { HintName, RunConfig } from '../config/types';

/** A value that a script sets for the run, and the line that sets it. */
export interface ScriptHint {
  name: HintName;
  value: string;
  /** Path of the script. */
  file: string;
  /** From 1. */
  line: number;
}

/** The hints of a config; values that are not known here are left out. */
export function toScriptHints(config: Pick<RunConfig, 'file' | 'environmentHints'> | undefined): ScriptHint[] {
  return (config?.environmentHints ?? []).flatMap(({ name, value, range }) =>
    config !== undefined && value !== undefined && value.trim() !== ''
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
