/** Expands the words of a script as bash does: quotes, variables, defaults, arithmetic, command substitutions. */
import type { ArithmeticExpression, HereDoc, Word, WordPart } from 'unbash';
import {
  emptyText,
  joinNotes,
  joinTexts,
  mapSpans,
  noteOf,
  sliceText,
  unwrittenText,
  type MappedText,
} from '../mappedText';
import { evaluate } from './arithmetic';
import { spend, spendText } from './budget';
import { wrapText, type Expand, type ShellContext } from './context';
import { createFieldBuilder, separators, type FieldBuilder } from './fields';
import { lookUp, unsetReason } from './lookUp';
import { chooseDefault, isDefault, type DefaultChoice, type DefaultPart } from './defaults';
import { expandItems, indirectItems, isItemList } from './elements';
import { expandParameter } from './parameters';
import { parse } from './parser';
import {
  createSource,
  createSpan,
  expandedText,
  fileOffsets,
  literalText,
  unknownText,
  writtenText,
  type NodeRange,
} from './source';
import type { ExpandedWord } from './variables';

type BracketGlob = Extract<WordPart, { type: 'Glob' }>;

/** The value of `$NAME`. */
export function expandName(node: NodeRange, name: string, context: ShellContext): MappedText {
  const found = lookUp(name, context);
  if (found.kind === 'unset') return unknownText(context.source, node, unsetReason(name, context), found.note);
  return found.kind === 'unknown'
    ? unknownText(context.source, node, found.reason)
    : wrapText(context, node, found.value, found.note);
}

/** `[a-z]`: the brackets and everything between them, because no file of that name is expected. */
function expandBrackets(part: BracketGlob, context: ShellContext): MappedText {
  const texts: MappedText[] = [];
  let at = part.pos;
  for (const inner of part.parts ?? []) {
    texts.push(writtenText(context.source, { pos: at, end: inner.pos }), expandPart(inner, context));
    at = inner.end;
  }
  if (at === part.pos) return literalText(context.source, part, part.text, part.value);
  return joinTexts([...texts, writtenText(context.source, { pos: at, end: part.end })]);
}

/** The text of one part of a word. */
export function expandPart(part: WordPart, context: ShellContext): MappedText {
  spend(context.budget, 1);
  const { source } = context;
  switch (part.type) {
    case 'Literal':
      return literalText(source, part, part.text, part.value);
    case 'SingleQuoted':
      return writtenText(source, { pos: part.pos + 1, end: part.end - 1 });
    case 'AnsiCQuoted':
      return mapSpans([createSpan(source, part, part.value)]);
    case 'DoubleQuoted':
    case 'LocaleString':
      return joinTexts(part.parts.map((each) => expandPart(each, context)));
    case 'SimpleExpansion':
      return isItemList(part) ? joinItems(part, context) : expandName(part, part.text.slice(1), context);
    case 'ParameterExpansion':
      return isItemList(part) ? joinItems(part, context) : expandParameter(part, context, expanders);
    case 'CommandExpansion':
      return wrapText(context, part, context.outputOf(part.script, part));
    case 'ArithmeticExpansion': {
      const result = evaluate(part.expression, context, expandOperand(context));
      return 'reason' in result
        ? unknownText(source, part, result.reason)
        : expandedText(source, part, String(result.value), result.note);
    }
    case 'Glob':
      return expandBrackets(part, context);
    case 'BraceExpansion':
      return unknownText(source, part, 'the shell expands these braces into several words; quotes keep them together');
    case 'ProcessSubstitution':
    case 'ExtendedGlob':
      return unknownText(source, part, `it is made by the shell (${part.text})`);
  }
}

/** The value of an element that arithmetic names without a dollar: `A[i + 1]`. */
function expandElement(element: string, context: ShellContext): MappedText | undefined {
  const text = `: \${${element}}`;
  spendText(context.budget, 4 * text.length);
  const command = parse(text).commands[0]?.command;
  const [word] = command?.type === 'Command' ? command.args : [];
  if (word?.type !== 'Word') return undefined;
  const outer = context.source;
  context.source = createSource(unwrittenText(text));
  const value = expandWord(word, context);
  context.source = outer;
  return value;
}

