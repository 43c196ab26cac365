/** Texts that hold values, with the mapping of their offsets to the file: a whole file, a word of a script, JSON in a variable. */
import { isEditable, noteOf, offsetsOf, rawText, sliceText, type MappedText, type Note } from './mappedText';
import { lineStarts, rangeBetween } from './ranges';
import type { TextRange } from './types';

/** The range in the file for two offsets. */
export type RangeLookup = (from: number, to: number) => TextRange;

/** The file that offsets refer to. */
export interface FileText {
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

/**
 * A file, with the ranges of its offsets. A range never leaves the file: the shell's parser places the end of what a
 * script does not close behind the script's.
 */
export function createFileText(text: string): FileText {
  const starts = lineStarts(text);
  const within = (offset: number): number => Math.min(offset, text.length);
  return { text, rangeAt: (from, to) => rangeBetween(starts, within(from), within(to)) };
}

/**
 * A script with `\n` line ends, which is what the shell sees of a script that was edited on Windows. Lines and
 * characters stay the same, so that its ranges are those of the file.
 */
export const normalizeLineEnds = (text: string): string => text.replace(/\r\n?/g, '\n');

/** A text that was made out of texts of the file, such as by the shell's expansion. */
export function createMappedSourceText(mapped: MappedText, file: FileText): SourceText {
  return {
    text: mapped.text,
    rangeAt: (from, to) => file.rangeAt(...offsetsOf(mapped, from, to)),
    isEditable: (from, to) => isEditable(mapped, from, to),
    noteAt: (from, to) => noteOf(mapped, from, to),
    rawTextAt: (from, to) => rawText(sliceText(mapped, from, to), file.text),
  };
}
