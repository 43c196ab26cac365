/** Reads the recipes of a Makefile as scripts, with Make's variables filled in. */
import { overridePattern } from './commandTexts';
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

/** A conditional of Make, and the line it begins at. */
interface Conditional {
  /** `ifndef` with the name that it is about, as far as it gives that name a default. */
  missing: string | undefined;
  reason: string;
}

const conditionalStart = /^\s*(ifn?def|ifn?eq)\b\s*([\w.-]*)/;

/** The value of a variable that a conditional sets or appends to: which branch is read depends on how make is started. */
function inConditional(
  { missing, reason }: Conditional,
  name: string,
  operator: string,
  value: MappedText,
  before: MakeVariable | undefined,
): MakeVariable {
  if (missing === name && operator !== '+' && !before) return { value, isDefault: true };
  if (operator !== '+') return { value: unknown(reason), isDefault: operator === '?' };
  const appended = noteText(value, { unresolvedReason: reason, isConditional: true });
  return { isDefault: false, ...before, value: joinTexts([...addTo(before, value), appended]) };
}

/** The value that is appended to, with the blank that Make puts behind it. */
function addTo(before: MakeVariable | undefined, { spans }: MappedText): MappedText[] {
  const at = spans[0]?.from ?? 0;
  return before ? [before.value, mapSpans([{ text: ' ', from: at, to: at, exact: false }])] : [];
}

function readVariables(lines: readonly LogicalLine[]): Map<string, MakeVariable> {
  const variables = new Map<string, MakeVariable>();
  const open: Conditional[] = [];
  for (const { text, isRecipe } of lines) {
    if (isRecipe) continue;
    const [start, kind = '', missing = ''] = conditionalStart.exec(text.text) ?? [];
    if (start !== undefined)
      open.push({
        missing: kind === 'ifndef' ? missing : undefined,
        reason: `it depends on a condition of make (${start.trim()})`,
      });
    else if (/^\s*endif\b/.test(text.text)) open.pop();
    else if (/^\s*else\b/.test(text.text) && open[0]) open.push({ ...(open.pop() ?? open[0]), missing: undefined });
    const found = assignment.exec(text.text);
    if (!found || start !== undefined) continue;
    const [matched, name = '', operator = ''] = found;
    const value = operator === '!' ? unknown('it is the output of a command') : valueOf(text, matched.length);
    const before = variables.get(name);
    const conditional = open.at(-1);
    if (conditional) variables.set(name, inConditional(conditional, name, operator, value, before));
    else if (operator === '+')
      variables.set(name, { isDefault: false, ...before, value: joinTexts([...addTo(before, value), value]) });
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

/** Where a reference ends that begins at an opening bracket: behind the bracket that closes it, or at the end. */
function endOfReference(text: string, from: number): number {
  const [open, close] = text[from] === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === open) depth++;
    else if (text[at] === close && --depth === 0) return at + 1;
  }
  return text.length;
}

/** The text between the brackets of a reference: a name, possibly made of other variables, or a function's call. */
function fillIn(body: MappedText, reference: string, context: MakeContext): MappedText {
  const name = body.text.includes('$') && !/\s/.test(body.text) ? expand(body, context) : body;
  const note = noteOf(name);
  return note?.unresolvedReason === undefined && /^[\w.-]+$/.test(name.text)
    ? noteText(lookUp(name.text, context), note)
    : unknown(note?.unresolvedReason ?? `make fills it in (${reference})`);
}

/** A text with Make's variables filled in; `$$` is the shell's dollar. */
function expand(text: MappedText, context: MakeContext): MappedText {
  const parts: MappedText[] = [];
  let at = 0;
  for (let dollar = text.text.indexOf('$'); dollar >= 0; dollar = text.text.indexOf('$', at)) {
    const next = text.text[dollar + 1] ?? '';
    parts.push(sliceText(text, at, dollar));
    at = next === '(' || next === '{' ? endOfReference(text.text, dollar + 1) : dollar + 1 + next.length;
    spendText(context.budget, at - dollar, 4);
    const written = sliceText(text, dollar, at);
    const isBracket = at > dollar + 2;
    const body = isBracket ? sliceText(text, dollar + 2, at - 1) : sliceText(text, dollar + 1, at);
    parts.push(wrap(next === '$' ? unwrittenText('$') : fillIn(body, written.text, context), written));
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
