/** Edits of a config's text that keep it well-formed: removing a key, a word or an item, renaming a key. */
import { lineStarts } from './ranges';
import type { EntryLocation, TextRange } from './types';

/** Replaces a range of the text. */
export interface TextEdit {
  range: TextRange;
  text: string;
}

/** A text with the conversions that edits need. */
export interface EditableText {
  text: string;
  lines: readonly string[];
  offsetAt: (line: number, character: number) => number;
  rangeAt: (from: number, to: number) => TextRange;
}

/** Prepares a text for edits. */
export function createEditableText(text: string): EditableText {
  const starts = lineStarts(text);
  const at = (offset: number): [number, number] => {
    const line = starts.findLastIndex((start) => start <= offset);
    return [line, offset - (starts[line] ?? 0)];
  };
  return {
    text,
    lines: text.split(/\r\n|\n|\r/),
    offsetAt: (line, character) => (starts[line] ?? text.length) + character,
    rangeAt: (from, to) => {
      const [[startLine, startCharacter], [endLine, endCharacter]] = [at(from), at(to)];
      return { startLine, startCharacter, endLine, endCharacter };
    },
  };
}

/** The text of a range. */
export const textAt = (
  { text, offsetAt }: EditableText,
  { startLine, startCharacter, endLine, endCharacter }: TextRange,
): string => text.slice(offsetAt(startLine, startCharacter), offsetAt(endLine, endCharacter));

/** The lines of an entry including their line ends. */
const wholeLines = ({ lines }: EditableText, { startLine, endLine }: TextRange): TextRange =>
  endLine + 1 < lines.length
    ? { startLine, startCharacter: 0, endLine: endLine + 1, endCharacter: 0 }
    : { startLine, startCharacter: 0, endLine, endCharacter: (lines[endLine] ?? '').length };

/** Whether a line ends with the backslash that continues a command. */
const isContinued = (line: string): boolean => line.trimEnd().endsWith('\\');

/** A line without that backslash. */
const withoutContinuation = (line: string): string => line.trimEnd().slice(0, -1).trimEnd();

/** The range that goes with a word: its line if it is alone there, and the backslash before it if it is the last one. */
function wordRange(source: EditableText, whole: TextRange): TextRange {
  const { startLine, startCharacter, endLine, endCharacter } = whole;
  const before = (source.lines[startLine] ?? '').slice(0, startCharacter);
  const after = (source.lines[endLine] ?? '').slice(endCharacter);
  const above = source.lines[startLine - 1];
  if (before.trim() === '' && ['', '\\'].includes(after.trim())) {
    if (isContinued(after) || above === undefined || !isContinued(above)) return wholeLines(source, whole);
    return {
      startLine: startLine - 1,
      startCharacter: withoutContinuation(above).length,
      endLine,
      endCharacter: (source.lines[endLine] ?? '').length,
    };
  }
  const blanks = before.length - before.trimEnd().length;
  if (before.trim() !== '') return { ...whole, startCharacter: startCharacter - blanks };
  return { ...whole, endCharacter: endCharacter + after.length - after.trimStart().length };
}

/** The range of an item in braces and one of its commas. */
function itemRange({ text, offsetAt, rangeAt }: EditableText, whole: TextRange): TextRange {
  const from = offsetAt(whole.startLine, whole.startCharacter);
  const to = offsetAt(whole.endLine, whole.endCharacter);
  const next = /^\s*,\s*/.exec(text.slice(to));
  if (next) return rangeAt(from, to + next[0].length);
  const before = /,\s*$/.exec(text.slice(0, from));
  return rangeAt(before ? from - before[0].length : from, to);
}

/** The range of a statement with its line, its comment, or the separator after it; undefined if others depend on it. */
function statementRange(source: EditableText, range: TextRange): TextRange | undefined {
  const before = (source.lines[range.startLine] ?? '').slice(0, range.startCharacter);
  const after = (source.lines[range.endLine] ?? '').slice(range.endCharacter);
  const separator = /^\s*(?:;(?!;)|&&)\s*/.exec(after);
  if (separator) return { ...range, endCharacter: range.endCharacter + separator[0].length };
  return before.trim() === '' && /^\s*(?:#.*)?$/.test(after) ? wholeLines(source, range) : undefined;
}

/** The edit that removes an entry; undefined if that would break the rest. */
export function removeEntry(
  source: EditableText,
  { style, entryRange, onlyEntryOf }: EntryLocation,
): TextEdit | undefined {
  if (style === 'word') return { range: wordRange(source, entryRange), text: '' };
  if (style === 'flow') return { range: itemRange(source, entryRange), text: '' };
  if (style === 'statement') {
    const range = statementRange(source, entryRange);
    return range && { range, text: '' };
  }
  // A mapping without entries would be read as null.
  if (onlyEntryOf) return { range: entryRange, text: '{}' };
  if ((source.lines[entryRange.startLine] ?? '').slice(0, entryRange.startCharacter).trim() !== '') return undefined;
  return { range: wholeLines(source, entryRange), text: '' };
}

/** The name of a written key without its quotes, and the quotes. */
export function splitKeyQuotes(source: EditableText, { keyRange }: EntryLocation): { name: string; quote: string } {
  const [, quote = '', name = ''] = /^(\\?["']|)(.*?)\1$/s.exec(textAt(source, keyRange)) ?? [];
  return { name, quote };
}

/** The edit that renames a key; undefined if only its last part is written here, as in nested YAML. */
export function renameKey(source: EditableText, entry: EntryLocation, raw: string, to: string): TextEdit | undefined {
  const { name, quote } = splitKeyQuotes(source, entry);
  return name === raw ? { range: entry.keyRange, text: `${quote}${to}${quote}` } : undefined;
}
