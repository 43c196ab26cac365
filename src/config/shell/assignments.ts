/** Sets variables: `A=…`, `A+=…`, arrays, `declare`, `local`, `export`, `unset`. */
import type { Assignment, Command } from 'unbash';
import {
  emptyText,
  joinNotes,
  joinTexts,
  noteOf,
  sliceText,
  unwrittenText,
  unknownMark,
  type MappedText,
} from '../mappedText';
import { evaluate, parseInteger } from './arithmetic';
import { readVariable, setVariable, type ShellContext } from './context';
import { isHintName } from './environment';
import { expandArguments, expandAssigned, expandOperand, expandWord } from './expandWords';
import { parse } from './parser';
import type { ShellReader, Status } from './reader';
import { fileOffsets } from './source';
import { allItems, createItems, type ExpandedWord, type Variable } from './variables';

/** The value that an assignment gives a variable. */
export function assignedValue({ name, value, append, index }: Assignment, context: ShellContext): Variable {
  const before = readVariable(context, name);
  if (index) return assignElement({ name, value, append, index } as Assignment, before, context);
  if (value.type === 'ArrayValue') {
    if (before?.kind === 'map')
      return assignEntries(
        value.elements.map((each) => expandWord(each, context)),
        before,
        append === true,
      );
    const items = value.elements.flatMap((element) => expandArguments(element, context));
    return { kind: 'array', items: createItems(items, append === true ? listBefore(before) : undefined) };
  }
  const text = expandAssigned(value, context);
  if (before?.kind === 'text' && before.isInteger === true) return integerValue(before, text, append === true, context);
  const isExported = (before?.kind === 'text' || before?.kind === 'unknown') && before.exported === true;
  const exported = isExported ? { exported: true } : {};
  if (append !== true || !before || before.kind === 'unset') return { kind: 'text', value: text, ...exported };
  if (before.kind === 'text') return { ...before, value: joinTexts([before.value, text]) };
  return before;
}

/** A whole number as it is, or the value of a text that is arithmetic; unknown if that is not known. */
function integerOf(text: MappedText, context: ShellContext): Variable {
  const note = noteOf(text);
  if (parseInteger(text.text) !== undefined) return { kind: 'text', value: text, isInteger: true };
  const [first] = note?.unresolvedReason === undefined ? parse(`((${text.text || '0'}))`).commands : [];
  const result =
    first?.command.type === 'ArithmeticCommand'
      ? evaluate(first.command.expression, context, expandOperand(context))
      : { reason: note?.unresolvedReason ?? 'it is computed by the shell' };
  return 'reason' in result
    ? { kind: 'unknown', reason: result.reason }
    : { kind: 'text', value: unwrittenText(String(result.value), joinNotes([note, result.note])), isInteger: true };
}

/** The value that an assignment gives an integer (`declare -i`); appending adds. */
function integerValue(
  before: Extract<Variable, { kind: 'text' }>,
  text: MappedText,
  append: boolean,
  context: ShellContext,
): Variable {
  const all = append ? joinTexts([before.value, unwrittenText('+('), text, unwrittenText(')')]) : text;
  return { ...before, ...integerOf(all, context) };
}

/** What an array that is appended to holds before. */
function listBefore(before: Variable | undefined): Extract<Variable, { kind: 'array' }>['items'] | undefined {
  if (before?.kind === 'array') return before.items;
  if (before?.kind === 'text') return createItems([{ value: before.value, note: before.note }]);
  return before?.kind === 'unknown'
    ? createItems([{ value: unwrittenText(unknownMark, { unresolvedReason: before.reason }) }])
    : undefined;
}

function assignElement({ value, index }: Assignment, before: Variable | undefined, context: ShellContext): Variable {
  const line = context.lineOf(value.pos);
  const unknown: Variable = { kind: 'unknown', reason: `its element is set at line ${line}` };
  if (!index || value.type === 'ArrayValue') return unknown;
  const key = expandWord(index, context);
  const item: ExpandedWord = { value: expandWord(value, context) };
  if (noteOf(key)?.unresolvedReason !== undefined) return unknown;
  if (before?.kind === 'map') return { kind: 'map', entries: new Map([...before.entries, [key.text, item]]) };
  const at = parseInteger(key.text);
  const items =
    before?.kind === 'array' ? allItems(before.items, context.budget) : before === undefined ? [] : undefined;
  if (at === undefined || !items || at < 0 || at > items.length || items.some(({ isOpen }) => isOpen)) return unknown;
  return { kind: 'array', items: createItems([...items.slice(0, at), item, ...items.slice(at + 1)]) };
}

