/** Flags that did not engage, shown in Problems on the config's lines that ask for them. */
import * as vscode from 'vscode';
import type { ConfigDrift } from '../../generation/configDrift';
import { diagnosticSource } from './configDiagnostics';
import { toRange } from './toRange';

/** The part of Problems that compares the engines with the config. */
export class ConfigDriftDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('skyrl-flags');

  /** Replaces what is shown. `config` is the file that the ranges are of. */
  show(config: vscode.Uri | undefined, drifts: readonly ConfigDrift[]): void {
    this.collection.clear();
    if (config) this.collection.set(config, drifts.map(toDiagnostic));
  }

  dispose(): void {
    this.collection.dispose();
  }
}

function toDiagnostic({ message, configValue: { range } }: ConfigDrift): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(range), message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = diagnosticSource;
  diagnostic.code = 'flag-did-not-engage';
  return diagnostic;
}
