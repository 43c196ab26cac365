/** The quick fix that moves the lines of legacy YAML keys under `inference_engine:`. */
import type { EditableText, TextEdit } from './edits';
import { engineKey, generatorKey, isLegacyKey, toNestedKey } from './keys';
import type { LocatedValue } from './types';

interface Block {
  name: string;
  startLine: number;
  /** Exclusive. */
  endLine: number;
}

/** The only legacy key without a successor, and the key whose value replaces it. */
const modelNameKey = `${generatorKey}.model_name`;
const modelPath = 'trainer.policy.model.path';

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;
const isContent = (line: string): boolean => /^\s*[^\s#]/.test(line);

/** The keys directly under `generator:`, each with its lines; undefined if a line holds several keys. */
function blocksUnder(lines: readonly string[], header: number): { blocks: Block[]; indent: number } | undefined {
  const first = lines.findIndex((line, index) => index > header && isContent(line));
  const indent = indentOf(lines[first] ?? '');
  if (first < 0 || indent === 0) return undefined;
  const blocks: Block[] = [];
  let index = first;
  for (; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (!isContent(line)) continue;
    if (indentOf(line) < indent) break;
    // The items of a list may have the indentation of their key.
    if (indentOf(line) === indent && !/^\s*- /.test(line)) {
      const name = /^\s*["']?([\w-]+)["']?\s*:(?:\s|$)/.exec(line)?.[1];
      if (name === undefined) return undefined;
      blocks.push({ name, startLine: index, endLine: index + 1 });
    } else {
      const last = blocks.at(-1);
      if (last) last.endLine = index + 1;
    }
  }
  return { blocks, indent };
}

/** Renames legacy keys in `${generator.…}`. */
function migrateAbsoluteReferences(text: string): string {
  return text.replace(/\$\{(generator\.[\w.]+)\}/g, (whole, key: string) =>
    key === modelNameKey ? `\${${modelPath}}` : isLegacyKey(key) ? `\${${toNestedKey(key)}}` : whole,
  );
}

/** Renames legacy keys in references of a line that moves one level down, where relative ones change, too. */
function migrateReferences(text: string): string {
  return migrateAbsoluteReferences(text).replace(/\$\{(\.+)([\w]+)/g, (_, dots: string, name: string) => {
    if (dots === '.' && `${generatorKey}.${name}` === modelNameKey) return `\${${modelPath}`;
    const sibling = dots === '.' && isLegacyKey(`${generatorKey}.${name}`);
    return sibling ? `\${.${toNestedKey(`${generatorKey}.${name}`).slice(engineKey.length + 1)}` : `\${${dots}.${name}`;
  });
}

/**
 * One edit of the whole text; undefined if the keys are not in a plain `generator:` mapping, or the file has an
 * `inference_engine:` already.
 */
export function migrateLegacyKeys(
  { lines, text }: EditableText,
  written: readonly LocatedValue[],
): TextEdit[] | undefined {
  const header = lines.findIndex((line) => /^["']?generator["']?\s*:\s*(?:#.*)?$/.test(line));
  const found = header < 0 ? undefined : blocksUnder(lines, header);
  if (!found) return undefined;
  const legacy = found.blocks.filter(({ name }) => isLegacyKey(`${generatorKey}.${name}`));
  const covered = (raw: string): boolean =>
    raw === modelNameKey ||
    legacy.some(({ name }) => raw === `${generatorKey}.${name}` || raw.startsWith(`${generatorKey}.${name}.`));
  const inner = found.blocks.some(({ name }) => name === 'inference_engine');
  if (legacy.length === 0 || inner || !written.every(({ rawKey }) => covered(rawKey))) return undefined;

  const pad = ' '.repeat(found.indent);
  const moved = legacy.flatMap(({ name, startLine, endLine }) =>
    lines.slice(startLine, endLine).map((line, index) => {
      const renamed =
        index === 0 ? line.replace(name, toNestedKey(`${generatorKey}.${name}`).slice(engineKey.length + 1)) : line;
      return line.trim() === '' ? line : migrateReferences(`${pad}${renamed}`);
    }),
  );
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const gone = new Set(
    [...legacy, ...found.blocks.filter(({ name }) => name === 'model_name')].flatMap(({ startLine, endLine }) =>
      Array.from({ length: endLine - startLine }, (_, at) => startLine + at),
    ),
  );
  const at = legacy[0]?.startLine ?? 0;
  const result = lines.flatMap((line, index) => {
    const kept = gone.has(index) ? [] : [migrateAbsoluteReferences(line)];
    return index === at ? [`${pad}inference_engine:`, ...moved, ...kept] : kept;
  });
  return [
    {
      range: { startLine: 0, startCharacter: 0, endLine: lines.length - 1, endCharacter: (lines.at(-1) ?? '').length },
      text: result.join(end),
    },
  ];
}
