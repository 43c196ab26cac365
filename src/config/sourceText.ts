/** A text with values in it, and how its offsets relate to the file: a whole file, a word of a script, a JSON text in a variable. */
import { rangeBetween } from './ranges';
import { isEditable, noteOf, offsetsOf, joinSpans, type Note, type TextSpan, type MappedText } from './mappedText';
import type { TextRange } from './types';

export type RangeLookup = (from: number, to: number) => TextRange;

/** A script, and the place of its offsets in the file. */
export interface ScriptText {
  text: string;
  rangeAt: RangeLookup;
}

export interface SourceText {
  text: string;
  /** Offsets of `text` → the range in the file. */
  rangeAt: RangeLookup;
  /** What is to be said of the text between two offsets. */
  noteAt?: (from: number, to: number) => Note | undefined;
  /** Whether the range of these offsets is theirs alone; always, where this is left out. */
  isEditable?: (from: number, to: number) => boolean;
  /** The text between two offsets as it is written in the file. */
  rawTextAt?: (from: number, to: number) => string;
}

export function createFileSourceText(text: string, starts: readonly number[]): SourceText {
  return { text, rangeAt: (from, to) => rangeBetween(starts, from, to) };
}

/** A script with the line ends that the shell knows; those of Windows are an editor's, not the run's. */
export function normalizeLineEnds(text: string, place: RangeLookup): ScriptText {
  if (!text.includes('\r')) return { text, rangeAt: place };
  const pieces: TextSpan[] = [];
  let at = 0;
  for (const { index, 0: end } of text.matchAll(/\r\n?/g)) {
    pieces.push(
      { text: text.slice(at, index), from: at, to: index, exact: true },
      { text: '\n', from: index, to: index + end.length, exact: false },
    );
    at = index + end.length;
  }
  pieces.push({ text: text.slice(at), from: at, to: text.length, exact: true });
  return { text: joinSpans(pieces), rangeAt: (from, to) => place(...offsetsOf(pieces, from, to)) };
}

/** A text made by the shell; `script` is the script it comes from. */
export function createMappedSourceText(traced: MappedText, script: ScriptText): SourceText {
  return {
    text: joinSpans(traced),
    rangeAt: (from, to) => script.rangeAt(...offsetsOf(traced, from, to)),
    isEditable: (from, to) => isEditable(traced, from, to),
    noteAt: (from, to) => noteOf(traced, from, to),
    rawTextAt: (from, to) => script.text.slice(...offsetsOf(traced, from, to)),
  };
}
