/** What the parts of the shell reader share while one script is read. */
import type { ParsedScript, Word } from 'unbash';
import { emptyText, joinNotes, mapSpans, noteOf, unwrapVariable, type MappedText, type Note } from '../mappedText';
import { spend, spendText, type Budget } from './budget';
import type { ShellScope } from './scope';
import { createSpan, type NodeRange, type ScriptSource } from './source';
import { getVariable, type Variable } from './variables';

/** The reader of one script. `scope` and `source` are those of the statement that is read. */
export interface ShellContext {
  scope: ShellScope;
  source: ScriptSource;
  readonly budget: Budget;
  /** VS Code's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The line in the file of an offset of `source`, counted from one. */
  lineOf(pos: number): number;
  /** What a command substitution prints, as far as that is known. */
  outputOf(script: ParsedScript | undefined, node: NodeRange): MappedText;
}

/** The target of a name reference, or the name itself. */
export function dereference(context: ShellContext, name: string): string {
  let at = name;
  for (let hops = 0; hops < 16; hops++) {
    const variable = getVariable(context.scope.variables, at, context.budget);
    if (variable?.kind !== 'reference') return at;
    at = variable.name;
  }
  return at;
}

/** The variable of a name, through name references. */
export const readVariable = (context: ShellContext, name: string): Variable | undefined =>
  getVariable(context.scope.variables, dereference(context, name), context.budget);

/** Sets the variable of a name, through name references. */
export function setVariable(context: ShellContext, name: string, variable: Variable): void {
  spend(context.budget, 1);
  const { scope } = context;
  const exported = scope.exportsAll && variable.kind === 'text' ? { exported: true } : {};
  scope.variables.changes.set(dereference(context, name), { ...variable, ...exported });
}

/** Expands a word to one text, or to a pattern in which quoted characters are escaped. */
export interface Expand {
  text: (word: Word, context: ShellContext) => MappedText;
  pattern: (word: Word, context: ShellContext) => MappedText;
}

/** The expansion of a node to a value that is written elsewhere, or nowhere. */
export function wrapText(context: ShellContext, node: NodeRange, value: MappedText, ownNote?: Note): MappedText {
  spendText(context.budget, value.text.length, value.spans.length);
  const note = joinNotes([noteOf(value), ownNote]);
  if (value.text === '' && !note) return emptyText;
  // A value from the environment is not written in the file.
  const isWritten = value.spans.every(({ to }) => to > 0);
  const own = isWritten ? ownNote : note;
  return mapSpans([
    createSpan(context.source, node, value.text, {
      ...(isWritten && { inner: unwrapVariable(value) }),
      ...(note && { note }),
      ...(own && { ownNote: own }),
    }),
  ]);
}
