/** Quick fixes for the findings of a config. */
import * as vscode from 'vscode';
import { fixesFor } from '../../config/fixes';
import { diagnosticSource, readFindings } from './configDiagnostics';
import { toRange } from './toRange';

const fileSelector: vscode.DocumentSelector = { scheme: 'file' };

/** Fixes are computed from the present text, so that a finding that an edit has moved or removed has none. */
async function actionsFor(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): Promise<vscode.CodeAction[]> {
  const ours = diagnostics.filter(({ source }) => source === diagnosticSource);
  if (ours.length === 0) return [];
  const text = document.getText();
  const { config, findings } = await readFindings(document.uri, text);
  if (!config) return [];
  return ours.flatMap((diagnostic) => {
    const finding = findings.find(
      ({ id, range }) => id === diagnostic.code && toRange(range).isEqual(diagnostic.range),
    );
    return (finding ? fixesFor(finding, config, text) : []).map(({ title, edits }, index) => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.diagnostics = [diagnostic];
      action.isPreferred = index === 0;
      action.edit = new vscode.WorkspaceEdit();
      action.edit.set(
        document.uri,
        edits.map((edit) => vscode.TextEdit.replace(toRange(edit.range), edit.text)),
      );
      return action;
    });
  });
}

/** Registers the quick fixes for files of every language, since configs may be scripts. */
export function registerQuickFixes(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    fileSelector,
    {
      provideCodeActions: (document, _range, { diagnostics }) => actionsFor(document, diagnostics),
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}
