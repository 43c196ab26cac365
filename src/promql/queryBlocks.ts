/** A scratchpad's queries: blocks of lines, one query each, parted by blank lines. */
import { scanQuery } from './scanQuery';

export interface QueryBlock {
  /** First and last line, from 0; comments at its head are in it. */
  startLine: number;
  endLine: number;
  /** The first line that is no comment: where the query begins. */
  queryLine: number;
  /** Offset of the block's text in the document's. */
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
    const end = text.indexOf('\n', offset);
    const to = end < 0 ? text.length : end;
    lines.push({ offset, text: text.slice(offset, to).replace(/\r$/, '') });
    offset = to + 1;
  }
  return lines;
}

/** Every block that holds a query; one of comments alone is text for people. */
export function blocksOf(text: string): QueryBlock[] {
  const lines = linesOf(text);
  const blocks: QueryBlock[] = [];
  let start: number | undefined;
  const finish = (end: number): void => {
    if (start === undefined) return;
    const block = blockOf(text, lines, start, end);
    if (block) blocks.push(block);
    start = undefined;
  };
  lines.forEach((line, index) => {
    if (line.text.trim() === '') finish(index - 1);
    else start ??= index;
  });
  finish(lines.length - 1);
  return blocks;
}

function blockOf(text: string, lines: readonly Line[], startLine: number, endLine: number): QueryBlock | undefined {
  const [first, last] = [lines[startLine], lines[endLine]];
  if (!first || !last) return undefined;
  const own = text.slice(first.offset, last.offset + last.text.length);
  const query = scanQuery(own).find(
    (piece) => piece.kind !== 'comment' && own.slice(piece.from, piece.to).trim() !== '',
  );
  if (!query) return undefined;
  const from = query.from + own.slice(query.from, query.to).search(/\S/);
  return {
    startLine,
    endLine,
    queryLine: startLine + own.slice(0, from).split('\n').length - 1,
    offset: first.offset,
    text: own,
  };
}

/** The block at a line, or, between blocks, the one before; the first one where none is before. */
export function blockAt(blocks: readonly QueryBlock[], line: number): QueryBlock | undefined {
  return blocks.findLast(({ startLine }) => startLine <= line) ?? blocks[0];
}

/** The query without its comments, in one line where it stood in several: for lists and for a command line. */
export function bareQuery(text: string): string {
  let query = '';
  for (const { kind, from, to } of scanQuery(text)) {
    const piece =
      kind === 'comment' ? '' : kind === 'string' ? text.slice(from, to) : text.slice(from, to).replace(/\s+/g, ' ');
    query += query === '' || query.endsWith(' ') ? piece.replace(/^ /, '') : piece;
  }
  return query.trimEnd();
}
