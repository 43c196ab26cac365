/** Findings of the config in use and of configs that are open, on the lines that cause them. */
import * as vscode from 'vscode';
import { configFindings } from '../../config/findings';
import { configFormatByName } from '../../config/configFormat';
import { readConfig } from '../../config/readConfig';
import { looksLikeConfig } from '../../config/findConfigs';
import type { ConfigFinding, RunConfig, TextRange } from '../../config/types';
import type { Configs } from './configs';
import { readProjectRelease } from './projectRelease';

export const diagnosticSource = 'SkyRL Metrics';

/** Keystrokes come faster than anybody reads findings. */
const debounceMs = 300;

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
  if (!config) return { config, findings };
  const release = await readProjectRelease(uri);
  return { config, findings: [...findings, ...configFindings(config, process.env, release?.release)] };
}

function toDiagnostic({ id, severity, message, range }: ConfigFinding): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(range), message, severities[severity]);
  diagnostic.source = diagnosticSource;
  diagnostic.code = id;
  return diagnostic;
}

export class ConfigDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('skyrl');
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];
  private shownUri: vscode.Uri | undefined;

  constructor(private readonly configs: Configs) {
    const opened = (document: vscode.TextDocument): void => this.scheduleCheck(document);
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
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private isInUse(uri: vscode.Uri): boolean {
    return uri.toString() === this.configs.activeConfig?.uri.toString();
  }

  private showInUse(): void {
    const { activeConfig } = this.configs;
    const before = this.shownUri;
    this.shownUri = activeConfig?.uri;
    if (before && before.toString() !== activeConfig?.uri.toString()) {
      this.collection.delete(before);
      const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === before.toString());
      if (open) this.scheduleCheck(open);
    }
    if (activeConfig) this.collection.set(activeConfig.uri, activeConfig.findings.map(toDiagnostic));
  }

  private forget(uri: vscode.Uri): void {
    clearTimeout(this.timers.get(uri.toString()));
    this.timers.delete(uri.toString());
  }

  private scheduleCheck(document: vscode.TextDocument): void {
    const { uri } = document;
    if (uri.scheme !== 'file' || configFormatByName(uri.fsPath) === undefined || this.isInUse(uri)) return;
    this.forget(uri);
    this.timers.set(
      uri.toString(),
      setTimeout(() => {
        this.forget(uri);
        void this.checkDocument(document);
      }, debounceMs),
    );
  }

  /** A file that is no config, or cannot be read as one, is not ours to speak of. */
  private async checkDocument(document: vscode.TextDocument): Promise<void> {
    const text = document.getText();
    const { config, findings } = looksLikeConfig(Buffer.from(text), document.uri.fsPath)
      ? await readFindings(document.uri, text)
      : { config: undefined, findings: [] };
    if (document.isClosed || this.isInUse(document.uri)) return;
    this.collection.set(document.uri, config ? findings.map(toDiagnostic) : []);
  }
}
