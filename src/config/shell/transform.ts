/** Changes values as `${NAME#…}`, `${NAME/…/…}`, `${NAME:…}` and `${NAME^^}` do. */
import type { ParameterExpansionPart, ParameterOperation, Word } from 'unbash';
import { joinNotes, noteOf, type MappedText, type Note } from '../mappedText';
import { parseInteger } from './arithmetic';
import { spend, type Budget } from './budget';
import type { Expand, ShellContext } from './context';
import { removeMatch, replaceMatch } from './patterns';
import { expandedText, unknownText } from './source';

/** Why an expansion that is not read here is not known. */
export const computedReason = (part: { text: string }): string => `it is computed by the shell (${part.text})`;

/** A value that an operation changes: cut, replaced, sliced, in other case. */
export function transform(
  part: ParameterExpansionPart,
  value: MappedText,
  note: Note | undefined,
  operation: ParameterOperation,
  context: ShellContext,
  expand: Expand,
): MappedText {
  if (note?.unresolvedReason !== undefined) return unknownText(context.source, part, note.unresolvedReason);
  const notes: (Note | undefined)[] = [note];
  const operand = (word: Word, form: keyof Expand = 'text'): string | undefined => {
    const text = expand[form](word, context);
    const operandNote = noteOf(text);
    notes.push(operandNote);
    return operandNote?.unresolvedReason === undefined ? text.text : undefined;
  };
  spend(context.budget, value.text.length >> 4);
  const result = applyOperation(value.text, operation, operand, context.budget);
  const unresolved = joinNotes(notes)?.unresolvedReason;
  return result === undefined
    ? unknownText(context.source, part, unresolved ?? computedReason(part))
    : expandedText(context.source, part, result, joinNotes(notes));
}

const mustBeQuoted = /[^\w@%+=:,./-]/;

/** A text in single quotes, which the shell reads unchanged. */
const inQuotes = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A text as `printf %q` gives it, or another text that the shell reads alike. */
export const quoteText = (text: string): string => (text === '' || mustBeQuoted.test(text) ? inQuotes(text) : text);

/** What `${NAME@Q}` and its relatives give. */
const changes: Partial<Record<string, (text: string) => string>> = {
  Q: inQuotes,
  U: (text) => text.toUpperCase(),
  L: (text) => text.toLowerCase(),
  u: (text) => text.slice(0, 1).toUpperCase() + text.slice(1),
};

function applyOperation(
  text: string,
  operation: ParameterOperation,
  operand: (word: Word, form?: keyof Expand) => string | undefined,
  budget: Budget,
): string | undefined {
  switch (operation.type) {
    case 'Remove': {
      const pattern = operand(operation.operand, 'pattern');
      return pattern === undefined ? undefined : removeMatch(text, pattern, operation.operator, budget);
    }
    case 'Replace': {
      const [pattern, replacement] = [operand(operation.pattern, 'pattern'), operand(operation.replacement)];
      return pattern === undefined || replacement === undefined
        ? undefined
        : replaceMatch(text, pattern, replacement, operation.operator, budget);
    }
    case 'Slice': {
      const from = parseInteger(operand(operation.offset) ?? '');
      const length = operation.length ? parseInteger(operand(operation.length) ?? '') : Infinity;
      if (from === undefined || length === undefined) return undefined;
      const start = from < 0 ? text.length + from : from;
      return start < 0 ? '' : text.slice(start, length < 0 ? text.length + length : start + length);
    }
    case 'CaseModification': {
      if (operation.operand && operation.operand.text !== '') return undefined;
      const change = (letters: string): string =>
        operation.operator.startsWith('^') ? letters.toUpperCase() : letters.toLowerCase();
      return operation.operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1);
    }
    case 'Transform':
      return changes[operation.operand.text]?.(text);
    case 'Names':
    case 'Unknown':
    case 'Default':
      return undefined;
  }
}