/** Expands an operand of arithmetic: `${N:-8}` has parts, `$N` has not. */
export const expandOperand =
  (context: ShellContext) =>
  ({ value, parts, pos, end }: Extract<ArithmeticExpression, { type: 'ArithmeticWord' }>): MappedText => {
    const element = /^[A-Za-z_]\w*\[[^\]]*\]$/.test(value) ? expandElement(value, context) : undefined;
    if (element) return element;
    const name = /^\$\{?(\w+|#)\}?$/.exec(value)?.[1];
    if (name !== undefined) return expandName({ pos, end }, name, context);
    return parts
      ? joinTexts(parts.map((part) => expandPart(part, context)))
      : expandedText(context.source, { pos, end }, value);
  };

function joinItems(part: WordPart, context: ShellContext): MappedText {
  const items = expandItems(part, context, expanders);
  if ('reason' in items) return unknownText(context.source, part, items.reason);
  const separator = expandedText(context.source, part, /\*/.test(part.text) ? separators(context).slice(0, 1) : ' ');
  return joinTexts(
    items
      .filter(({ isOpen }) => isOpen !== true)
      .flatMap(({ value, note }, index) => {
        const text = wrapText(context, part, value, note);
        return index > 0 ? [separator, text] : [text];
      }),
  );
}

/** Expands a word to one text, as in an assignment. */
export function expandWord(word: Word, context: ShellContext): MappedText {
  spend(context.budget, 1);
  const value = word.parts
    ? joinTexts(word.parts.map((part) => expandPart(part, context)))
    : literalText(context.source, word, word.text, word.value);
  spendText(context.budget, value.text.length, value.spans.length);
  return value;
}

/** Whether a word begins with `~`, which the shell replaces by the home folder. */
const isHomePath = ({ text }: Word): boolean => /^~(?:\/|$)/.test(text);

/** A value that begins with `~`, with the home folder in its place. */
const inHome = (value: MappedText, { pos }: Word, context: ShellContext): MappedText =>
  joinTexts([expandName({ pos, end: pos + 1 }, 'HOME', context), sliceText(value, 1)]);

/** Expands the value of an assignment, in which `~` at the start is the home folder. */
export function expandAssigned(word: Word, context: ShellContext): MappedText {
  const value = expandWord(word, context);
  return isHomePath(word) ? inHome(value, word, context) : value;
}

const escapePattern = (text: string): string => text.replace(/[*?[\]\\]/g, '\\$&');

/** Expands a word to a pattern: characters in quotes are escaped. */
export function expandPattern(word: Word, context: ShellContext): MappedText {
  if (!word.parts) return writtenText(context.source, word);
  return joinTexts(
    word.parts.map((part) => {
      const isPlain = part.type === 'Literal' || (part.type === 'Glob' && part.kind !== 'bracket');
      if (isPlain) return writtenText(context.source, part);
      const text = expandPart(part, context);
      const isQuoted = /Quoted|LocaleString/.test(part.type);
      return isQuoted ? expandedText(context.source, part, escapePattern(text.text), noteOf(text)) : text;
    }),
  );
}

const expanders: Expand = { text: expandWord, pattern: expandPattern };

/** The body of a heredoc; variables in it are expanded unless its delimiter is quoted. */
export function expandHereDoc({ body, delimiter }: HereDoc, context: ShellContext): MappedText {
  if (delimiter?.quoted === true || !body.parts) return writtenText(context.source, body);
  return joinTexts(body.parts.map((part) => expandPart(part, context)));
}

/** Appends a part that may be several arguments: a list, or a default that is a list. */
function appendList(part: WordPart, builder: FieldBuilder, context: ShellContext, isQuoted: boolean): void {
  if (isDefault(part)) {
    const choice = chooseDefault(part, context, expanders);
    if (choice.kind === 'operand') return appendOperand(part, choice, builder, context, isQuoted);
    if (choice.kind === 'nothing') return;
    if (choice.kind === 'unknown' || !isItemList(part)) return appendText(expandPart(part, context), builder, isQuoted);
  }
  const items = expandItems(part, context, expanders);
  if ('reason' in items) builder.append(unknownText(context.source, part, items.reason), true);
  else if (isQuoted && part.text.includes('*')) builder.append(joinItems(part, context), true);
  else builder.appendItems(items, isQuoted);
}

function appendOperand(
  part: DefaultPart,
  { operand, note }: Extract<DefaultChoice, { kind: 'operand' }>,
  builder: FieldBuilder,
  context: ShellContext,
  isQuoted: boolean,
): void {
  // `${NAME:=default}` sets a name, and gives what that holds: one text, whatever the default is made of.
  const isAssigned = part.operation.operator.endsWith('=');
  const isList =
    !isAssigned &&
    operand.parts?.some(({ type, text }) => /[@*]/.test(text) || (/Quoted/.test(type) && /\s/.test(text))) === true;
  if (!isList) return appendText(expandPart(part, context), builder, isQuoted);
  const inner = createFieldBuilder(context);
  appendParts(operand, inner, context);
  builder.appendItems(
    inner.finish().map((item) => (item.isOpen === true ? item : { ...item, note: joinNotes([item.note, note]) })),
    true,
  );
}

const appendText = (text: MappedText, builder: FieldBuilder, isQuoted: boolean): void =>
  isQuoted ? builder.append(text, true) : builder.appendSplit(text);

function appendParts(word: Word, builder: FieldBuilder, context: ShellContext): void {
  if (!word.parts) builder.append(literalText(context.source, word, word.text, word.value), true);
  for (const part of word.parts ?? []) {
    if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') {
      if (part.parts.length === 0) builder.append(emptyText, true);
      for (const inner of part.parts) {
        const items = indirectItems(inner, context);
        if (items) builder.appendItems(items, true);
        else if (isItemList(inner) || (isDefault(inner) && part.parts.length === 1))
          appendList(inner, builder, context, true);
        else builder.append(expandPart(inner, context), true);
      }
    } else if (isItemList(part) || isDefault(part)) appendList(part, builder, context, false);
    else if (/^(?:SimpleExpansion|ParameterExpansion|CommandExpansion|ArithmeticExpansion)$/.test(part.type))
      builder.appendSplit(expandPart(part, context));
    else builder.append(expandPart(part, context), true);
  }
}

