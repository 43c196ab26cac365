/** The server's error in a query, at its place in the text as typed. */
import type { PrometheusError, QueryPosition } from '../../prometheus/errors';
import type { Problem } from '../../promql/problems';
import type { QueryBlock } from '../../promql/queryBlocks';
import type { Substitution } from '../../promql/variables';

/** The offset of a position in a text; the server counts lines and columns from 1, and columns in code points. */
export function offsetOf(text: string, { line, column }: QueryPosition): number {
  const lines = text.split('\n');
  const lineOffset = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return Math.min(text.length, lineOffset + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length);
}

/** The word or sign at an offset; at the end of the text, its last character. */
function spanAt(text: string, from: number): { from: number; to: number } {
  const word = /^(?:[\w:.]+|\S)/.exec(text.slice(from));
  if (word) return { from, to: from + word[0].length };
  const end = text.slice(0, from).trimEnd().length;
  return { from: Math.max(0, end - 1), to: Math.max(1, end) };
}

/** An error without a position is of the whole block. */
export function serverProblem(
  { serverMessage, position }: PrometheusError,
  { text }: QueryBlock,
  { text: sentText, originalOffset }: Substitution,
): Problem {
  const message = serverMessage.replace(/^parse error: /, '');
  if (!position) return { from: text.length - text.trimStart().length, to: text.length, message };
  return { ...spanAt(text, originalOffset(offsetOf(sentText, position))), message };
}
