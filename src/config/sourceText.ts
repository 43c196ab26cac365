/** Texts that hold values, with the mapping of their offsets to the file: a whole file, a word of a script, JSON in a variable. */
import { rangeBetween } from './ranges';
import { isEditable, noteOf, offsetsOf, joinSpans, type Note, type TextSpan, type MappedText } from './mappedText';
import type { TextRange } from './types';

/** The range in the file for two offsets. */
export type RangeLookup = (from: number, to: number) => TextRange;

/** A script, and the ranges of its offsets in the file. */
export interface ScriptText {
  text: string;
  rangeAt: RangeLookup;
}

/** A text that is parsed for values. */
export interface SourceText {
  text: string;
  /** The range in the file for two offsets of `text`. */
  rangeAt: RangeLookup;
  /** The note on the text between two offsets. */
  noteAt?: (from: number, to: number) => Note | undefined;
  /** Whether an edit of the range of these offsets changes nothing else; true if this is left out. */
  isEditable?: (from: number, to: number) => boolean;
  /** The text between two offsets as the file writes it. */
  rawTextAt?: (from: number, to: number) => string;
}

/** A whole file as a source text; `starts` are its line starts. */
export function createFileSourceText(text: string, starts: readonly number[]): SourceText {
  return { text, rangeAt: (from, to) => rangeBetween(starts, from, to) };
}

/** A script with `\n` line ends, which is what the shell sees of a script that was edited on Windows. */
export function normalizeLineEnds(text: string, rangeAt: RangeLookup): ScriptText {
  if (!text.includes('\r')) return { text, rangeAt };
  const spans: TextSpan[] = [];
  let at = 0;
  for (const { index, 0: end } of text.matchAll(/\r\n?/g)) {
    spans.push(
      { text: text.slice(at, index), from: at, to: index, exact: true },
      { text: '\n', from: index, to: index + end.length, exact: false },
    );
    at = index + end.length;
  }
  spans.push({ text: text.slice(at), from: at, to: text.length, exact: true });
  return { text: joinSpans(spans), rangeAt: (from, to) => rangeAt(...offsetsOf(spans, from, to)) };
}

/** A text that the shell's expansion made out of `script`. */
export function createMappedSourceText(mapped: MappedText, script: ScriptText): SourceText {
  return {
    text: joinSpans(mapped),
    rangeAt: (from, to) => script.rangeAt(...offsetsOf(mapped, from, to)),
    isEditable: (from, to) => isEditable(mapped, from, to),
    noteAt: (from, to) => noteOf(mapped, from, to),
    rawTextAt: (from, to) => script.text.slice(...offsetsOf(mapped, from, to)),
  };
}