/** Expands a word to arguments: `"${ARGS[@]}"` to its elements, an unquoted `$OVERRIDES` to its words. */
export function expandArguments(word: Word, context: ShellContext): ExpandedWord[] {
  spend(context.budget, 1);
  const builder = createFieldBuilder(context);
  appendParts(word, builder, context);
  const fields = builder
    .finish()
    .map((field, index) =>
      index === 0 && isHomePath(word) ? { ...field, value: inHome(field.value, word, context) } : field,
    );
  // Words that a text is split into are sliced, noted and put together.
  spend(context.budget, fields.length > 1 ? 3 * fields.length : 1);
  spendText(
    context.budget,
    fields.reduce((sum, { value }) => sum + value.text.length, 0),
  );
  const [only] = fields;
  if (fields.length !== 1 || !only || only.isOpen === true || only.wordSpan || isItemWord(word)) return fields;
  const [from, to] = fileOffsets(context.source, {
    pos: word.pos,
    end: word.pos + lengthWithoutContinuation(word.text),
  });
  return [{ ...only, wordSpan: { from, to } }];
}

/** The length of a word without the line continuations at its end, which the parser counts to it. */
function lengthWithoutContinuation(text: string): number {
  let { length } = text;
  while (text.startsWith('\\\n', length - 2)) length -= 2;
  return length;
}

/** Whether a word is nothing but a list, whose items are written elsewhere. */
const isItemWord = ({ parts }: Word): boolean => {
  const [part, ...others] = parts ?? [];
  const inner = part?.type === 'DoubleQuoted' && part.parts.length === 1 ? part.parts[0] : part;
  return others.length === 0 && inner !== undefined && (isItemList(inner) || isDefault(inner));
};
