/** Finds the commands in a Python file: lists of arguments, calls with overrides, mappings of overrides, and texts that are scripts. */
import { joinTexts, mapSpans, offsetsOf, rawText, unwrittenText, type MappedText } from '../mappedText';
import { isCommandText } from '../commandTexts';
import { isEngineKey } from '../keys';
import type { Launchers } from '../launchers';
import type { Budget } from '../shell/budget';
import { commandOf } from '../shell/chooseCommand';
import { countEngineArguments, overrideOf } from '../shell/overrideWords';
import { createSpan, type ScriptSource } from '../shell/source';
import type { ShellCommand } from '../shell/reader';
import { unknownWordIn } from '../shell/unknownWords';
import { createTable, type ExpandedWord } from '../shell/variables';
import { evaluate } from './evaluate';
import { collectEnvironment } from './environment';
import { collectNames, resolveName, type PythonName } from './names';
import { childrenOf, operandsOf, parsePython, type SyntaxNode } from './parser';
import {
  evaluateEntries,
  evaluateItems,
  textIn,
  toText,
  toWords,
  type PythonContext,
  type PythonEntry,
  type PythonItem,
} from './values';

/** Expressions whose value may be a list of arguments. */
const lists = new Set(['ArrayExpression', 'TupleExpression', 'ArgList', 'SetExpression']);

/** Expressions whose value may be a text. */
const texts = new Set(['String', 'FormatString', 'ContinuedString', 'BinaryExpression', 'CallExpression']);

