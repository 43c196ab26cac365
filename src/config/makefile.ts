/** Reads the recipes of a Makefile as scripts, with Make's variables filled in. */
import { overridePattern } from './embeddedScripts';
import type { Launchers } from './launchers';
import {
  exactText,
  joinTexts,
  mapSpans,
  noteOf,
  noteText,
  sliceText,
  unknownMark,
  unwrittenText,
  type MappedText,
} from './mappedText';
import { spendText, type Budget } from './shell/budget';

interface MakeVariable {
  value: MappedText;
  /** Whether the environment comes first (`?=`). */
  isDefault: boolean;
}

/** A line with those that it is continued on. */
interface LogicalLine {
  text: MappedText;
  isRecipe: boolean;
}

function readLines(file: string): LogicalLine[] {
  return [...file.matchAll(/(?:\\\n|[^\n])+/g)].map(({ index, 0: line }) => ({
    text: exactText(line, index),
    isRecipe: line.startsWith('\t'),
  }));
}

const assignment = /^\s*(?:export\s+|override\s+)?([\w.-]+)\s*(\?|:{1,3}|\+|!)?=[ \t]*/;

/** The value of a variable's line: continued lines are joined by a blank, comments are dropped. */
function valueOf(line: MappedText, from: number): MappedText {
  const comment = /(?:^|\s)#/.exec(line.text.slice(from));
  const value = sliceText(line, from, comment ? from + comment.index : undefined);
  const parts: MappedText[] = [];
  let at = 0;
  for (const { index, 0: joint } of value.text.matchAll(/(?<!\s)\s*\\\n\s*/g)) {
    const end = index + joint.length;
    parts.push(sliceText(value, at, index), wrap(unwrittenText(' '), sliceText(value, index, end)));
    at = end;
  }
  return joinTexts([...parts, sliceText(value, at, value.text.trimEnd().length)]);
}

function readVariables(lines: readonly LogicalLine[]): Map<string, MakeVariable> {
  const variables = new Map<string, MakeVariable>();
  for (const { text, isRecipe } of lines) {
    const found = isRecipe ? null : assignment.exec(text.text);
    if (!found) continue;
    const [matched, name = '', operator = ''] = found;
    const value = operator === '!' ? unknown('it is the output of a command') : valueOf(text, matched.length);
    const before = variables.get(name);
    if (operator === '+' && before)
      variables.set(name, { ...before, value: joinTexts([before.value, unwrittenText(' '), value]) });
    else if (operator !== '?' || !before) variables.set(name, { value, isDefault: operator === '?' });
  }
  return variables;
}

const unknown = (unresolvedReason: string): MappedText => unwrittenText(unknownMark, { unresolvedReason });

interface MakeContext {
  variables: ReadonlyMap<string, MakeVariable>;
  environment: Readonly<Record<string, string | undefined>>;
  budget: Budget;
  open: Set<string>;
}

/** The value of `$(NAME)`. */
function lookUp(name: string, context: MakeContext): MappedText {
  const { variables, environment, open } = context;
  const variable = variables.get(name);
  const own = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (own !== undefined && variable?.isDefault !== false) return unwrittenText(own, { fromEnvironment: [name] });
  if (!variable) return unknown(`it is given when make is started (${name})`);
  if (open.has(name)) return unknown(`it refers to itself (${name})`);
  open.add(name);
  const value = expand(variable.value, context);
  open.delete(name);
  return variable.isDefault ? noteText(value, { environmentDefaults: [name] }) : value;
}

/** A text with Make's variables filled in; `$$` is the shell's dollar. */
function expand(text: MappedText, context: MakeContext): MappedText {
  const parts: MappedText[] = [];
  let at = 0;
  for (const { index, 0: reference, 1: name } of text.text.matchAll(/\$\$|\$[({]([^(){}]*)[)}]|\$./g)) {
    parts.push(sliceText(text, at, index));
    at = index + reference.length;
    const written = sliceText(text, index, at);
    const isName = name !== undefined && /^[\w.-]+$/.test(name);
    if (reference === '$$') parts.push(wrap(unwrittenText('$'), written));
    else parts.push(wrap(isName ? lookUp(name, context) : unknown(`make fills it in (${reference})`), written));
  }
  const result = joinTexts([...parts, sliceText(text, at)]);
  spendText(context.budget, result.text.length);
  return result;
}

/** The value of a reference, mapped to where the reference is written. */
function wrap(value: MappedText, reference: MappedText): MappedText {
  const [from, to] = [reference.spans[0]?.from ?? 0, reference.spans.at(-1)?.to ?? 0];
  const note = noteOf(value);
  const isWritten = value.spans.every((span) => span.to > 0);
  const notes = note ? { note, ...(!isWritten && { ownNote: note }) } : {};
  return mapSpans([{ text: value.text, from, to, exact: false, ...(isWritten && { inner: value }), ...notes }]);
}

/** The recipes of a Makefile that may start a run. */
export function findMakeCommands(file: string, environment: MakeContext['environment'], budget: Budget): Launchers {
  const lines = readLines(file);
  const context: MakeContext = { variables: readVariables(lines), environment, budget, open: new Set() };
  const scripts = lines
    .filter(({ isRecipe }) => isRecipe)
    .map(({ text }) => expand(sliceText(text, /^\t\s*[@+-]*\s*/.exec(text.text)?.[0].length ?? 1), context))
    .filter(({ text }) => overridePattern.test(text));
  return { commands: [], scripts: scripts.map((text) => ({ text })) };
}
