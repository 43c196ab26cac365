/** Parses the value of an override by Hydra's grammar (https://hydra.cc/docs/advanced/override_grammar/basic/). */

/** A parsed value with its offsets in the text. */
export type HydraNode =
  | { kind: 'scalar'; value: string | number | boolean | null; from: number; to: number }
  | { kind: 'list'; items: HydraNode[]; from: number; to: number }
  | { kind: 'dict'; entries: HydraEntry[]; from: number; to: number };

/** A key with its value in braces. */
export interface HydraEntry {
  key: string;
  from: number;
  to: number;
  value: HydraNode;
}

/** Why a value is not a plain one: Hydra makes several runs of it, or computes it. */
export type HydraResult = HydraNode | { reason: string } | undefined;

class HydraSyntaxError extends Error {}

/** What only Hydra itself can evaluate. */
class HydraComputedError extends Error {}

/** Deepest nesting; real values have three levels. It bounds the recursion. */
const maxDepth = 64;

interface Cursor {
  text: string;
  at: number;
}

const escapable = '\\()[]{}:=, \t';
const plainCharacter = /[\w/\-+.$%*@?|\uE000]/;
const integer = /^[+-]?(?:0|[1-9](?:_?\d)*)$/;
const float =
  /^[+-]?(?:(?:(?:0|[1-9](?:_?\d)*)?\.\d(?:_?\d)*|(?:0|[1-9](?:_?\d)*)\.?)(?:[eE][+-]?\d(?:_?\d)*)|(?:0|[1-9](?:_?\d)*)?\.\d(?:_?\d)*|(?:0|[1-9](?:_?\d)*)\.|inf|nan)$/i;

function skipBlanks(cursor: Cursor): void {
  while (/[ \t]/.test(cursor.text[cursor.at] ?? '')) cursor.at++;
}

/** Reads a text in quotes; only its own quote can be escaped. */
function quoted(cursor: Cursor): HydraNode {
  const from = cursor.at;
  const quote = cursor.text[cursor.at++] ?? '';
  let value = '';
  for (;;) {
    const character = cursor.text[cursor.at++];
    if (character === undefined) throw new HydraSyntaxError();
    if (character === quote) return { kind: 'scalar', value, from, to: cursor.at };
    if (character === '\\' && cursor.text[cursor.at] === quote) value += cursor.text[cursor.at++] ?? '';
    else value += character;
  }
}

/** Reads `${…}` as text: it is resolved later. */
function interpolation(cursor: Cursor): string {
  const from = cursor.at;
  let depth = 0;
  do {
    const character = cursor.text[cursor.at++];
    if (character === undefined) throw new HydraSyntaxError();
    if (character === '{') depth++;
    else if (character === '}') depth--;
  } while (depth > 0 || cursor.at < from + 2);
  return cursor.text.slice(from, cursor.at);
}

/** A word without quotes as the value it reads as. */
function typed(word: string): string | number | boolean | null {
  const lower = word.toLowerCase();
  if (lower === 'null') return null;
  if (lower === 'true' || lower === 'false') return lower === 'true';
  if (integer.test(word)) return Number(word.replaceAll('_', ''));
  if (!float.test(word)) return word;
  if (/inf$/i.test(word)) return word.startsWith('-') ? -Infinity : Infinity;
  return /nan$/i.test(word) ? NaN : Number(word.replaceAll('_', ''));
}

