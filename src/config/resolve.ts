/** Resolves `${…}` in written values by OmegaConf's rules: absolute and relative keys, `oc.env`, `oc.decode`. */
import { parseInterpolation, type Argument, type TemplateNode } from './interpolation';
import { toNestedKey } from './keys';
import { decodeScalar, pythonText } from './pythonText';
import {
  asData,
  combineValues,
  mistakenValue,
  unresolvedValue,
  indexByParent,
  findInside,
  isLiteral,
  inspectData,
  missingMarker,
  applyNote,
  emptyValue,
  type ResolvedValue,
} from './resolvedValue';
import type { RawValue } from './rawValues';
import { isShellVariable } from './shell/lookUp';

/** Environment variables by name. */
export type Environment = Record<string, string | undefined>;

/** Resolvers of Hydra, whose values are known when the run starts. */
const hydraResolvers = new Set(['hydra', 'now']);

/** Longest chain of references; real configs have three. It bounds the recursion. */
const maxSteps = 100;

/** Most characters and items of all resolved values together; real configs have a few thousand. */
const maxProduced = 4_000_000;

/** Most values that references to mappings may copy, for the same reason. */
const maxCopied = 100_000;

/**
 * Creates a function that resolves a written value; results are cached.
 * Cycles, unknown keys, unset variables and unknown resolvers give an unresolved value. Nothing is thrown or guessed.
 */
