/** Expands lists and elements of arrays: `"${A[@]}"`, `${A[@]:1}`, `${!A[@]}`, `${A[i]}`. */
import type { ParameterExpansionPart, ParameterOperation, Word, WordPart } from 'unbash';
import { joinNotes, noteOf, unwrittenText } from '../mappedText';
import { evaluate, parseInteger, type ArithmeticResult } from './arithmetic';
import { spendText } from './budget';
import { readVariable, type Expand, type ShellContext } from './context';
import { lookUp, lookUpItems, noteOfWord, unsetReason, type NameValue } from './lookUp';
import { parse } from './parser';
import { computedReason, transform } from './transform';
import { allItems, type ExpandedWord } from './variables';

/** Whether a part expands to all arguments or elements: `$@`, `$*`, `${A[@]}`, `${@:2}`, `${!A[@]}`. */
export function isItemList(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@' || part.text === '$*';
  return (
    part.type === 'ParameterExpansion' &&
    part.prefix !== '#' &&
    /^[@*]$/.test(part.index?.text ?? part.parameter) &&
    part.operation?.type !== 'Names'
  );
}

/** The elements of an array whose name a variable has: `"${!name}"` with `name='ARGS[@]'`. Undefined for other parts. */
export function indirectItems(part: WordPart, context: ShellContext): readonly ExpandedWord[] | undefined {
  if (part.type !== 'ParameterExpansion' || part.prefix !== '!' || part.index || part.operation) return undefined;
  const name = lookUp(part.parameter, context);
  if (name.kind !== 'value' || noteOfWord(name) !== undefined) return undefined;
  const [, array] = /^([A-Za-z_]\w*)\[[@*]\]$/.exec(name.value.text) ?? [];
  return array === undefined ? undefined : lookUpItems(array, context);
}

/** The arguments or elements of a part for which `isItemList` is true, or why they are not known. */
export function expandItems(
  part: WordPart,
  context: ShellContext,
  expand: Expand,
): readonly ExpandedWord[] | { reason: string } {
  if (part.type !== 'ParameterExpansion') return lookUpItems('@', context) ?? [];
  const items = lookUpItems(part.parameter, context) ?? scalarAsItems(part.parameter, context);
  if ('reason' in items) return items;
  if (part.prefix === '!') return keysOf(part, context);
  const { operation } = part;
  if (!operation || operation.type === 'Default') return items;
  if (operation.type === 'Slice') return sliceItems(operation, items, part, context, expand);
  const changed = items.map((item): ExpandedWord => {
    const value =
      item.isOpen === true ? item.value : transform(part, item.value, noteOfWord(item), operation, context, expand);
    return { ...item, value };
  });
  return changed;
}

/** A name that is no array: its value, or nothing, because the environment has no arrays. */
function scalarAsItems(name: string, context: ShellContext): readonly ExpandedWord[] | { reason: string } {
  const found = lookUp(name, context);
  if (found.kind === 'unknown') return { reason: found.reason };
  if (found.kind === 'value') return [{ value: found.value, ...(found.note && { note: found.note }) }];
  return context.scope.files.sourced === undefined ? [] : { reason: unsetReason(name, context) };
}

function keysOf(
  { parameter, text }: ParameterExpansionPart,
  context: ShellContext,
): readonly ExpandedWord[] | { reason: string } {
  const variable = readVariable(context, parameter);
  const names =
    variable?.kind === 'map'
      ? [...variable.entries.keys()]
      : variable?.kind === 'array'
        ? allItems(variable.items, context.budget).map((_, index) => String(index))
        : undefined;
  return (
    names?.map((name) => ({ value: unwrittenText(name) })) ?? {
      reason: computedReason({ text }),
    }
  );
}

function sliceItems(
  { offset, length }: Extract<ParameterOperation, { type: 'Slice' }>,
  items: readonly ExpandedWord[],
  part: ParameterExpansionPart,
  context: ShellContext,
  expand: Expand,
): readonly ExpandedWord[] | { reason: string } {
  const from = parseInteger(expand.text(offset, context).text);
  const count = length ? parseInteger(expand.text(length, context).text) : Infinity;
  if (from === undefined || count === undefined || count < 0) return { reason: computedReason(part) };
  // Positional arguments are counted from one; number 0 is the script's name.
  const isPositional = part.index === undefined;
  if (isPositional && from === 0) return { reason: computedReason(part) };
  const openAt = items.findIndex(({ isOpen }) => isOpen);
  if (openAt >= 0)
    return from < 0 ? { reason: computedReason(part) } : items.slice(Math.min(openAt, from - (isPositional ? 1 : 0)));
  const start = from < 0 ? items.length + from : from - (isPositional ? 1 : 0);
  return start < 0 ? [] : items.slice(start, start + count);
}

/** Whether an item is certainly one item: not conditional, and not the result of an expansion that is not known. */
export const isOneItem = (item: ExpandedWord): boolean =>
  item.isOpen !== true && noteOfWord(item)?.unresolvedReason === undefined;

/** The element `${A[index]}`. */
export function elementOf(part: ParameterExpansionPart, word: Word, context: ShellContext, expand: Expand): NameValue {
  const variable = readVariable(context, part.parameter);
  if (variable?.kind === 'unknown') return { kind: 'unknown', reason: variable.reason };
  const key = expand.text(word, context);
  const keyNote = noteOf(key);
  if (keyNote?.unresolvedReason !== undefined) return { kind: 'unknown', reason: keyNote.unresolvedReason };
  if (variable?.kind === 'map') {
    const entry = variable.entries.get(key.text);
    return entry ? { kind: 'value', value: entry.value, note: joinNotes([entry.note, keyNote]) } : { kind: 'unset' };
  }
  const index = evaluateIndex(key.text, context);
  if ('reason' in index || variable?.kind === undefined) return { kind: 'unknown', reason: computedReason(part) };
  const number = index.value;
  if (variable.kind !== 'array') return number === 0 ? lookUp(part.parameter, context) : { kind: 'unset' };
  const items = allItems(variable.items, context.budget);
  const at = number < 0 ? items.length + number : number;
  // A word before it that is not known may be several, or none.
  const isCertain = items.every((item, place) => (number >= 0 && place > at) || place === at || isOneItem(item));
  if (!isCertain) return { kind: 'unknown', reason: computedReason(part) };
  const item = items[at];
  return item
    ? { kind: 'value', value: item.value, note: joinNotes([item.note, keyNote, index.note]) }
    : { kind: 'unset' };
}

/** An index such as `i` or `i+1`, which is arithmetic; one that sets names is not read. */
function evaluateIndex(index: string, context: ShellContext): ArithmeticResult {
  const reason = `it is computed by the shell (${index})`;
  if (!/^[\w\s+*/%()-]+$/.test(index) || /\+\+|--/.test(index)) return { reason };
  spendText(context.budget, 4 * index.length);
  const command = parse(`((${index}))`).commands[0]?.command;
  return command?.type === 'ArithmeticCommand'
    ? evaluate(command.expression, context, ({ value }) => unwrittenText(value))
    : { reason };
}
