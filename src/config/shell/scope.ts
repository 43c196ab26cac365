/** The state of a script while it is read: variables, functions, files it wrote. */
import type { Function as ShellFunction } from 'unbash';
import type { Note, MappedText } from '../mappedText';

/** One argument of a command or element of an array, after expansion. */
export interface ExpandedWord {
  value: MappedText;
  note?: Note;
  /** The offsets of its word with the quotes; absent if it came out of a variable. */
  wordSpan?: { from: number; to: number };
}

/** The value of a variable. */
export type Variable =
  | { kind: 'text'; value: MappedText; exported?: boolean }
  | { kind: 'array'; items: readonly ExpandedWord[] }
  | { kind: 'unknown'; reason: string };

/** Everything that commands of a script can read and change. */
export interface ShellScope {
  variables: Map<string, Variable>;
  /** Files that the script wrote with a heredoc, by their path in the script's spelling. */
  files: Map<string, MappedText>;
  functions: Map<string, ShellFunction>;
  /** The arguments of the function that is read; undefined at the top level, where they are given at start. */
  args: readonly ExpandedWord[] | undefined;
  /** The values that local variables of the function hid. */
  locals: Map<string, Variable | undefined>;
  /** A file that was sourced, whose variables are not known here. */
  sourcedFile: string | undefined;
  /** VS Code's environment. */
  environment: Record<string, string | undefined>;
  budget: { steps: number; produced: number };
}

/** Limits that end functions calling each other and texts doubling themselves; real scripts stay far below. */
export const maxSteps = 20_000;
export const maxProduced = 4_000_000;

/** The state at the start of a script. */
export function newScope(
  environment: Record<string, string | undefined>,
  variables: ReadonlyMap<string, Variable> = new Map(),
): ShellScope {
  return {
    variables: new Map(variables),
    files: new Map(),
    functions: new Map(),
    args: undefined,
    locals: new Map(),
    sourcedFile: undefined,
    environment,
    budget: { steps: 0, produced: 0 },
  };
}

/** A copy whose variables change independently: for a branch or a subshell. */
export function branchOf(scope: ShellScope): ShellScope {
  return { ...scope, variables: new Map(scope.variables) };
}

const sameText = (one: Variable, other: Variable): boolean =>
  one.kind === 'text' &&
  other.kind === 'text' &&
  one.value.map(({ text }) => text).join('') === other.value.map(({ text }) => text).join('');

/** The value of a variable after branches of which only one is run. */
function mergeVariable(
  before: Variable | undefined,
  after: readonly (Variable | undefined)[],
  reason: string,
): Variable {
  const [first] = after;
  if (first && after.every((each) => each && (each === first || sameText(each, first)))) return first;
  // Elements that a branch appended are there only if that branch is run.
  if (
    before?.kind === 'array' ||
    (before === undefined && after.every((each) => each === undefined || each.kind === 'array'))
  ) {
    const start = before?.kind === 'array' ? before.items : [];
    const arrays = after.map((each) =>
      each === undefined
        ? []
        : each.kind === 'array' && start.every((item, at) => each.items[at] === item)
          ? each.items
          : undefined,
    );
    if (arrays.every((items) => items !== undefined)) {
      const appended = arrays
        .flatMap((items) => items.slice(start.length))
        .map((item): ExpandedWord => ({ ...item, note: { ...item.note, unresolvedReason: reason } }));
      return { kind: 'array', items: [...start, ...new Set(appended)] };
    }
  }
  return { kind: 'unknown', reason };
}

/** Merges branches back into their scope. What differs between them becomes unknown, for `reason`. */
export function mergeBranches(scope: ShellScope, branches: readonly ShellScope[], reason: string): void {
  const names = new Set(branches.flatMap(({ variables }) => [...variables.keys()]));
  for (const name of names) {
    const before = scope.variables.get(name);
    const after = branches.map(({ variables }) => variables.get(name));
    if (after.some((each) => each !== before)) scope.variables.set(name, mergeVariable(before, after, reason));
  }
  scope.sourcedFile ??= branches.find(({ sourcedFile }) => sourcedFile !== undefined)?.sourcedFile;
}
