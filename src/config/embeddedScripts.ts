/** Finds scripts inside a YAML file: `run: |` of a SkyPilot task, a CI step, a container's command. */
import type { Document, Scalar, YAMLSeq } from 'yaml';
import { exactText, mapSpans, unwrittenText, type MappedText, type TextSpan } from './mappedText';
import { commandOf } from './shell/chooseCommand';
import { countEngineArguments } from './shell/overrideWords';
import type { ShellCommand } from './shell/reader';
import type { ExpandedWord, Variable } from './shell/variables';
import type { SourceText } from './sourceText';

type Yaml = typeof import('yaml');

/** Matches a text that may be a script with overrides, or hold a JSON config. */
export const overridePattern = /\bgenerator\.\w[\w.]{0,200}=|"generator\./;

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
  if (typeof node.value !== 'string' || !overridePattern.test(node.value) || !node.range) return undefined;
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

/** Every scalar of a document that has overrides in it, as a script. */
export function findScripts(yaml: Yaml, document: Document, source: SourceText): MappedText[] {
  const scripts: MappedText[] = [];
  yaml.visit(document, {
    Scalar: (key, node) => {
      if (key === 'key') return;
      const script = scriptOf(yaml, node, source);
      if (script) scripts.push(script);
    },
  });
  return scripts;
}

/** The words of a list of scalars, each mapped to the file. */
function wordsOf(yaml: Yaml, list: YAMLSeq, { text }: SourceText): ExpandedWord[] {
  return list.items.flatMap((item) => {
    if (!yaml.isScalar(item) || !item.range || item.value === null) return [];
    const [from, to] = item.range;
    const quotes = item.type === yaml.Scalar.QUOTE_DOUBLE || item.type === yaml.Scalar.QUOTE_SINGLE ? 1 : 0;
    const written = text.slice(from + quotes, to - quotes);
    const value = typeof item.value === 'string' ? item.value : (item.source ?? '');
    return [
      {
        value:
          written === value ? exactText(written, from + quotes) : mapSpans([{ text: value, from, to, exact: false }]),
      },
    ];
  });
}

/** The command in front of a list of arguments: a container's `command`, a debugger's `module` or `program`. */
function commandBefore(yaml: Yaml, parent: unknown, source: SourceText): ExpandedWord[] {
  if (!yaml.isMap(parent)) return [];
  const command = parent.get('command', true) as unknown;
  if (yaml.isSeq(command)) return wordsOf(yaml, command, source);
  const [module, program] = [parent.get('module'), parent.get('program')];
  if (typeof module === 'string') return ['-m', module].map((word) => ({ value: unwrittenText(word) }));
  return typeof program === 'string' ? [{ value: unwrittenText(program) }] : [];
}

/** Every list of a document that has overrides among its items, as a command: `args` of a container or of a debugger. */
export function findArgumentLists(yaml: Yaml, document: Document, source: SourceText): ShellCommand[] {
  const commands: ShellCommand[] = [];
  yaml.visit(document, {
    Pair: (_key, pair, path) => {
      if (!yaml.isSeq(pair.value)) return;
      const words = wordsOf(yaml, pair.value, source);
      if (countEngineArguments(words) === 0) return;
      const isArguments = yaml.isScalar(pair.key) && pair.key.value === 'args';
      const before = isArguments ? commandBefore(yaml, path.at(-1), source) : [];
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

/** Variables that the file sets for its scripts: `envs` and `secrets` of SkyPilot, `env` of others. One that is null is given at launch. */
export function findScriptVariables(yaml: Yaml, document: Document): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  const { contents } = document;
  if (!yaml.isMap(contents)) return variables;
  if (isSkyPilotTask(yaml, document))
    for (const [name, value] of skyPilotVariables(yaml, document))
      if (value) variables.set(name, { kind: 'text', exported: true, value });
  for (const name of ['envs', 'env', 'secrets']) {
    const map = contents.get(name);
    if (yaml.isMap(map)) for (const pair of map.items) addVariable(yaml, pair.key, pair.value, variables);
  }
  return variables;
}

function addVariable(yaml: Yaml, key: unknown, node: unknown, variables: Map<string, Variable>): void {
  if (!yaml.isScalar(key) || !yaml.isScalar(node)) return;
  const name = String(key.value);
  if (node.value === null) {
    variables.set(name, { kind: 'unknown', reason: `it is given when this file is launched (${name})` });
    return;
  }
  const [from, to] = node.range ?? [0, 0];
  const text = node.source ?? '';
  const site = { word: [key.range?.[0] ?? from, to] as const, style: 'block' as const };
  variables.set(name, { kind: 'text', exported: true, value: mapSpans([{ text, from, to, exact: false }]), site });
}
