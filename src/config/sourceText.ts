/** A text with values in it, and how its offsets relate to the file: a whole file, a word of a script, a JSON text in a variable. */
import { rangeBetween } from './ranges';
import { isWhole, noteOf, placeOf, textOf, type Note, type Piece, type Traced } from './mappedText';
import type { TextRange } from './types';

export type Place = (from: number, to: number) => TextRange;

/** A script, and the place of its offsets in the file. */
export interface ScriptText {
  text: string;
  place: Place;
}

export interface Source {
  text: string;
  /** Offsets of `text` → the range in the file. */
  place: Place;
  /** What is to be said of the text between two offsets. */
  note?: (from: number, to: number) => Note | undefined;
  /** Whether the range of these offsets is theirs alone; always, where this is left out. */
  whole?: (from: number, to: number) => boolean;
  /** The text between two offsets as it is written in the file. */
  raw?: (from: number, to: number) => string;
}

export function fileSource(text: string, starts: readonly number[]): Source {
  return { text, place: (from, to) => rangeBetween(starts, from, to) };
}

/** A script with the line ends that the shell knows; those of Windows are an editor's, not the run's. */
export function plainLines(text: string, place: Place): ScriptText {
  if (!text.includes('\r')) return { text, place };
  const pieces: Piece[] = [];
  let at = 0;
  for (const { index, 0: end } of text.matchAll(/\r\n?/g)) {
    pieces.push(
      { text: text.slice(at, index), from: at, to: index, exact: true },
      { text: '\n', from: index, to: index + end.length, exact: false },
    );
    at = index + end.length;
  }
  pieces.push({ text: text.slice(at), from: at, to: text.length, exact: true });
  return { text: textOf(pieces), place: (from, to) => place(...placeOf(pieces, from, to)) };
}

/** A text made by the shell; `script` is the script it comes from. */
export function tracedSource(traced: Traced, script: ScriptText): Source {
  return {
    text: textOf(traced),
    place: (from, to) => script.place(...placeOf(traced, from, to)),
    whole: (from, to) => isWhole(traced, from, to),
    note: (from, to) => noteOf(traced, from, to),
    raw: (from, to) => script.text.slice(...placeOf(traced, from, to)),
  };
}