/** Reads a word without quotes, up to a character that cannot be in one. `stops` end it as well. */
function plain(cursor: Cursor, stops: string): HydraNode {
  const from = cursor.at;
  let value = '';
  let hasEscapes = false;
  // The length without the blanks at the end, unless they are escaped.
  let length = 0;
  for (; cursor.at < cursor.text.length;) {
    const character = cursor.text[cursor.at] ?? '';
    if (cursor.text.startsWith('${', cursor.at)) {
      value += interpolation(cursor);
      length = value.length;
    } else if (character === '\\') {
      const next = cursor.text[cursor.at + 1] ?? '';
      const isEscape = next !== '' && escapable.includes(next);
      value += isEscape ? next : character;
      length = value.length;
      hasEscapes ||= isEscape;
      cursor.at += isEscape ? 2 : 1;
    } else if (stops.includes(character) || !(plainCharacter.test(character) || /[: \t]/.test(character))) break;
    else {
      value += character;
      if (!/[ \t]/.test(character)) length = value.length;
      cursor.at++;
    }
  }
  const written = cursor.text.slice(from, cursor.at).trimEnd();
  const text = value.slice(0, length);
  if (cursor.text[cursor.at] === '(' && /^[A-Za-z_]\w*$/.test(written)) throw new HydraComputedError(written);
  return { kind: 'scalar', value: hasEscapes ? text : typed(text), from, to: from + written.length };
}

/** Reads what is between brackets or braces, separated by commas. */
function sequence(cursor: Cursor, close: string, item: () => void): void {
  cursor.at++;
  skipBlanks(cursor);
  if (cursor.text[cursor.at] === close) {
    cursor.at++;
    return;
  }
  for (;;) {
    item();
    skipBlanks(cursor);
    const character = cursor.text[cursor.at++];
    if (character === close) return;
    if (character !== ',') throw new HydraSyntaxError();
  }
}

function element(cursor: Cursor, depth: number): HydraNode {
  if (depth > maxDepth) throw new HydraSyntaxError();
  skipBlanks(cursor);
  const from = cursor.at;
  const character = cursor.text[from];
  if (character === '"' || character === "'") return quoted(cursor);
  if (character === '[') {
    const items: HydraNode[] = [];
    sequence(cursor, ']', () => items.push(element(cursor, depth + 1)));
    return { kind: 'list', items, from, to: cursor.at };
  }
  if (character === '{') {
    const entries: HydraEntry[] = [];
    sequence(cursor, '}', () => entries.push(entry(cursor, depth + 1)));
    return { kind: 'dict', entries, from, to: cursor.at };
  }
  const word = plain(cursor, '');
  if (word.to === word.from && depth > 0) throw new HydraSyntaxError();
  return word;
}

function entry(cursor: Cursor, depth: number): HydraEntry {
  skipBlanks(cursor);
  const from = cursor.at;
  const key = plain(cursor, ':');
  if (key.to === from || cursor.text[cursor.at] !== ':') throw new HydraSyntaxError();
  cursor.at++;
  const written = cursor.text.slice(from, key.to);
  return { key: written, from, to: key.to, value: element(cursor, depth) };
}

/** Several values, of which Hydra makes a run each. */
function sweep(cursor: Cursor, first: HydraNode): HydraResult {
  let last = first;
  while (cursor.text[cursor.at] === ',') {
    if (last.to === last.from) return undefined;
    cursor.at++;
    last = element(cursor, 0);
  }
  return last.to === last.from || cursor.at < cursor.text.length
    ? undefined
    : { reason: 'it is a sweep over several values' };
}

/** The value of a text; a reason if only Hydra can evaluate it; undefined if Hydra cannot read it. */
export function parseHydraValue(text: string): HydraResult {
  const cursor: Cursor = { text, at: 0 };
  try {
    const value = element(cursor, 0);
    if (cursor.text[cursor.at] === ',') return sweep(cursor, value);
    if (value.kind === 'scalar' && value.to === value.from && text.trim() === '') return value;
    const rest = text.slice(cursor.at);
    const isWord = value.kind === 'scalar' && !/["']/.test(text[value.from] ?? '');
    return (isWord ? rest.trim() : rest) === '' ? value : undefined;
  } catch (error) {
    if (error instanceof HydraSyntaxError) return undefined;
    if (error instanceof HydraComputedError) return { reason: `it is computed by Hydra (${error.message})` };
    throw error;
  }
}

/** A value as plain data. */
export function hydraData(node: HydraNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(hydraData);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, hydraData(value)]));
}
