/** Reads the nodes of one YAML document: ranges, aliases, merge keys and plain data, within limits against alias bombs. */
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { formatLine } from './ranges';
import type { SourceText } from './sourceText';
import type { Note } from './mappedText';
import type { ConfigFinding, EntryLocation, TextRange } from './types';
import { maxKeyDepth, maxValues, UnreadableConfigError } from './rawValues';

type Yaml = typeof import('yaml');

/** A key and its value in a mapping. */
export interface MappingEntry {
  name: string;
  key: unknown;
  value: unknown;
  /** Whether it came through `<<`, so that a key written in the mapping itself wins over it. */
  fromMergeKey: boolean;
}

/** Reads nodes of one document. */
export interface NodeReader {
  /** The range of a node without the comments and blank lines after it. */
  rangeOf(node: unknown): TextRange;
  /** The note on a node's text, and the text as the file writes it. */
  noteOf(node: unknown): { note: Note; raw: string } | undefined;
  /** Where an entry is written, for edits; undefined if it is written elsewhere. */
  locateEntry(map: YAMLMap, entry: MappingEntry): EntryLocation | undefined;
  /** The node itself, or the target of an alias. */
  resolveAlias(node: unknown): unknown;
  /** The entries of a mapping, merged ones last. A key that is written twice is added to `duplicates`. */
  entriesOf(map: YAMLMap, depth: number): MappingEntry[];
  /** A node as plain data. */
  toData(node: unknown, depth: number): unknown;
  /** Counts a node against the limits. */
  countNode(depth: number, node: unknown): void;
  /** Runs `work` on the content of a mapping or list; meanwhile an alias to it is refused. */
  withCycleGuard<T>(node: Node, work: () => T): T;
  /** Findings for keys that are written twice. */
  duplicates: ReadonlyMap<number, ConfigFinding>;
}

/** The target of each alias: the last anchor of its name before it. */
function aliasTargets(yaml: Yaml, document: Document): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  yaml.visit(document, {
    Node: (_key, node) => {
      if (yaml.isAlias(node)) {
        const target = anchors.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if ('anchor' in node && node.anchor !== undefined) {
        anchors.set(node.anchor, node);
      }
    },
  });
  return targets;
}

/** The value of a scalar; what JSON cannot express stays the text it was written as. */
function scalarValue({ value, source }: Scalar): unknown {
  if (value === null || ['boolean', 'string', 'number'].includes(typeof value)) return value;
  return source ?? null;
}

/**
 * Creates a reader. Its functions throw `UnreadableConfigError` on an alias without anchor or to itself, over 20,000
 * values, or over 64 levels.
 */
