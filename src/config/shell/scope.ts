/** The state of a script while it is read: variables, arguments, what a branch has ended. */
import type { Function as ShellFunction } from 'unbash';
import { emptyText, type MappedText } from '../mappedText';
import type { Budget } from './budget';
import { mergeTables, type MergeReason } from './mergeBranches';
import type { ScriptSource } from './source';
import { createTable, type ExpandedWord, type Variable, type VariableTable } from './variables';

/** What ends a list of statements: the script, the function, a turn of the loop. */
export type Ending = 'exit' | 'return' | 'break' | 'continue';

/** A function, and the text that its offsets refer to. */
export interface DefinedFunction {
  node: ShellFunction;
  source: ScriptSource;
}

/** What a script and the scripts inside it share. */
export interface ScriptFiles {
  /** Files that a script wrote, by their path in the script's spelling. */
  written: Map<string, MappedText>;
  /** The last file that was sourced and cannot be read here. */
  sourced: string | undefined;
}

/** Everything that the statements of a script can read and change. */
export interface ShellScope {
  variables: VariableTable;
  functions: Map<string, DefinedFunction>;
  files: ScriptFiles;
  /** The arguments of the script or function that is read. */
  args: readonly ExpandedWord[];
  /** The variables that the function made local, with the values they hid; undefined outside functions. */
  locals: Map<string, Variable | undefined> | undefined;
  /** Whether every variable that is set is exported (`set -a`). */
  exportsAll: boolean;
  /** Whether Slurm or SkyPilot starts the script and sets their variables. */
  launcher: 'slurm' | 'skypilot' | undefined;
  /** Set when the rest of the statements is not reached. */
  ending: Ending | undefined;
  /** Set when the rest of the function or loop may not be reached. */
  mayHaveEnded: boolean;
  /** Collects what the commands print, inside `$(…)`. */
  output: OutputCollector | undefined;
}

/** What a command substitution prints. */
export interface OutputCollector {
  texts: MappedText[];
  /** Why the output is not known. */
  unknownReason: string | undefined;
}

/** The arguments of a script that is started, or of a function that nothing calls: not known, usually none. */
export const openArguments: readonly ExpandedWord[] = [{ value: emptyText, isOpen: true }];

/** The state at the start of a script; `table` has the variables that are set before it. */
export const createScope = (table: VariableTable = createTable()): ShellScope => ({
  variables: table,
  functions: new Map(),
  files: { written: new Map(), sourced: undefined },
  args: openArguments,
  locals: undefined,
  exportsAll: false,
  launcher: undefined,
  ending: undefined,
  mayHaveEnded: false,
  output: undefined,
});

/** A copy whose variables change independently: for a branch or a subshell. */
export const branchOf = (scope: ShellScope): ShellScope => ({
  ...scope,
  variables: createTable(scope.variables),
  ending: undefined,
  mayHaveEnded: false,
});

/**
 * Merges branches back into the scope they started from. One that ends the script does not count; if all end, the scope
 * ends. One that leaves the function or loop leaves it open whether the rest is reached.
 */
export function mergeBranches(
  scope: ShellScope,
  branches: readonly ShellScope[],
  reason: MergeReason,
  budget: Budget,
): void {
  const going = branches.filter(({ ending }) => ending !== 'exit');
  const [first, ...others] = going;
  if (!first) {
    scope.ending = 'exit';
    return;
  }
  const tables = going.map(({ variables }) => variables);
  if (others.length === 0)
    for (const [name, variable] of first.variables.changes) scope.variables.changes.set(name, variable);
  else {
    const chosen = reason.usual === undefined ? undefined : branches[reason.usual];
    const usual = chosen && chosen.ending === undefined ? going.indexOf(chosen) : undefined;
    mergeTables(scope.variables, tables, { ...reason, usual }, budget);
  }
  if (going.every(({ ending }) => ending === first.ending)) scope.ending = first.ending;
  else if (going.some(({ ending }) => ending !== undefined)) scope.mayHaveEnded = true;
  if (going.some(({ mayHaveEnded }) => mayHaveEnded)) scope.mayHaveEnded = true;
  if (others.length === 0) scope.args = first.args;
  scope.exportsAll = going.every(({ exportsAll }) => exportsAll);
}
