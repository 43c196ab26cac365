/** Reads the nodes of one YAML document: ranges, aliases, merge keys, plain data; with the limits that keep a bomb small. */
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml';
import { formatLine } from './ranges';
import type { SourceText } from './sourceText';
import type { Note } from './mappedText';
import type { ConfigFinding, EntryLocation as EntryPlace, TextRange } from './types';
import { maxKeyDepth, maxValues, UnreadableConfigError } from './rawValues';

type Yaml = typeof import('yaml');

export interface MappingEntry {
  name: string;
  key: unknown;
  value: unknown;
  /** Came through `<<`, so that a key that is written itself wins over it. */
  fromMergeKey: boolean;
}

export interface NodeReader {
  /** From a node's first character to its last one, without the comments and blank lines after it. */
  rangeOf(node: unknown): TextRange;
  /** What the source says of a node's text, and that text where it is not resolved. */
  noteOf(node: unknown): { note: Note; raw: string } | undefined;
  /** Where an entry stands, for edits; undefined for what is written elsewhere. */
  locateEntry(map: YAMLMap, entry: MappingEntry): EntryPlace | undefined;
  /** The node itself, or what it stands for if it is an alias. */
  resolveAlias(node: unknown): unknown;
  /** A mapping's entries, merged ones last; a key that is written twice is added to `duplicates`. */
  entriesOf(map: YAMLMap, depth: number): MappingEntry[];
  /** A node as plain data. */
  toData(node: unknown, depth: number): unknown;
  /** Counts a node against the limits. */
  countNode(depth: number, node: unknown): void;
  /** Works on a mapping's or list's content; an alias to it from inside is refused meanwhile. */
  withCycleGuard<T>(node: Node, work: () => T): T;
  duplicates: ReadonlyMap<number, ConfigFinding>;
}

/** Alias → the node it stands for: the last anchor of that name before it. */
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

/** A scalar's value; what JSON has no word for stays the text it was written as. */
function scalarValue({ value, source }: Scalar): unknown {
  if (value === null || ['boolean', 'string', 'number'].includes(typeof value)) return value;
  return source ?? null;
}

/** @throws Unreadable from its functions: an alias without anchor or to itself, over 20,000 values, over 64 levels. */
export function createNodeReader(yaml: Yaml, document: Document, source: SourceText): NodeReader {
  const { text } = source;
  const targets = aliasTargets(yaml, document);
  const duplicates = new Map<number, ConfigFinding>();
  const open = new Set<Node>();
  let budget = maxValues;

  // A block collection's own end takes comments and blank lines after it along.
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
  const entryPlace = (map: YAMLMap, { key, value, fromMergeKey }: MappingEntry): EntryPlace | undefined => {
    if (fromMergeKey || !yaml.isNode(key)) return undefined;
    const [from] = offsetsOf(key);
    const to = Math.max(offsetsOf(value)[1], offsetsOf(key)[1]);
    if (source.isEditable?.(from, to) === false) return undefined;
    const whole = source.rangeAt(from, to);
    return {
      style: map.flow === true ? 'flow' : 'block',
      keyRange: rangeOf(key),
      entryRange: whole,
      ...(map.items.length === 1 && { onlyEntryOf: rangeOf(map) }),
    };
  };
  const refuse = (id: string, message: string, node: unknown): never => {
    throw new UnreadableConfigError([{ id, severity: 'error', message, range: rangeOf(node) }]);
  };
  const spend = (depth: number, node: unknown): void => {
    if (--budget < 0) refuse('config-too-large', `This file holds, with its aliases, over ${maxValues} values.`, node);
    if (depth > maxKeyDepth) refuse('config-too-deep', `This is nested deeper than ${maxKeyDepth} levels.`, node);
  };
  const target = (node: unknown): unknown => {
    if (!yaml.isAlias(node)) return node;
    const found = targets.get(node);
    if (found === undefined) return refuse('config-syntax', `The alias *${node.source} has no anchor before it.`, node);
    if (open.has(found)) refuse('config-syntax', `The alias *${node.source} holds itself.`, node);
    return found;
  };
  const within = <T>(node: Node, work: () => T): T => {
    open.add(node);
    try {
      return work();
    } finally {
      open.delete(node);
    }
  };
  const nameOf = (key: unknown): string => {
    const node = target(key);
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
      const source = target(value);
      for (const item of yaml.isSeq(source) ? source.items : [source])
        mergeInto(entries, target(item), value, depth + 1);
    }
    return [...entries.values()];
  };
  const mergeInto = (entries: Map<string, MappingEntry>, source: unknown, at: unknown, depth: number): void => {
    spend(depth, at);
    if (!yaml.isMap(source)) return refuse('config-syntax', 'Only a mapping can be merged with <<.', at);
    for (const entry of within(source, () => entriesOf(source, depth))) {
      spend(depth, at);
      if (!entries.has(entry.name)) entries.set(entry.name, { ...entry, fromMergeKey: true });
    }
  };

  const plain = (given: unknown, depth: number): unknown => {
    const node = target(given);
    spend(depth, node);
    if (yaml.isScalar(node)) return scalarValue(node);
    if (yaml.isSeq(node)) return within(node, () => node.items.map((item) => plain(item, depth + 1)));
    if (!yaml.isMap(node)) return null;
    return within(node, () =>
      Object.fromEntries(entriesOf(node, depth).map(({ name, value }) => [name, plain(value, depth + 1)])),
    );
  };
  return {
    rangeOf,
    noteOf,
    locateEntry: entryPlace,
    resolveAlias: target,
    entriesOf,
    toData: plain,
    countNode: spend,
    withCycleGuard: within,
    duplicates,
  };
}