export function createNodeReader(yaml: Yaml, document: Document, source: SourceText): NodeReader {
  const { text } = source;
  const targets = aliasTargets(yaml, document);
  const duplicates = new Map<number, ConfigFinding>();
  const open = new Set<Node>();
  let budget = maxValues;

  // The end of a block collection includes the comments and blank lines after it.
  const endOf = (node: unknown): number => {
    if (!yaml.isNode(node)) return 0;
    if (yaml.isCollection(node) && node.flow !== true) {
      const last = node.items.at(-1);
      const end = yaml.isPair(last) ? endOf(last.value) || endOf(last.key) : endOf(last);
      if (end > 0) return end;
    }
    return node.range?.[1] ?? 0;
  };
  const offsetsOf = (node: unknown): [from: number, to: number] => {
    const from = yaml.isNode(node) ? (node.range?.[0] ?? 0) : 0;
    let to = Math.max(from, endOf(node));
    while (to > from && /\s/.test(text[to - 1] ?? '')) to--;
    return [from, to];
  };
  const rangeOf = (node: unknown): TextRange => source.rangeAt(...offsetsOf(node));
  const noteOf = (node: unknown): { note: Note; raw: string } | undefined => {
    const [from, to] = offsetsOf(node);
    const note = source.noteAt?.(from, to);
    return (
      note && { note, raw: (source.rawTextAt?.(from, to) ?? text.slice(from, to)).replace(/^(['"])(.*)\1$/s, '$2') }
    );
  };
  const locateEntry = (map: YAMLMap, { key, value, fromMergeKey }: MappingEntry): EntryLocation | undefined => {
    if (fromMergeKey || !yaml.isNode(key)) return undefined;
    const [from] = offsetsOf(key);
    const to = Math.max(offsetsOf(value)[1], offsetsOf(key)[1]);
    if (source.isEditable?.(from, to) === false) return undefined;
    return {
      style: map.flow === true ? 'flow' : 'block',
      keyRange: rangeOf(key),
      entryRange: source.rangeAt(from, to),
      ...(map.items.length === 1 && { onlyEntryOf: rangeOf(map) }),
    };
  };
  const refuse = (id: string, message: string, node: unknown): never => {
    throw new UnreadableConfigError([{ id, severity: 'error', message, range: rangeOf(node) }]);
  };
  const countNode = (depth: number, node: unknown): void => {
    if (--budget < 0)
      refuse(
        'config-too-large',
        `This file holds, with its aliases, over ${maxValues.toLocaleString('en-US')} values.`,
        node,
      );
    if (depth > maxKeyDepth) refuse('config-too-deep', `This is nested deeper than ${maxKeyDepth} levels.`, node);
  };
  const resolveAlias = (node: unknown): unknown => {
    if (!yaml.isAlias(node)) return node;
    const found = targets.get(node);
    if (found === undefined) return refuse('config-syntax', `The alias *${node.source} has no anchor before it.`, node);
    if (open.has(found)) refuse('config-syntax', `The alias *${node.source} holds itself.`, node);
    return found;
  };
  const withCycleGuard = <T>(node: Node, work: () => T): T => {
    open.add(node);
    try {
      return work();
    } finally {
      open.delete(node);
    }
  };
  const nameOf = (key: unknown): string => {
    const node = resolveAlias(key);
    if (yaml.isScalar(node)) return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    return yaml.isNode(node) && node.range ? text.slice(node.range[0], node.range[1]).trim() : '';
  };
  const isMerge = ({ key }: Pair): boolean =>
    yaml.isScalar(key) && (typeof key.value === 'symbol' || (key.type === 'PLAIN' && key.value === '<<'));

  const entriesOf = (map: YAMLMap, depth: number): MappingEntry[] => {
    const entries = new Map<string, MappingEntry>();
    const merges: unknown[] = [];
    for (const pair of map.items) {
      if (isMerge(pair)) {
        merges.push(pair.value);
        continue;
      }
      const entry = { name: nameOf(pair.key), key: pair.key, value: pair.value, fromMergeKey: false };
      const before = entries.get(entry.name);
      if (before !== undefined) {
        const range = rangeOf(pair.key);
        const message = `The key ${JSON.stringify(entry.name)} is already written at ${formatLine(rangeOf(before.key))}.`;
        duplicates.set(range.startLine * 1e6 + range.startCharacter, {
          id: 'config-duplicate-key',
          severity: 'error',
          message,
          range,
        });
      } else {
        entries.set(entry.name, entry);
      }
    }
    for (const value of merges) {
      const source = resolveAlias(value);
      for (const item of yaml.isSeq(source) ? source.items : [source])
        mergeInto(entries, resolveAlias(item), value, depth + 1);
    }
    return [...entries.values()];
  };
  const mergeInto = (entries: Map<string, MappingEntry>, source: unknown, at: unknown, depth: number): void => {
    countNode(depth, at);
    if (!yaml.isMap(source)) return refuse('config-syntax', 'Only a mapping can be merged with <<.', at);
    for (const entry of withCycleGuard(source, () => entriesOf(source, depth))) {
      countNode(depth, at);
      if (!entries.has(entry.name)) entries.set(entry.name, { ...entry, fromMergeKey: true });
    }
  };

  const toData = (aliasOrNode: unknown, depth: number): unknown => {
    const node = resolveAlias(aliasOrNode);
    countNode(depth, node);
    if (yaml.isScalar(node)) return scalarValue(node);
    if (yaml.isSeq(node)) return withCycleGuard(node, () => node.items.map((item) => toData(item, depth + 1)));
    if (!yaml.isMap(node)) return null;
    return withCycleGuard(node, () =>
      Object.fromEntries(entriesOf(node, depth).map(({ name, value }) => [name, toData(value, depth + 1)])),
    );
  };
  return {
    rangeOf,
    noteOf,
    locateEntry,
    resolveAlias,
    entriesOf,
    toData,
    countNode,
    withCycleGuard,
    duplicates,
  };
}
