/** Findings of the config in use, on the lines that cause them. */
import * as vscode from 'vscode';
import type { ConfigInUse } from './configs';

const severities = {
  info: vscode.DiagnosticSeverity.Information,
  warning: vscode.DiagnosticSeverity.Warning,
  error: vscode.DiagnosticSeverity.Error,
} as const;

export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('skyrl');

  show(inUse: ConfigInUse | undefined): void {
    this.collection.clear();
    if (!inUse) return;
    const diagnostics = inUse.findings.map(({ id, severity, message, range }) => {
      const place = new vscode.Range(range.startLine, range.startCharacter, range.endLine, range.endCharacter);
      const diagnostic = new vscode.Diagnostic(place, message, severities[severity]);
      diagnostic.source = 'SkyRL Metrics';
      diagnostic.code = id;
      return diagnostic;
    });
    this.collection.set(inUse.uri, diagnostics);
  }

  dispose(): void {
    this.collection.dispose();
  }
}