/** A text of several words that is no list or mapping: a message about a key, not its value. */
const isMessage = ({ value }: PythonItem): boolean =>
  value.kind === 'text' && /^[^\s[{]\S*(?:\s+\S+){3}/.test(value.value.text);

/** Names of Python's types. */
const typeNames = /^(?:int|str|bool|float|list|dict|tuple|set|object|Any|Path|None)$/;

/** Whether the value of a key is another name of it or its type: a table about keys, not their values. */
function isAboutKey(context: PythonContext, key: string, { value, node }: PythonItem): boolean {
  if (value.kind === 'unknown') return typeNames.test(context.source.text.slice(node.pos, node.end));
  if (value.kind !== 'text') return false;
  const { text } = value.value;
  return text === key.slice(key.lastIndexOf('.') + 1) || /^(?:generator|trainer|data|environment)\.[\w.]+$/.test(text);
}

/** A mapping `{"generator.x": 4}` as overrides. */
function dictWords(context: PythonContext, entries: readonly PythonEntry[]): ExpandedWord[] {
  return entries.flatMap(({ key, value, note }) => {
    if (key.value.kind !== 'text' || overrideOf(`${key.value.value.text}=`) === undefined) return [];
    if (isMessage(value) || isAboutKey(context, key.value.value.text, value)) return [];
    const text = dictValue(context, value);
    return [{ value: joinTexts([key.value.value, unwrittenText('='), text]), ...(note && { note }) }];
  });
}

/** Words that YAML reads as something else than text. */
const yamlWords = /^(?:y|n|yes|no|on|off|true|false|null|inf|nan)$/i;

/** A value as YAML that is read as the same value: a text that looks like a number stays a text, None is null. */
function dictValue(context: PythonContext, { value, node }: PythonItem): MappedText {
  const join = (open: string, parts: readonly (readonly MappedText[])[], close: string): MappedText =>
    joinTexts([
      unwrittenText(open),
      ...parts.flatMap((part, index) => (index > 0 ? [unwrittenText(', '), ...part] : part)),
      unwrittenText(close),
    ]);
  switch (value.kind) {
    case 'text': {
      const { text } = value.value;
      if (/^[A-Za-z/][\w./-]*$/.test(text) && !yamlWords.test(text)) return value.value;
      return text.includes("'") ? unwrittenText(JSON.stringify(text)) : join("'", [[value.value]], "'");
    }
    case 'list':
      return join(
        '[',
        value.items.map((item) => [dictValue(context, item)]),
        ']',
      );
    case 'dict':
      return join(
        '{',
        value.entries.map((entry) => [
          dictValue(context, entry.key),
          unwrittenText(': '),
          dictValue(context, entry.value),
        ]),
        '}',
      );
    case 'scalar':
      if (value.value === null) return mapSpans([createSpan(context.source, node, 'null')]);
      return toText(context, node, value);
    case 'unknown':
      return toText(context, node, value);
  }
}

/** The positions that a command's overrides are written at. */
const positionsOf = ({ words }: ShellCommand): string[] =>
  words
    .filter(({ value }) => overrideOf(value.text))
    .map(({ value }) => String(value.spans[0]?.inner?.spans[0]?.from ?? offsetsOf(value, 0, 1)[0]));

/** Commands whose overrides are not all part of another one: a list that is made first and passed on later is one command. */
function withoutParts(commands: readonly ShellCommand[]): ShellCommand[] {
  const all = commands.map((command) => ({ command, positions: new Set(positionsOf(command)) }));
  all.sort(
    (one, other) => other.positions.size - one.positions.size || other.command.words.length - one.command.words.length,
  );
  const kept: typeof all = [];
  for (const each of all)
    if (!kept.some(({ positions }) => [...each.positions].every((position) => positions.has(position))))
      kept.push(each);
  return kept.map(({ command }) => command);
}

/** Most lists of overrides in one file; real launchers have a few. */
const maxCommands = 200;

/** Calls that show or raise a text: overrides in it are not passed to a program. */
const showing =
  /(?:^|\.)(?:print|log|debug|info|warning|warn|error|exception|critical|add_argument|ArgumentParser|\w*(?:Error|Exception|Warning))$/;

/** Calls that start a program. */
const starting = /\b(?:run|Popen|call|check_call|check_output|execv\w*|spawn\w*|main|launch|submit)$/;

/** The name of the list that the arguments of a call are added to, as in `overrides.extend([…])`. */
function addedTo({ name, prevSibling }: SyntaxNode, context: PythonContext): SyntaxNode | undefined {
  if (name !== 'ArgList' || prevSibling?.name !== 'MemberExpression') return undefined;
  const [target] = operandsOf(prevSibling);
  return target?.name === 'VariableName' && /\.(?:append|extend)$/.test(textIn(context, prevSibling))
    ? target
    : undefined;
}

/** Whether a node is a text for people: a docstring, or the arguments of a call that shows or raises it. */
function isForPeople({ name, parent, prevSibling }: SyntaxNode, context: PythonContext): boolean {
  if (name === 'ArgList') return prevSibling !== null && showing.test(textIn(context, prevSibling));
  return parent?.name === 'ExpressionStatement' && /String$/.test(name);
}

/** An override whose value is a sentence is a message about it. */
const isSentence = ({ value }: ExpandedWord): boolean => {
  const override = overrideOf(value.text);
  return (
    override !== undefined && isEngineKey(override.key) && /^[^\s[{"'$]+\s/.test(value.text.slice(override.valueAt))
  );
};

/** Whether a word is no override with a value: a list of keys with an equals sign is for comparing. */
const isWithoutValue = ({ value }: ExpandedWord): boolean => {
  const override = overrideOf(value.text);
  return override === undefined || value.text.length === override.valueAt;
};

/** Whether a range mentions `generator`; by binary search, because every node is asked. */
function mentionLookup(text: string): (node: SyntaxNode) => boolean {
  const mentions = [...text.matchAll(/generator/g)].map(({ index }) => index);
  return ({ from, to }) => {
    let [low, high] = [0, mentions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((mentions[middle] ?? 0) < from) low = middle + 1;
      else high = middle;
    }
    return (mentions[low] ?? Infinity) < to;
  };
}

/** The commands and scripts of a Python file. */
export async function findPythonCommands(
  source: ScriptSource,
  budget: Budget,
  variables: PythonContext['environment'],
  lineOf: (pos: number) => number,
  fileText: string,
): Promise<Launchers> {
  const root = await parsePython(source.text);
  const names = collectNames(root, source.text);
  const context: PythonContext = {
    evaluate: (node) => evaluate(context, node),
    source,
    names,
    budget,
    environment: variables,
    lineOf,
    open: new Set(),
  };
  const mentions = mentionLookup(source.text);
  const commands: ShellCommand[] = [];
  const scripts: { text: MappedText }[] = [];
  const addWords = (all: readonly ExpandedWord[], unknownStart?: ExpandedWord): void => {
    const words = all.filter((word) => !isSentence(word));
    if (countEngineArguments(words) === 0 || words.every(isWithoutValue) || commands.length >= maxCommands) return;
    const unknown = unknownStart ?? unknownWordIn(words);
    const source = unknown && rawText(unknown.value, fileText);
    const forwardsArguments = source?.startsWith('sys.argv') === true;
    const unknownSource = forwardsArguments ? undefined : source;
    commands.push({ ...commandOf(words), isExecuted: true, forwardsArguments, unknownSource });
  };
  const addItems = (items: readonly PythonItem[]): void => {
    const words = toWords(context, items);
    if (items[0]?.isSpread === true) addWords(words.slice(1), words[0]);
    else addWords(words);
  };
  const added = new Set<PythonName>();
  const addList = (node: SyntaxNode): boolean => {
    // A list that is added to in many places is the same one each time.
    const name = node.name === 'VariableName' ? resolveName(names, node, textIn(context, node)) : undefined;
    if (name && added.has(name)) return true;
    if (name) added.add(name);
    const value = evaluate(context, node);
    if (value.kind === 'list') addItems(value.items);
    else if (value.kind === 'dict') addWords(dictWords(context, value.entries));
    return value.kind === 'list';
  };
  /** True if the node is a text, whose parts need no look. */
  const addText = (node: SyntaxNode): boolean => {
    const value = evaluate(context, node);
    if (value.kind !== 'text') return false;
    const { text } = value.value;
    if (/\s/.test(text.trim()) && isCommandText(text) && overrideOf(text) === undefined)
      scripts.push({ text: value.value });
    return true;
  };
  const visit = (node: SyntaxNode): void => {
    if (!mentions(node) || isForPeople(node, context)) return;
    if (lists.has(node.name)) {
      // What is added to a list is found with the list.
      const target = addedTo(node, context);
      if (target) addList(target);
      else addItems(evaluateItems(context, node));
    } else if (node.name === 'DictionaryExpression') addWords(dictWords(context, evaluateEntries(context, node)));
    else if (node.name === 'AssignStatement' || node.name === 'UpdateStatement') {
      // The list of that name, with all that is added to it.
      const name = node.getChild('VariableName') ?? node.getChild('MemberExpression')?.getChild('VariableName');
      if (name) addList(name);
    } else if (texts.has(node.name) && !addList(node) && addText(node)) return;
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  // A list may be passed on by its name, together with others.
  root.cursor().iterate((ref) => {
    const { prevSibling } = ref.name === 'ArgList' ? ref.node : { prevSibling: null };
    const [first] = prevSibling && starting.test(textIn(context, prevSibling)) ? operandsOf(ref.node) : [];
    if (first) addList(first);
  });
  const preset = collectEnvironment(root, context);
  const environment = createTable();
  for (const [name, variable] of preset) environment.changes.set(name, variable);
  return {
    commands: withoutParts(commands).map((command) => ({ ...command, environment })),
    scripts: scripts.map((script) => ({ ...script, preset })),
  };
}
