/** Finds scripts inside a YAML file: `run: |` of a SkyPilot task, a CI step, a container's command. */
import type { Document, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isCommandText } from './commandTexts';
import {
  exactText,
  joinTexts,
  mapSpans,
  offsetsOf,
  sliceText,
  unknownMark,
  unwrittenText,
  type MappedText,
  type TextSpan,
} from './mappedText';
import { commandOf } from './shell/chooseCommand';
import { countEngineArguments } from './shell/overrideWords';
import type { ShellCommand } from './shell/reader';
import type { ExpandedWord, Variable } from './shell/variables';
import type { SourceText } from './sourceText';

type Yaml = typeof import('yaml');

/** The lines of a block scalar without their indentation, mapped to the file. */
function blockLines({ range }: Scalar, text: string, folded: boolean): MappedText {
  const [start, end] = range ?? [0, 0];
  const body = text.slice(start, end);
  const first = body.indexOf('\n') + 1;
  const lines = body.slice(first).split('\n');
  const indent = lines.reduce(
    (least, line) => (line.trim() === '' ? least : Math.min(least, /^ */.exec(line)?.[0].length ?? 0)),
    Infinity,
  );
  const isJoined = (line: string): boolean => line.trim() !== '' && !/^\s/.test(line.slice(indent));
  const spans: TextSpan[] = [];
  let at = start + first;
  lines.forEach((line, index) => {
    const from = at + Math.min(indent, line.length);
    at += line.length + 1;
    const next = lines[index + 1];
    // A folded scalar joins its lines with spaces, except blank and further indented ones.
    const joins = folded && next !== undefined && isJoined(line) && isJoined(next);
    const content = line.slice(Math.min(indent, line.length)).replace(/\r$/, '');
    spans.push({ text: content, from, to: from + content.length, exact: true });
    if (next !== undefined) spans.push({ text: joins ? ' ' : '\n', from: from + content.length, to: at, exact: false });
  });
  return mapSpans(spans);
}

function scriptOf(yaml: Yaml, node: Scalar, { text }: SourceText): MappedText | undefined {
  if (typeof node.value !== 'string' || !isCommandText(node.value) || !node.range) return undefined;
  if (node.type === yaml.Scalar.BLOCK_LITERAL || node.type === yaml.Scalar.BLOCK_FOLDED)
    return blockLines(node, text, node.type === yaml.Scalar.BLOCK_FOLDED);
  const [from, to] = node.range;
  const quotes = node.type === yaml.Scalar.PLAIN ? 0 : 1;
  const written = text.slice(from + quotes, to - quotes);
  // A scalar with escapes or folded lines can be mapped to the file only as a whole.
  return written === node.value
    ? exactText(written, from + quotes)
    : mapSpans([{ text: node.value, from, to, exact: false }]);
}

/** A script of a document, with the variables that the document sets for it. */
export interface EmbeddedScript {
  text: MappedText;
  preset: ReadonlyMap<string, Variable>;
}

/** Every scalar of a document that has overrides in it, as a script. */
export function findScripts(yaml: Yaml, document: Document, source: SourceText): EmbeddedScript[] {
  const scripts: EmbeddedScript[] = [];
  const variablesAt = createVariableLookup(yaml, document);
  yaml.visit(document, {
    Scalar: (key, node, path) => {
      if (key === 'key') return;
      const text = scriptOf(yaml, node, source);
      if (text) scripts.push({ text, preset: variablesAt(path) });
    },
  });
  return scripts;
}

/** The words of a list of scalars, each mapped to the file. */
function wordsOf(
  yaml: Yaml,
  list: YAMLSeq,
  { text }: SourceText,
  variables: ReadonlyMap<string, Variable>,
): ExpandedWord[] {
  return list.items.flatMap((item) => {
    if (!yaml.isScalar(item) || !item.range || item.value === null) return [];
    const [from, to] = item.range;
    const quotes = item.type === yaml.Scalar.QUOTE_DOUBLE || item.type === yaml.Scalar.QUOTE_SINGLE ? 1 : 0;
    const written = text.slice(from + quotes, to - quotes);
    const value = typeof item.value === 'string' ? item.value : (item.source ?? '');
    const word =
      written === value ? exactText(written, from + quotes) : mapSpans([{ text: value, from, to, exact: false }]);
    return [{ value: fillIn(word, variables) }];
  });
}

