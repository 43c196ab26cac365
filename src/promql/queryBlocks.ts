/** The queries of a scratchpad: blocks of lines, one query each, separated by blank lines. */
import { scanQuery } from './scanQuery';

/** A block of lines with one query. */
export interface QueryBlock {
  /** First and last line, counted from 0, including comments above the query. */
  startLine: number;
  endLine: number;
  /** Line on which the query itself begins, below the comments. */
  queryLine: number;
  /** Offset of the block's text in the document. */
  offset: number;
  text: string;
}

interface Line {
  offset: number;
  text: string;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let offset = 0; offset <= text.length;) {
    const newline = text.indexOf('\n', offset);
    const end = newline < 0 ? text.length : newline;
    lines.push({ offset, text: text.slice(offset, end).replace(/\r$/, '') });
    offset = end + 1;
  }
  return lines;
}

/** Every block with a query, in the order of the document. A block of comments alone is left out. */
export function blocksOf(text: string): QueryBlock[] {
  const lines = linesOf(text);
  const blocks: QueryBlock[] = [];
  let startLine: number | undefined;
  const endBlock = (endLine: number): void => {
    if (startLine === undefined) return;
    const block = blockOfLines(text, lines, startLine, endLine);
    if (block) blocks.push(block);
    startLine = undefined;
  };
  lines.forEach((line, index) => {
    if (line.text.trim() === '') endBlock(index - 1);
    else startLine ??= index;
  });
  endBlock(lines.length - 1);
  return blocks;
}

function blockOfLines(
  documentText: string,
  lines: readonly Line[],
  startLine: number,
  endLine: number,
): QueryBlock | undefined {
  const [first, last] = [lines[startLine], lines[endLine]];
  if (!first || !last) return undefined;
  const text = documentText.slice(first.offset, last.offset + last.text.length);
  const query = scanQuery(text).find(({ kind, from, to }) => kind !== 'comment' && text.slice(from, to).trim() !== '');
  if (!query) return undefined;
  const queryFrom = query.from + text.slice(query.from, query.to).search(/\S/);
  const queryLine = startLine + text.slice(0, queryFrom).split('\n').length - 1;
  return { startLine, endLine, queryLine, offset: first.offset, text };
}

/** The block at a line, or the one above it, or the first one. Undefined if there are no blocks. */
export function blockAt(blocks: readonly QueryBlock[], line: number): QueryBlock | undefined {
  return blocks.findLast(({ startLine }) => startLine <= line) ?? blocks[0];
}

/** The query without comments and, outside of strings, on one line: for lists and command lines. */
export function bareQuery(text: string): string {
  let query = '';
  for (const { kind, from, to } of scanQuery(text)) {
    if (kind === 'comment') continue;
    const span = kind === 'string' ? text.slice(from, to) : text.slice(from, to).replace(/\s+/g, ' ');
    query += query === '' || query.endsWith(' ') ? span.replace(/^ /, '') : span;
  }
  return query.trimEnd();
}
