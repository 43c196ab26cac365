/** Scripts inside a YAML file: `run: |` of a SkyPilot task, a CI step, a container's command. */
import type { Document, Scalar } from 'yaml';
import type { Variable } from './shell/scope';
import { offsetsOf, type TextSpan, type MappedText } from './mappedText';
import type { ScriptText, SourceText } from './sourceText';

type Yaml = typeof import('yaml');

/** Enough to know that a text is worth reading as a script. */
export const overridePattern = /\bgenerator\.\w[\w.]*=|"generator\./;

/** The lines of a block text without their indentation, each with its place in the file. */
function blockLines({ range }: Scalar, text: string, folded: boolean): MappedText {
  const [start, end] = range ?? [0, 0];
  const body = text.slice(start, end);
  const first = body.indexOf('\n') + 1;
  const lines = body.slice(first).split('\n');
  const indent = Math.min(
    ...lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0),
  );
  const pieces: TextSpan[] = [];
  let at = start + first;
  lines.forEach((line, index) => {
    const from = at + Math.min(indent, line.length);
    at += line.length + 1;
    const next = lines[index + 1];
    // A folded text joins its lines with blanks, but for blank and further indented ones.
    const joins =
      folded &&
      next !== undefined &&
      [line, next].every((each) => each.trim() !== '' && !/^\s/.test(each.slice(indent)));
    const content = line.slice(Math.min(indent, line.length)).replace(/\r$/, '');
    pieces.push({ text: content, from, to: from + content.length, exact: true });
    if (next !== undefined)
      pieces.push({ text: joins ? ' ' : '\n', from: from + content.length, to: at, exact: false });
  });
  return pieces;
}

function scriptOf(yaml: Yaml, node: Scalar, { text, rangeAt }: SourceText): ScriptText | undefined {
  if (typeof node.value !== 'string' || !overridePattern.test(node.value) || !node.range) return undefined;
  const block = node.type === yaml.Scalar.BLOCK_LITERAL || node.type === yaml.Scalar.BLOCK_FOLDED;
  const [from, to] = node.range;
  const quotes = node.type === yaml.Scalar.PLAIN ? 0 : 1;
  const written = text.slice(from + quotes, to - quotes);
  // A text with escapes or folded lines in it has no places to point at.
  if (!block && written !== node.value) return undefined;
  const traced: MappedText = block
    ? blockLines(node, text, node.type === yaml.Scalar.BLOCK_FOLDED)
    : [{ text: written, from: from + quotes, to: to - quotes, exact: true }];
  return {
    text: traced.map((piece) => piece.text).join(''),
    rangeAt: (start, end) => rangeAt(...offsetsOf(traced, start, end)),
  };
}

/** Every text of a document that has overrides in it. */
export function findScripts(yaml: Yaml, document: Document, source: SourceText): ScriptText[] {
  const scripts: ScriptText[] = [];
  yaml.visit(document, {
    Scalar: (key, node) => {
      if (key === 'key') return;
      const script = scriptOf(yaml, node, source);
      if (script) scripts.push(script);
    },
  });
  return scripts;
}

/** Names that the file sets for its scripts: `envs` of SkyPilot, `env` of others. One without a value is given when it is launched. */
export function findScriptVariables(yaml: Yaml, document: Document): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  const { contents } = document;
  if (!yaml.isMap(contents)) return variables;
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
  // Offsets of the file, not of a script: nothing is to be read off them.
  variables.set(name, {
    kind: 'text',
    exported: true,
    value: [{ text: node.source ?? '', from: 0, to: 0, exact: false }],
  });
}
