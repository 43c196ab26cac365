/** What a `${…}` resolves to, and how results are put together. */
import type { Note } from './mappedText';

/** What a value resolved to: plain data, a mapping (`entries`, by key below it), or, in words, why it did not. */
export interface ResolvedValue {
  value: unknown;
  entries?: ReadonlyMap<string, ResolvedValue>;
  unresolvedReason?: string;
  fromEnvironment: readonly string[];
  environmentDefaults: readonly string[];
  /** Characters and items it takes, so that values that double each other stay bounded. */
  size: number;
}

const none: readonly string[] = [];
export const emptyValue: ResolvedValue = {
  value: undefined,
  fromEnvironment: none,
  environmentDefaults: none,
  size: 1,
};

export function unresolvedValue(unresolved: string): ResolvedValue {
  return { ...emptyValue, unresolvedReason: unresolved };
}

/** `value`, made of `parts`: unresolved where one of them is, marked with the environment of them all. */
export function combineValues(value: unknown, parts: readonly ResolvedValue[]): ResolvedValue {
  const unresolved = parts.find((part) => part.unresolvedReason !== undefined)?.unresolvedReason;
  const size = parts.reduce((sum, part) => sum + part.size, 1);
  const union = (of: (part: ResolvedValue) => readonly string[]): readonly string[] => [...new Set(parts.flatMap(of))];
  const marks = {
    fromEnvironment: union((part) => part.fromEnvironment),
    environmentDefaults: union((part) => part.environmentDefaults),
    size,
  };
  return unresolved === undefined ? { value, ...marks } : { value: undefined, unresolvedReason: unresolved, ...marks };
}

/** What the shell said of a value before it was resolved is said of the result too. */
export function applyNote(note: Note | undefined, work: () => ResolvedValue): ResolvedValue {
  if (note === undefined) return work();
  const { unresolvedReason, fromEnvironment = none, environmentDefaults = none } = note;
  const said: ResolvedValue = {
    ...emptyValue,
    fromEnvironment,
    environmentDefaults,
    ...(unresolvedReason !== undefined && { unresolvedReason }),
  };
  const result = unresolvedReason === undefined ? work() : said;
  return result.entries === undefined ? combineValues(result.value, [result, said]) : result;
}

/** Size of plain data, and whether it holds no `${…}` or `???` anywhere. */
export function inspectData(value: unknown): { size: number; literal: boolean } {
  if (typeof value === 'string') return { size: value.length, literal: isLiteral(value) };
  if (typeof value !== 'object' || value === null) return { size: 1, literal: true };
  const parts = Object.values(value).map(inspectData);
  return { size: parts.reduce((sum, part) => sum + part.size, 1), literal: parts.every((part) => part.literal) };
}

/** OmegaConf's mark for a value that must be given when the run is started. */
export const missingMarker = '???';

export function isLiteral(text: string): boolean {
  return text !== missingMarker && !text.includes('${');
}

/** For each mapping's key, the keys of the values below it. */
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

/** What stands under `rest` inside a resolved mapping or list. */
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

/** A mapping that was referred to from inside a list becomes plain data there, with dotted keys. */
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
