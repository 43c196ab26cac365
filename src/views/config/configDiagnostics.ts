/** Findings of the config in use and of configs that are open, on the lines that cause them. */
import * as vscode from 'vscode';
import { configFindings } from '../../config/findings';
import { kindByName } from '../../config/configFormat';
import { readConfig } from '../../config/readConfig';
import { looksLikeConfig } from '../../config/findConfigs';
import type { ConfigFinding, RunConfig, TextRange } from '../../config/types';
import type { Configs } from './configs';

export const findingsSource = 'SkyRL Metrics';

/** Keystrokes come faster than anybody reads findings. */
const settleMs = 300;

const severities = {
  info: vscode.DiagnosticSeverity.Information,
  warning: vscode.DiagnosticSeverity.Warning,
  error: vscode.DiagnosticSeverity.Error,
} as const;

export const toRange = (range: TextRange): vscode.Range =>
  new vscode.Range(range.startLine, range.startCharacter, range.endLine, range.endCharacter);

/** A config's text with all that is to be said of it: from reading it, and from what it means for metrics. */
export async function readFindings(
  uri: vscode.Uri,
  text: string,
): Promise<{ config: RunConfig | undefined; findings: ConfigFinding[] }> {
  const { config, findings } = await readConfig(text, { file: uri.fsPath, environment: process.env });
  return { config, findings: config ? [...findings, ...configFindings(config, process.env)] : findings };
}

function diagnosticOf({ id, severity, message, range }: ConfigFinding): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(range), message, severities[severity]);
  diagnostic.source = findingsSource;
  diagnostic.code = id;
  return diagnostic;
}

export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('skyrl');
  private readonly settling = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];
  private shown: vscode.Uri | undefined;

  constructor(private readonly configs: Configs) {
    const opened = (document: vscode.TextDocument): void => this.settle(document);
    this.subscriptions = [
      this.collection,
      configs.onDidChange(() => this.showInUse()),
      vscode.workspace.onDidOpenTextDocument(opened),
      vscode.workspace.onDidChangeTextDocument(({ document }) => opened(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.forget(uri);
        if (!this.isInUse(uri)) this.collection.delete(uri);
      }),
    ];
    for (const document of vscode.workspace.textDocuments) opened(document);
  }

  dispose(): void {
    for (const timer of this.settling.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private isInUse(uri: vscode.Uri): boolean {
    return uri.toString() === this.configs.inUse?.uri.toString();
  }

  private showInUse(): void {
    const { inUse } = this.configs;
    const before = this.shown;
    this.shown = inUse?.uri;
    if (before && before.toString() !== inUse?.uri.toString()) {
      this.collection.delete(before);
      const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === before.toString());
      if (open) this.settle(open);
    }
    if (inUse) this.collection.set(inUse.uri, inUse.findings.map(diagnosticOf));
  }

  private forget(uri: vscode.Uri): void {
    clearTimeout(this.settling.get(uri.toString()));
    this.settling.delete(uri.toString());
  }

  private settle(document: vscode.TextDocument): void {
    const { uri } = document;
    if (uri.scheme !== 'file' || kindByName(uri.fsPath) === undefined || this.isInUse(uri)) return;
    this.forget(uri);
    this.settling.set(
      uri.toString(),
      setTimeout(() => {
        this.forget(uri);
        void this.showOpen(document);
      }, settleMs),
    );
  }

  /** A file that is no config, or cannot be read as one, is not ours to speak of. */
  private async showOpen(document: vscode.TextDocument): Promise<void> {
    const text = document.getText();
    const { config, findings } = looksLikeConfig(Buffer.from(text), document.uri.fsPath)
      ? await readFindings(document.uri, text)
      : { config: undefined, findings: [] };
    if (document.isClosed || this.isInUse(document.uri)) return;
    this.collection.set(document.uri, config ? findings.map(diagnosticOf) : []);
  }
}