/** The text of an argument in which Kubernetes replaces `$(NAME)` by the container's variables. */
function fillIn(word: MappedText, variables: ReadonlyMap<string, Variable>): MappedText {
  const texts: MappedText[] = [];
  let at = 0;
  for (const { index, 0: reference, 1: name = '' } of word.text.matchAll(/\$\(([A-Za-z_][\w.-]*)\)/g)) {
    const variable = variables.get(name);
    const reason = variable?.kind === 'unknown' ? variable.reason : `the container sets it when it starts (${name})`;
    const [from, to] = offsetsOf(word, index, index + reference.length);
    const [text, note] =
      variable?.kind === 'text' ? [variable.value.text] : [unknownMark, { unresolvedReason: reason }];
    texts.push(
      sliceText(word, at, index),
      mapSpans([{ text, from, to, exact: false, ...(note && { note, ownNote: note }) }]),
    );
    at = index + reference.length;
  }
  return at === 0 ? word : joinTexts([...texts, sliceText(word, at)]);
}

/** The command in front of a list of arguments: a container's `command`, a debugger's `module` or `program`. */
function commandBefore(
  yaml: Yaml,
  parent: unknown,
  source: SourceText,
  variables: ReadonlyMap<string, Variable>,
): ExpandedWord[] {
  if (!yaml.isMap(parent)) return [];
  const command = parent.get('command', true) as unknown;
  if (yaml.isSeq(command)) return wordsOf(yaml, command, source, variables);
  const [module, program] = [parent.get('module'), parent.get('program')];
  if (typeof module === 'string') return ['-m', module].map((word) => ({ value: unwrittenText(word) }));
  return typeof program === 'string' ? [{ value: unwrittenText(program) }] : [];
}

/** Every list of a document that has overrides among its items, as a command: `args` of a container or of a debugger. */
export function findArgumentLists(yaml: Yaml, document: Document, source: SourceText): ShellCommand[] {
  const commands: ShellCommand[] = [];
  const variablesAt = createVariableLookup(yaml, document);
  yaml.visit(document, {
    Pair: (_key, pair, path) => {
      if (!yaml.isSeq(pair.value)) return;
      const variables = variablesAt(path);
      const words = wordsOf(yaml, pair.value, source, variables);
      if (countEngineArguments(words) === 0) return;
      const isArguments = yaml.isScalar(pair.key) && pair.key.value === 'args';
      const before = isArguments ? commandBefore(yaml, path.at(-1), source, variables) : [];
      commands.push({ ...commandOf([...before, ...words]), isExecuted: true });
    },
  });
  return commands;
}

/** The node that SkyPilot's accelerators are counted on, as written: `L40S:4`, `{L40S: 4}`; undefined for lists and other choices. */
function acceleratorCount(yaml: Yaml, resources: unknown): MappedText | undefined {
  if (!yaml.isMap(resources) || resources.has('any_of') || resources.has('ordered')) return undefined;
  const node = resources.get('accelerators', true) as unknown;
  if (yaml.isMap(node)) {
    const [only, ...others] = node.items;
    return others.length === 0 && yaml.isScalar(only?.value) ? scalarText(only.value, /^(\d+)$/) : undefined;
  }
  if (!yaml.isScalar(node) || typeof node.value !== 'string' || node.value.includes(',')) return undefined;
  return node.value.includes(':') ? scalarText(node, /:(\d+)$/) : unwrittenText('1');
}

