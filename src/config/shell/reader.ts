/** What the modules that read statements and commands need of each other. */
import type { Command, Statement, SyntaxNode } from 'unbash';
import { rawText, type MappedText } from '../mappedText';
import type { ShellContext } from './context';
import { branchOf, mergeBranches, type ShellScope } from './scope';
import type { NodeRange } from './source';
import type { ExpandedWord, ItemList, VariableTable } from './variables';

/** Whether a command succeeds; undefined if that is not known. */
export type Status = boolean | undefined;

/** One command that a script runs. */
export interface ShellCommand {
  /** Offsets of the whole command in the file. */
  from: number;
  to: number;
  /** Its name and arguments, expanded. */
  words: readonly ExpandedWord[];
  /** Whether it passes on arguments that are given when the script is started (`"$@"`). */
  forwardsArguments: boolean;
  /** The variables of `snapshotEnvironment` when it runs, with those in front of the command. */
  environment: VariableTable;
  /** Whether its words are a list that may have no program in front. */
  isList?: boolean;
  /** Whether the script runs it; not in functions that nothing calls. */
  isExecuted: boolean;
  /** What may add arguments that are not known, as the file names it: another script, one that was sourced, a variable. */
  unknownSource: string | undefined;
}

/** The reader of one script. */
export interface ShellReader extends ShellContext {
  /** The text of the file that all offsets refer to. */
  readonly fileText: string;
  /** What a pipe, a heredoc or a here-string gives to the command that is read. */
  stdin: MappedText | undefined;
  /** While this is above 0, commands are read for their effects only and not recorded. */
  trials: number;
  readonly commands: ShellCommand[];
  /** Lists of overrides in arrays and texts, which a script that sources this one may use. */
  readonly lists: ItemList[];
  /** The functions that are read now, and all that were read. */
  readonly calls: string[];
  readonly called: Set<string>;
  isExecuted: boolean;
  /** How many scripts are read inside each other. */
  nesting: number;
  /** The offset in the file of the statement that is read. */
  at: number;
  readNode(node: SyntaxNode): Status;
  readStatements(statements: readonly Statement[]): Status;
  /** Reads a text as a script in the current scope. */
  readText(text: MappedText): Status;
  runCommand(command: Command): Status;
}

/** Runs `work` in a scope, and returns that scope. */
export function within(reader: ShellReader, scope: ShellScope, work: () => void): ShellScope {
  const outer = reader.scope;
  reader.scope = scope;
  try {
    work();
  } finally {
    reader.scope = outer;
  }
  return scope;
}

const argumentPattern = /\$(?:[#@*1-9]|\{[#@*1-9])/;

/** Whether a condition holds if the script is started without arguments; undefined if it is not about them. */
export function decideWithoutArguments(reader: ShellReader, { pos, end }: NodeRange, decide: () => Status): Status {
  const { scope } = reader;
  if (!scope.args.some(({ isOpen }) => isOpen) || !argumentPattern.test(reader.source.text.slice(pos, end)))
    return undefined;
  let status: Status;
  const { stdin } = reader;
  reader.trials++;
  within(reader, { ...branchOf(scope), args: [], output: undefined }, () => {
    status = decide();
  });
  reader.trials--;
  reader.stdin = stdin;
  return status;
}

/** Runs `work` in a subshell: its changes of variables are lost. */
export const inSubshell = (reader: ShellReader, work: () => void): ShellScope =>
  within(reader, branchOf(reader.scope), work);

/** Reads branches of which one is run, or none unless they are `complete`. What differs between them is not known. */
export function readBranches(
  reader: ShellReader,
  node: NodeRange,
  works: readonly (() => void)[],
  { isComplete, what, usual }: { isComplete: boolean; what: string; usual?: number | undefined },
): void {
  const base = reader.scope;
  const reason = `it depends on the ${what} at line ${reader.lineOf(node.pos)}`;
  const printed = base.output?.texts.length;
  const { stdin } = reader;
  let isRead = false;
  const branches = works.map((work) => {
    reader.stdin = stdin;
    const branch = within(reader, branchOf(base), work);
    isRead ||= reader.stdin !== stdin;
    return branch;
  });
  // Which lines are left depends on the branch.
  reader.stdin = isRead ? undefined : stdin;
  if (!isComplete) branches.push(branchOf(base));
  if (base.output && base.output.texts.length !== printed) base.output.unknownReason ??= reason;
  mergeBranches(base, branches, { reason, usual }, reader.budget);
}

/** A text for a message: as the file writes it if it is not known. */
export const describeText = (reader: ShellReader, text: MappedText): string => rawText(text, reader.fileText);
