/** Converts offsets in a text to ranges as VS Code counts them. */
import type { TextRange } from './types';

/** Offsets at which the lines of `text` begin; `\n`, `\r\n` and a lone `\r` end a line, as in an editor. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\n|\r/g)) starts.push(end.index + end[0].length);
  return starts;
}

function position(starts: readonly number[], offset: number): [line: number, character: number] {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return [low, Math.max(0, offset - (starts[low] ?? 0))];
}

/** The range from offset `from` to offset `to` (exclusive), by the lines of `lineStarts`. */
export function rangeBetween(starts: readonly number[], from: number, to: number): TextRange {
  const [startLine, startCharacter] = position(starts, from);
  const [endLine, endCharacter] = position(starts, Math.max(from, to));
  return { startLine, startCharacter, endLine, endCharacter };
}

/** The start of a file, for findings about the file as a whole. */
export const fileStart: TextRange = { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 0 };

/** `line 12`: a range's first line, counted from one. */
export function formatLine(range: TextRange): string {
  return `line ${range.startLine + 1}`;
}

/** Whether two ranges are the same stretch of a text. */
export const isSameRange = (one: TextRange, other: TextRange): boolean =>
  one.startLine === other.startLine &&
  one.startCharacter === other.startCharacter &&
  one.endLine === other.endLine &&
  one.endCharacter === other.endCharacter;
