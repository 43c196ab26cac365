/** Findings of the config in use and of open configs, shown in Problems on the lines that cause them. */
import * as vscode from 'vscode';
import { configFormatByName } from '../../config/configFormat';
import { looksLikeConfig } from '../../config/findConfigs';
import { configFindings } from '../../config/findings';
import type { ConfigFinding, RunConfig } from '../../config/types';
import { readConfigText } from '../shared/configReading';
import type { Configs } from './configs';
import { readProjectRelease } from './projectRelease';
import { toRange } from './toRange';

/** The `source` of the extension's diagnostics, by which quick fixes find them. */
export const diagnosticSource = 'SkyRL Metrics';

/** An edited document is read when no keystroke came for this long. */
const debounceMs = 300;

const severities = {
  info: vscode.DiagnosticSeverity.Information,
  warning: vscode.DiagnosticSeverity.Warning,
  error: vscode.DiagnosticSeverity.Error,
} as const;

/** Reads a config's text; the findings are from reading it and from what it means for metrics. */
export async function readFindings(
  uri: vscode.Uri,
  text: string,
): Promise<{ config: RunConfig | undefined; findings: ConfigFinding[] }> {
  const { config, findings } = await readConfigText(text, { file: uri.fsPath, environment: process.env });
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

/** Keeps Problems in step with the config in use and with open documents. */
export class ConfigDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('skyrl');
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];
  private shownUri: vscode.Uri | undefined;

  constructor(private readonly configs: Configs) {
    this.subscriptions = [
      this.collection,
      configs.onDidChange(() => this.showActive()),
      vscode.workspace.onDidOpenTextDocument((document) => this.scheduleCheck(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.scheduleCheck(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.cancelCheck(uri);
        if (!this.isActive(uri)) this.collection.delete(uri);
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.scheduleCheck(document);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private isActive(uri: vscode.Uri): boolean {
    return uri.toString() === this.configs.activeConfig?.uri.toString();
  }

  private showActive(): void {
    const { activeConfig } = this.configs;
    const previous = this.shownUri;
    this.shownUri = activeConfig?.uri;
    if (previous && previous.toString() !== activeConfig?.uri.toString()) {
      this.collection.delete(previous);
      const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === previous.toString());
      if (open) this.scheduleCheck(open);
    }
    if (activeConfig) this.collection.set(activeConfig.uri, activeConfig.findings.map(toDiagnostic));
  }

  private cancelCheck(uri: vscode.Uri): void {
    clearTimeout(this.timers.get(uri.toString()));
    this.timers.delete(uri.toString());
  }

  private scheduleCheck(document: vscode.TextDocument): void {
    const { uri } = document;
    if (uri.scheme !== 'file' || configFormatByName(uri.fsPath) === undefined || this.isActive(uri)) return;
    this.cancelCheck(uri);
    this.timers.set(
      uri.toString(),
      setTimeout(() => {
        this.cancelCheck(uri);
        void this.checkDocument(document);
      }, debounceMs),
    );
  }

  /** A document that is not a config, or cannot be read as one, gets no findings. */
  private async checkDocument(document: vscode.TextDocument): Promise<void> {
    const text = document.getText();
    const { config, findings } = looksLikeConfig(Buffer.from(text), document.uri.fsPath)
      ? await readFindings(document.uri, text)
      : { config: undefined, findings: [] };
    if (document.isClosed || this.isActive(document.uri)) return;
    this.collection.set(document.uri, config ? findings.map(toDiagnostic) : []);
  }
}
