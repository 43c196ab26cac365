/** Flags that did not engage, on the config's lines that ask for them. */
import * as vscode from 'vscode';
import type { ConfigDrift } from '../../generation/configDrift';

export class ConfigDriftDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('skyrl-flags');

  /** `config`: the file that the mismatches' ranges are of. */
  show(config: vscode.Uri | undefined, mismatches: readonly ConfigDrift[]): void {
    this.collection.clear();
    if (!config) return;
    this.collection.set(
      config,
      mismatches.map(({ message, configValue: { range } }) => {
        const place = new vscode.Range(range.startLine, range.startCharacter, range.endLine, range.endCharacter);
        const diagnostic = new vscode.Diagnostic(place, message, vscode.DiagnosticSeverity.Warning);
        diagnostic.source = 'SkyRL Metrics';
        diagnostic.code = 'flag-did-not-engage';
        return diagnostic;
      }),
    );
  }

  dispose(): void {
    this.collection.dispose();
  }
}
