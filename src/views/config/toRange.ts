/** Ranges of config findings as VS Code has them. */
import * as vscode from 'vscode';
import type { TextRange } from '../../config/types';

/** The same range; both count lines and characters from 0. */
export const toRange = (range: TextRange): vscode.Range =>
  new vscode.Range(range.startLine, range.startCharacter, range.endLine, range.endCharacter);
