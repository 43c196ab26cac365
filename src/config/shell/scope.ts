/** What a script's names stand for at one moment of its reading. */
import type { Function as ShellFunction } from 'unbash';
import type { Note, MappedText } from '../mappedText';

/** A text among several: an argument, an element of an array. */
export interface ExpandedWord {
  value: MappedText;
  note?: Note;
  /** The word it is written as, quotes and all; absent where it came out of a variable. */
  wordSpan?: { from: number; to: number };
}

export type Variable =
  | { kind: 'text'; value: MappedText; exported?: boolean }
  | { kind: 'array'; items: readonly ExpandedWord[] }
  | { kind: 'unknown'; reason: string };

export interface ShellScope {
  variables: Map<string, Variable>;
  /** Files that the script wrote by a heredoc, by their path as it is spelled. */
  files: Map<string, MappedText>;
  functions: Map<string, ShellFunction>;
  /** Arguments of the function that is read; undefined at the top, where who starts the script gives them. */
  args: readonly ExpandedWord[] | undefined;
  /** What names had stood for that the function made its own. */
  locals: Map<string, Variable | undefined>;
  /** A file that was sourced, whose names are not known here. */
  sourcedFile: string | undefined;
  /** VS Code's own. */
  environment: Record<string, string | undefined>;
  budget: { steps: number; produced: number };
}

/** More than any script takes; functions that call each other and texts that double themselves end here. */
export const maxSteps = 20_000;
export const maxProduced = 4_000_000;

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

/** The same names, to be changed apart: a branch, a subshell. */
export function branchOf(scope: ShellScope): ShellScope {
  return { ...scope, variables: new Map(scope.variables) };
}

const sameText = (one: Variable, other: Variable): boolean =>
  one.kind === 'text' &&
  other.kind === 'text' &&
  one.value.map(({ text }) => text).join('') === other.value.map(({ text }) => text).join('');

/** One name after branches of which only one was taken. */
function mergeVariable(before: Variable | undefined, after: readonly (Variable | undefined)[], why: string): Variable {
  const [first] = after;
  if (first && after.every((each) => each && (each === first || sameText(each, first)))) return first;
  // Elements that a branch appended are there only if it was taken.
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
        .map((item): ExpandedWord => ({ ...item, note: { ...item.note, unresolvedReason: why } }));
      return { kind: 'array', items: [...start, ...new Set(appended)] };
    }
  }
  return { kind: 'unknown', reason: why };
}

/** Takes branches back into the scope they left; `why` says of what differs between them that it is not known. */
export function mergeBranches(scope: ShellScope, branches: readonly ShellScope[], why: string): void {
  const names = new Set(branches.flatMap(({ variables }) => [...variables.keys()]));
  for (const name of names) {
    const before = scope.variables.get(name);
    const after = branches.map(({ variables }) => variables.get(name));
    if (after.some((each) => each !== before)) scope.variables.set(name, mergeVariable(before, after, why));
  }
  scope.sourcedFile ??= branches.find(({ sourcedFile }) => sourcedFile !== undefined)?.sourcedFile;
}