export function createResolver(
  values: ReadonlyMap<string, RawValue>,
  environment: Environment,
): (written: RawValue) => ResolvedValue {
  const done = new Map<string, ResolvedValue>();
  const open: string[] = [];
  let below: Map<string, string[]> | undefined;
  let produced = 0;
  let copied = 0;

  /** A value made of `parts`, unless the file's values would grow too large. */
  const produce = (parts: readonly ResolvedValue[], make: () => unknown): ResolvedValue => {
    const result = combineValues(undefined, parts);
    if (result.unresolvedReason !== undefined) return result;
    produced += result.size;
    return produced > maxProduced
      ? unresolvedValue('the values of this file grow too large')
      : { ...result, value: make() };
  };

  const guarded = (key: string, work: () => ResolvedValue): ResolvedValue => {
    const kept = done.get(key);
    if (kept !== undefined) return kept;
    if (open.includes(key))
      return mistakenValue(
        `it refers to itself: ${[...open.slice(open.indexOf(key)), key].map((each) => each.replace(/\.$/, '')).join(' → ')}`,
      );
    if (open.length >= maxSteps) return unresolvedValue(`it takes over ${maxSteps} steps`);
    open.push(key);
    const result = work();
    open.pop();
    done.set(key, result);
    return result;
  };
  const entry = (written: RawValue): ResolvedValue =>
    guarded(written.key, () => applyNote(written.note, () => data(written.value, written.rawKey)));

  /** The keys below a mapping. */
  const keysBelow = (key: string): readonly string[] => {
    below ??= indexByParent(values.keys());
    return below.get(key) ?? [];
  };
  const mapping = (key: string): ResolvedValue =>
    guarded(`${key}.`, () => {
      if (open.some((each) => each !== `${key}.` && each.startsWith(`${key}.`)))
        return mistakenValue(`it refers to the mapping ${key}, which holds it`);
      const entries = new Map<string, ResolvedValue>();
      for (const child of keysBelow(key)) {
        const written = values.get(child);
        if (written === undefined) continue;
        const rest = child.slice(key.length + 1);
        const result = entry(written);
        copied += result.entries?.size ?? 1;
        if (copied > maxCopied) return unresolvedValue('the mappings this file refers to grow too large');
        if (result.entries === undefined) entries.set(rest, result);
        else for (const [name, inner] of result.entries) entries.set(`${rest}.${name}`, inner);
      }
      return { ...emptyValue, entries, size: combineValues(undefined, [...entries.values()]).size };
    });

  /** The value of an absolute key, in the spelling of either layout. */
  const lookup = (reference: string): ResolvedValue => {
    const key = toNestedKey(reference);
    const written = values.get(key);
    if (written !== undefined) return entry(written);
    if (keysBelow(key).length > 0) return mapping(key);
    for (let dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
      const parent = values.get(key.slice(0, dot));
      if (parent === undefined) continue;
      const found = findInside(entry(parent), key.slice(dot + 1));
      if (found !== undefined) return found;
    }
    const other = values.has('defaults') ? '; a file in its defaults list may have it' : '';
    return { ...unresolvedValue(`the key ${reference} is not in this file${other}`), isMissing: true };
  };

  /** The absolute key of `a[0].b`, `.b` or `..b`. One dot is the mapping around the value, each further one the next above. */
  const absolute = (reference: string, holder: string): string => {
    const key = reference.trim().replace(/\[([^\]]*)\]/g, '.$1');
    const dots = /^\.*/.exec(key)?.[0].length ?? 0;
    if (dots === 0 || reference.startsWith('[')) return key.replace(/^\./, '');
    const path = holder.split('.');
    return [...path.slice(0, Math.max(0, path.length - dots)), key.slice(dots)].join('.');
  };

  const argument = ({ nodes, quoted }: Argument, holder: string): ResolvedValue => {
    const result = template(nodes, holder);
    return !quoted && result.value === 'null' ? { ...result, value: null } : result;
  };
  const resolvers = new Map<string, (args: readonly Argument[], holder: string) => ResolvedValue>([
    [
      'oc.env',
      ([name, fallback], holder) => {
        if (name === undefined) return mistakenValue('oc.env names no variable');
        const variable = argument(name, holder);
        if (variable.unresolvedReason !== undefined) return variable;
        const text = pythonText(variable.value);
        const value = Object.hasOwn(environment, text) ? environment[text] : undefined;
        if (isShellVariable(text)) return unresolvedValue(`it is known only when the run starts (${text})`);
        if (value !== undefined)
          return combineValues(value, [variable, { ...emptyValue, fromEnvironment: [text], size: value.length }]);
        if (fallback === undefined)
          return unresolvedValue(`the environment variable ${text} is not set in VS Code's environment`);
        const otherwise = argument(fallback, holder);
        const asText =
          otherwise.value === null || otherwise.unresolvedReason !== undefined
            ? otherwise.value
            : pythonText(otherwise.value);
        return combineValues(asText, [variable, otherwise, { ...emptyValue, environmentDefaults: [text] }]);
      },
    ],
    [
      'oc.decode',
      ([given], holder) => {
        if (given === undefined) return mistakenValue('oc.decode is given nothing');
        const text = argument(given, holder);
        if (text.value === null || text.unresolvedReason !== undefined) return text;
        const isPlain = !given.quoted && given.nodes.every(({ kind }) => kind === 'text');
        if (typeof text.value !== 'string' || (isPlain && typeof decodeScalar(text.value) !== 'string'))
          return mistakenValue('oc.decode takes a text');
        return { ...text, value: decodeScalar(text.value) };
      },
    ],
    [
      'oc.select',
      ([name, fallback], holder) => {
        if (name === undefined) return mistakenValue('oc.select names no key');
        const key = argument(name, holder);
        if (key.unresolvedReason !== undefined) return key;
        const found = lookup(absolute(String(key.value), holder));
        if (found.isMissing !== true) return found;
        if (fallback === undefined) return { ...emptyValue, value: null };
        const otherwise = argument(fallback, holder);
        return fallback.quoted || typeof otherwise.value !== 'string'
          ? otherwise
          : { ...otherwise, value: decodeScalar(otherwise.value) };
      },
    ],
  ]);

  const part = (item: TemplateNode, holder: string): ResolvedValue => {
    if (item.kind === 'text') return { ...emptyValue, value: item.text, size: item.text.length };
    if (item.kind === 'call') {
      return (
        resolvers.get(item.resolver)?.(item.args, holder) ??
        unresolvedValue(
          hydraResolvers.has(item.resolver)
            ? `Hydra knows it when the run starts (${item.resolver})`
            : `the resolver ${item.resolver} is not known here`,
        )
      );
    }
    const reference = template(item.nodes, holder);
    if (reference.unresolvedReason !== undefined) return reference;
    const found = lookup(absolute(String(reference.value), holder));
    return found.entries === undefined ? { ...combineValues(found.value, [reference, found]) } : found;
  };
  const template = (parts: readonly TemplateNode[], holder: string): ResolvedValue => {
    const [first] = parts;
    if (parts.length === 0 || first === undefined) return { ...emptyValue, value: '' };
    if (parts.length === 1) return part(first, holder);
    const results = parts.map((each) => part(each, holder));
    const unfit = results.find(
      ({ value, entries, unresolvedReason }) =>
        unresolvedReason === undefined && (entries !== undefined || (typeof value === 'object' && value !== null)),
    );
    if (unfit !== undefined) return mistakenValue('a mapping or a list cannot be a part of a text');
    return produce(results, () => results.map(({ value }) => pythonText(value)).join(''));
  };

  /** Resolves written data and the items of lists. `holder` is its own dotted key. */
  const data = (value: unknown, holder: string): ResolvedValue => {
    if (typeof value === 'string') return text(value, holder);
    if (typeof value !== 'object' || value === null) return { ...emptyValue, value };
    const { size, literal } = inspectData(value);
    if (literal) return { ...emptyValue, value, size };
    if (Array.isArray(value)) {
      const items = value.map((item, index) => asData(data(item, `${holder}.${index}`)));
      return produce(items, () => items.map((item) => item.value));
    }
    const entries = Object.entries(value).map(([name, inner]): [string, ResolvedValue] => [
      name,
      asData(data(inner, `${holder}.${name}`)),
    ]);
    return produce(
      entries.map(([, inner]) => inner),
      () => Object.fromEntries(entries.map(([name, inner]) => [name, inner.value])),
    );
  };
  const text = (value: string, holder: string): ResolvedValue => {
    if (value === missingMarker) return unresolvedValue('??? is to be given when the run is started');
    if (isLiteral(value)) return { ...emptyValue, value, size: value.length };
    const parts = parseInterpolation(value);
    return typeof parts === 'string' ? mistakenValue(parts) : template(parts, holder);
  };
  return entry;
}
