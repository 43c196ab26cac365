/** Small edits of a config's text: what has to go with a key, a word or an item so that the rest stays well-formed. */
import { lineStarts } from './ranges';
import type { Entry, TextRange } from './types';

export interface TextEdit {
  range: TextRange;
  text: string;
}

export interface EditText {
  text: string;
  lines: readonly string[];
  offset: (line: number, character: number) => number;
  range: (from: number, to: number) => TextRange;
}

export function editText(text: string): EditText {
  const starts = lineStarts(text);
  const at = (offset: number): [number, number] => {
    const line = starts.findLastIndex((start) => start <= offset);
    return [line, offset - (starts[line] ?? 0)];
  };
  return {
    text,
    lines: text.split(/\r\n|\n|\r/),
    offset: (line, character) => (starts[line] ?? text.length) + character,
    range: (from, to) => {
      const [[startLine, startCharacter], [endLine, endCharacter]] = [at(from), at(to)];
      return { startLine, startCharacter, endLine, endCharacter };
    },
  };
}

export const textAt = (
  { text, offset }: EditText,
  { startLine, startCharacter, endLine, endCharacter }: TextRange,
): string => text.slice(offset(startLine, startCharacter), offset(endLine, endCharacter));

/** The lines of an entry with their ends; the last line of a file has none. */
const wholeLines = ({ lines }: EditText, { startLine, endLine }: TextRange): TextRange =>
  endLine + 1 < lines.length
    ? { startLine, startCharacter: 0, endLine: endLine + 1, endCharacter: 0 }
    : { startLine, startCharacter: 0, endLine, endCharacter: (lines[endLine] ?? '').length };

const continued = /\s*\\\s*$/;

/** A word with its line, and with the backslash before it where it is the last of its command. */
function wordRange(source: EditText, whole: TextRange): TextRange {
  const { startLine, startCharacter, endLine, endCharacter } = whole;
  const before = (source.lines[startLine] ?? '').slice(0, startCharacter);
  const after = (source.lines[endLine] ?? '').slice(endCharacter);
  const above = source.lines[startLine - 1];
  if (before.trim() === '' && /^\s*\\?\s*$/.test(after)) {
    if (continued.test(after) || above === undefined || !continued.test(above)) return wholeLines(source, whole);
    return {
      startLine: startLine - 1,
      startCharacter: above.replace(continued, '').length,
      endLine,
      endCharacter: (source.lines[endLine] ?? '').length,
    };
  }
  const blanks = /\s*$/.exec(before)?.[0].length ?? 0;
  if (before.trim() !== '') return { ...whole, startCharacter: startCharacter - blanks };
  return { ...whole, endCharacter: endCharacter + (/^\s*/.exec(after)?.[0].length ?? 0) };
}

/** An item in braces with the comma that goes with it. */
function itemRange({ text, offset, range }: EditText, whole: TextRange): TextRange {
  const from = offset(whole.startLine, whole.startCharacter);
  const to = offset(whole.endLine, whole.endCharacter);
  const next = /^\s*,\s*/.exec(text.slice(to));
  if (next) return range(from, to + next[0].length);
  const before = /,\s*$/.exec(text.slice(0, from));
  return range(before ? from - before[0].length : from, to);
}

/** Takes an entry out; `undefined` where that cannot be done without harm. */
export function removal(source: EditText, { form, whole, onlyOf }: Entry): TextEdit | undefined {
  if (form === 'word') return { range: wordRange(source, whole), text: '' };
  if (form === 'flow') return { range: itemRange(source, whole), text: '' };
  // A mapping without a key would be null, and no mapping.
  if (onlyOf) return { range: whole, text: '{}' };
  if ((source.lines[whole.startLine] ?? '').slice(0, whole.startCharacter).trim() !== '') return undefined;
  return { range: wholeLines(source, whole), text: '' };
}

/** Key text without its quotes, and those. */
export function keyText(source: EditText, { key }: Entry): { name: string; quote: string } {
  const [, quote = '', name = ''] = /^(\\?["']|)(.*?)\1$/s.exec(textAt(source, key)) ?? [];
  return { name, quote };
}

/** Gives a key that is written in whole, with its dots, another name; `undefined` for one that is a part of nested YAML. */
export function renaming(source: EditText, entry: Entry, raw: string, to: string): TextEdit | undefined {
  const { name, quote } = keyText(source, entry);
  return name === raw ? { range: entry.key, text: `${quote}${to}${quote}` } : undefined;
}
