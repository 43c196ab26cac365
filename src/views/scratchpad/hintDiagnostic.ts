/** Advice on a query as a diagnostic that brings its quick fix. */
import * as vscode from 'vscode';
import type { Hint } from '../../promql/hint';
import type { QueryBlock } from '../../promql/queryBlocks';
import { rangeInBlock } from './blockPosition';

const severities: Record<Hint['severity'], vscode.DiagnosticSeverity> = {
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** A hint at its place in the document. */
export class HintDiagnostic extends vscode.Diagnostic {
  private readonly fix: Hint['fix'];
  /** Edits are offsets from here. */
  private readonly blockOffset: number;

  constructor(document: vscode.TextDocument, { offset }: QueryBlock, hint: Hint) {
    super(rangeInBlock(document, offset, hint), hint.message, severities[hint.severity]);
    this.source = 'PromQL';
    this.fix = hint.fix;
    this.blockOffset = offset;
  }

  /** The quick fix; undefined if the hint has none. */
  action(document: vscode.TextDocument): vscode.CodeAction | undefined {
    if (!this.fix) return undefined;
    const action = new vscode.CodeAction(this.fix.title, vscode.CodeActionKind.QuickFix);
    action.edit = new vscode.WorkspaceEdit();
    for (const edit of this.fix.edits)
      action.edit.replace(document.uri, rangeInBlock(document, this.blockOffset, edit), edit.text);
    action.diagnostics = [this];
    action.isPreferred = true;
    return action;
  }
}
