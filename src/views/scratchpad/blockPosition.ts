/** Positions in a document as offsets in a query block. */
import * as vscode from 'vscode';
import { blocksOf, type QueryBlock } from '../../promql/queryBlocks';

/** A query block, and an offset in it. */
export interface BlockPosition {
  block: Pick<QueryBlock, 'offset' | 'text'>;
  /** Offset in the block's text. */
  at: number;
}

/** The block at a position; on a line without one, a block that begins there or below the comments above it. */
export function blockPosition(document: vscode.TextDocument, position: vscode.Position): BlockPosition {
  const block =
    blocksOf(document.getText()).find(
      ({ startLine, endLine }) => startLine <= position.line && position.line <= endLine,
    ) ?? emptyBlock(document, position.line);
  return { block, at: document.offsetAt(position) - block.offset };
}

/** Comments alone are no block, and a person may be about to type a query below them. */
function emptyBlock(document: vscode.TextDocument, line: number): BlockPosition['block'] {
  let startLine = line;
  while (startLine > 0 && isComment(document.lineAt(startLine - 1))) startLine -= 1;
  const offset = document.offsetAt(new vscode.Position(startLine, 0));
  return { offset, text: document.getText().slice(offset, document.offsetAt(document.lineAt(line).range.end)) };
}

const isComment = ({ text }: vscode.TextLine): boolean => text.trimStart().startsWith('#');

/** The range in the document of offsets in a block that begins at `blockOffset`. */
export const rangeInBlock = (
  document: vscode.TextDocument,
  blockOffset: number,
  { from, to }: { from: number; to: number },
): vscode.Range => new vscode.Range(document.positionAt(blockOffset + from), document.positionAt(blockOffset + to));