/** The part of a scalar that a pattern captures. */
function scalarText(node: Scalar, pattern: RegExp): MappedText | undefined {
  const found = pattern.exec(String(node.value))?.[1];
  const [from, to] = node.range ?? [0, 0];
  return found === undefined ? undefined : mapSpans([{ text: found, from, to, exact: false }]);
}

/** Whether a document is a task of SkyPilot, which sets variables for its scripts. */
export function isSkyPilotTask(yaml: Yaml, { contents }: Document): boolean {
  return yaml.isMap(contents) && contents.has('run') && (contents.has('resources') || contents.has('num_nodes'));
}

/** What SkyPilot sets: the number of nodes and of their GPUs, and the rank of the head node, which starts the run. */
function skyPilotVariables(yaml: Yaml, { contents }: Document): [string, MappedText | undefined][] {
  if (!yaml.isMap(contents)) return [];
  const nodes = contents.get('num_nodes', true) as unknown;
  return [
    ['SKYPILOT_NUM_GPUS_PER_NODE', acceleratorCount(yaml, contents.get('resources'))],
    ['SKYPILOT_NUM_NODES', yaml.isScalar(nodes) ? scalarText(nodes, /^(\d+)$/) : unwrittenText('1')],
    ['SKYPILOT_NODE_RANK', unwrittenText('0')],
  ];
}

/** Finds the variables that apply at a path of the document, from the maps around it. */
type VariableLookup = (path: readonly unknown[]) => ReadonlyMap<string, Variable>;

/**
 * Looks up what a file sets for its scripts: `env` of a workflow, of its jobs and steps, or of a container (as a mapping or
 * as a list of names and values), `envs` and `secrets` of SkyPilot. One that is null is given at launch.
 */
function createVariableLookup(yaml: Yaml, document: Document): VariableLookup {
  const base = new Map<string, Variable>();
  if (isSkyPilotTask(yaml, document))
    for (const [name, value] of skyPilotVariables(yaml, document))
      if (value) base.set(name, { kind: 'text', exported: true, value });
  const known = new Map<unknown, ReadonlyMap<string, Variable>>();
  return (path) => {
    let variables: ReadonlyMap<string, Variable> = base;
    for (const node of path) {
      if (!yaml.isMap(node) || !environmentKeys.some((key) => node.has(key))) continue;
      const own = known.get(node) ?? new Map([...variables, ...variablesOf(yaml, node)]);
      known.set(node, own);
      variables = own;
    }
    return variables;
  };
}

const environmentKeys = ['envs', 'env', 'secrets'];

/** The variables that one mapping sets for what is in it. */
function variablesOf(yaml: Yaml, map: YAMLMap): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const key of environmentKeys) {
    const node = map.get(key);
    if (yaml.isMap(node)) for (const pair of node.items) addVariable(yaml, [pair.key, pair.value], true, variables);
    if (!yaml.isSeq(node)) continue;
    for (const item of node.items)
      if (yaml.isMap(item)) addVariable(yaml, [item.get('name', true), item.get('value', true)], false, variables);
  }
  return variables;
}

/** Adds a variable. Without a value, or with one that is filled in, it is known only at launch. `isEntry`: name and value are one entry of a mapping. */
function addVariable(
  yaml: Yaml,
  [key, node]: readonly [key: unknown, value: unknown],
  isEntry: boolean,
  variables: Map<string, Variable>,
): void {
  if (!yaml.isScalar(key) || (node !== undefined && !yaml.isScalar(node))) return;
  const name = String(key.value);
  if (!node || node.value === null || /\$\{\{|\$\(/.test(node.source ?? '')) {
    variables.set(name, { kind: 'unknown', reason: `it is given when this file is launched (${name})` });
    return;
  }
  const [from, to] = node.range ?? [0, 0];
  const value = mapSpans([{ text: node.source ?? '', from, to, exact: false }]);
  const site = { word: [key.range?.[0] ?? from, to] as const, style: 'block' as const };
  variables.set(name, { kind: 'text', exported: true, value, ...(isEntry && { site }) });
}