function assignEntries(
  elements: readonly ReturnType<typeof expandWord>[],
  before: Extract<Variable, { kind: 'map' }>,
  append: boolean,
): Variable {
  const entries = new Map(append ? before.entries : []);
  for (const element of elements) {
    const key = /^\[([^\]]*)\]=/.exec(element.text);
    if (key) entries.set(key[1] ?? '', { value: sliceText(element, key[0].length) });
  }
  return { kind: 'map', entries };
}

/** A variable with the position of its assignment, where that matters. `isAlone`: the command assigns nothing else. */
export function withSite(
  variable: Variable,
  assignment: Assignment,
  command: Command,
  isAlone: boolean,
  { source }: ShellContext,
): Variable {
  if (!isHintName(assignment.name) || (variable.kind !== 'text' && variable.kind !== 'unknown')) return variable;
  const site = { word: fileOffsets(source, assignment), ...(isAlone && { statement: fileOffsets(source, command) }) };
  return { ...variable, site };
}

/** Makes a name local to the function that is read. */
function makeLocal(reader: ShellReader, name: string): void {
  const { locals, variables } = reader.scope;
  if (!locals || locals.has(name)) return;
  const before = readVariable(reader, name);
  locals.set(name, before);
  variables.changes.set(name, { kind: 'unset' });
}

const toExported = (variable: Variable): Variable =>
  variable.kind === 'text' || variable.kind === 'unknown' ? { ...variable, exported: true } : variable;

/** `declare`, `typeset`, `local`, `export` and `readonly`. */
export function declareVariables(command: Command, name: string, reader: ShellReader): Status {
  const flags = command.args.flatMap((arg) =>
    arg.type === 'Word' && /^-\w+$/.test(arg.text) ? [...arg.text.slice(1)] : [],
  );
  const exports = name === 'export' || flags.includes('x');
  const isLocal = name !== 'export' && name !== 'readonly' && !flags.includes('g');
  if (flags.includes('f') || flags.includes('p')) return true;
  for (const arg of command.args) {
    const target = arg.type === 'Assignment' ? arg.name : /^[A-Za-z_]\w*$/.test(arg.value) ? arg.value : undefined;
    if (target === undefined) continue;
    // The value is expanded before the name is local: `local n=$n`.
    const value = arg.type === 'Assignment' && !flags.includes('A') ? assignedValue(arg, reader) : undefined;
    if (isLocal) makeLocal(reader, target);
    if (flags.includes('n') && value?.kind === 'text') {
      reader.scope.variables.changes.set(target, { kind: 'reference', name: value.value.text });
      continue;
    }
    if (flags.includes('A')) setVariable(reader, target, { kind: 'map', entries: new Map() });
    const next =
      arg.type === 'Assignment'
        ? withSite(value ?? assignedValue(arg, reader), arg, command, command.args.length === 1, reader)
        : readVariable(reader, target);
    const typed = flags.includes('i') && next?.kind === 'text' ? { ...next, ...integerOf(next.value, reader) } : next;
    if (typed) setVariable(reader, target, exports ? toExported(typed) : typed);
    else if (flags.includes('i')) setVariable(reader, target, { kind: 'text', value: emptyText, isInteger: true });
    else if (flags.includes('a')) setVariable(reader, target, { kind: 'array', items: createItems([]) });
    else if (exports) continue;
    else if (isLocal && reader.scope.locals) setVariable(reader, target, { kind: 'unset' });
  }
  return true;
}

/** `unset`. */
export function unsetVariables(words: readonly ExpandedWord[], reader: ShellReader): Status {
  const names = words.map(({ value }) => value.text);
  for (const name of names) {
    if (name.startsWith('-')) continue;
    if (names.includes('-f')) reader.scope.functions.delete(name);
    else if (/^[A-Za-z_]\w*$/.test(name)) setVariable(reader, name, { kind: 'unset' });
  }
  return true;
}
