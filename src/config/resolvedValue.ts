/** The results of resolving `${…}`, and how they are combined. */
import type { Note } from './mappedText';

/** The result for one value: plain data, a mapping (`entries` by key below it), or the reason why it is not known. */
export interface ResolvedValue {
  value: unknown;
  entries?: ReadonlyMap<string, ResolvedValue>;
  unresolvedReason?: string;
  /** Whether the reason is a mistake in the file, whatever the job's environment is. */
  isMistake?: boolean;
  /** Whether the key it refers to is not in this file. */
  isMissing?: boolean;
  fromEnvironment: readonly string[];
  environmentDefaults: readonly string[];
  /** Its characters and items, which bounds values that double each other. */
  size: number;
}

const none: readonly string[] = [];

/** Resolved to nothing. */
export const emptyValue: ResolvedValue = {
  value: undefined,
  fromEnvironment: none,
  environmentDefaults: none,
  size: 1,
};

/** Not known, for this reason. */
export function unresolvedValue(unresolvedReason: string): ResolvedValue {
  return { ...emptyValue, unresolvedReason };
}

/** Not known, because the file has a mistake. */
export function mistakenValue(unresolvedReason: string): ResolvedValue {
  return { ...emptyValue, unresolvedReason, isMistake: true };
}

/** `value`, which was made of `parts`: unresolved if one of them is, and marked with the environment of all of them. */
export function combineValues(value: unknown, parts: readonly ResolvedValue[]): ResolvedValue {
  const { unresolvedReason, isMistake } = parts.find((part) => part.unresolvedReason !== undefined) ?? {};
  const size = parts.reduce((sum, part) => sum + part.size, 1);
  const union = (of: (part: ResolvedValue) => readonly string[]): readonly string[] => [...new Set(parts.flatMap(of))];
  const marks = {
    fromEnvironment: union((part) => part.fromEnvironment),
    environmentDefaults: union((part) => part.environmentDefaults),
    size,
    ...(isMistake === true && { isMistake }),
  };
  return unresolvedReason === undefined ? { value, ...marks } : { value: undefined, unresolvedReason, ...marks };
}

/** Resolves a value and adds the shell's note on it to the result; a value that the note says is unknown is not resolved. */
export function applyNote(note: Note | undefined, work: () => ResolvedValue): ResolvedValue {
  if (note === undefined) return work();
  const { unresolvedReason, fromEnvironment = none, environmentDefaults = none } = note;
  const noted: ResolvedValue = {
    ...emptyValue,
    fromEnvironment,
    environmentDefaults,
    ...(unresolvedReason !== undefined && { unresolvedReason }),
  };
  const result = unresolvedReason === undefined ? work() : noted;
  return result.entries === undefined ? combineValues(result.value, [result, noted]) : result;
}

/** The size of plain data, and whether it has no `${…}` or `???` anywhere. */
export function inspectData(value: unknown): { size: number; literal: boolean } {
  if (typeof value === 'string') return { size: value.length, literal: isLiteral(value) };
  if (typeof value !== 'object' || value === null) return { size: 1, literal: true };
  const parts = Object.values(value).map(inspectData);
  return { size: parts.reduce((sum, part) => sum + part.size, 1), literal: parts.every((part) => part.literal) };
}

/** OmegaConf's marker for a value that must be given when the run starts. */
export const missingMarker = '???';

/** Whether a text needs no resolving. */
export function isLiteral(text: string): boolean {
  return text !== missingMarker && !text.includes('${');
}

/** The keys of the values below each mapping, by the mapping's key. */
export function indexByParent(keys: Iterable<string>): Map<string, string[]> {
  const index = new Map<string, string[]>();
  for (const key of keys) {
    for (let dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
      const parent = key.slice(0, dot);
      const children = index.get(parent);
      if (children === undefined) index.set(parent, [key]);
      else children.push(key);
    }
  }
  return index;
}

/** The value at `rest` inside a resolved mapping or list. */
export function findInside(parent: ResolvedValue, rest: string): ResolvedValue | undefined {
  if (parent.unresolvedReason !== undefined) return parent;
  if (parent.entries !== undefined) {
    const exact = parent.entries.get(rest);
    if (exact !== undefined) return exact;
    const deeper = [...parent.entries]
      .filter(([name]) => name.startsWith(`${rest}.`))
      .map(([name, inner]): [string, ResolvedValue] => [name.slice(rest.length + 1), inner]);
    return deeper.length === 0 ? undefined : { ...parent, entries: new Map(deeper) };
  }
  let value = parent.value;
  for (const name of rest.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return { ...parent, value };
}

/** A mapping as plain data with dotted keys, which is what a reference from inside a list gives. */
export function asData(result: ResolvedValue): ResolvedValue {
  if (result.entries === undefined) return result;
  const entries = [...result.entries];
  return {
    ...combineValues(
      Object.fromEntries(entries.map(([name, inner]) => [name, inner.value])),
      entries.map(([, inner]) => inner),
    ),
  };
}
