/**
 * Problems in queries while a person types: by our own grammar at once, by the server's parser after a pause, and hints
 * with quick fixes.
 */
import * as vscode from 'vscode';
import { variableProblems, type Problem } from '../../promql/problems';
import { blocksOf, type QueryBlock } from '../../promql/queryBlocks';
import { substitute } from '../../promql/variables';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { rangeInBlock } from './blockPosition';
import { HintDiagnostic } from './hintDiagnostic';
import { loadLanguage } from './loadLanguage';
import { promqlLanguageId } from './promqlLanguageId';
import { noServerMetrics, type PromqlNames } from './promqlNames';
import type { FinishedQuery, Scratchpads } from './scratchpads';
import { serverProblem } from './serverProblem';
import { ServerVerdicts } from './serverVerdicts';

/** The server is asked when no keystroke came for this long: half a word is not a mistake yet. */
const debounceMs = 400;

/** What queries are checked with. */
export interface PromqlDiagnosticsDeps {
  prometheus: PrometheusConnection;
  names: PromqlNames;
  pads: Scratchpads;
  log: vscode.LogOutputChannel;
}

/** Checks open scratchpads and shows what it finds. */
export class PromqlDiagnostics implements vscode.Disposable, vscode.CodeActionProvider {
  private readonly collection = vscode.languages.createDiagnosticCollection(promqlLanguageId);
  /** By the document's Uri. */
  private readonly pendingChecks = new Map<string, { timer: NodeJS.Timeout; abort: AbortController }>();
  private readonly verdicts: ServerVerdicts;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly deps: PromqlDiagnosticsDeps) {
    const { prometheus, pads } = deps;
    this.verdicts = new ServerVerdicts(prometheus);
    this.subscriptions = [
      this.collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.scheduleCheck(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.scheduleCheck(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      prometheus.onDidChange(() => {
        this.verdicts.clear();
        this.checkAll();
      }),
      pads.onDidEnd((finished) => this.learnVerdict(finished)),
      vscode.languages.registerCodeActionsProvider(promqlLanguageId, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ];
    this.checkAll();
  }

  /** For VS Code. */
  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics.flatMap((diagnostic) =>
      diagnostic instanceof HintDiagnostic ? (diagnostic.action(document) ?? []) : [],
    );
  }

  dispose(): void {
    for (const key of [...this.pendingChecks.keys()]) this.cancelCheck(key);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private checkAll(): void {
    for (const document of vscode.workspace.textDocuments) this.scheduleCheck(document);
  }

  private scheduleCheck(document: vscode.TextDocument): void {
    if (document.languageId !== promqlLanguageId) return;
    const key = document.uri.toString();
    this.cancelCheck(key);
    const abort = new AbortController();
    const { signal } = abort;
    const logFailure = (error: unknown): void => {
      if (!signal.aborted) this.deps.log.error(`checking ${document.uri.path}: ${String(error)}`);
    };
    const timer = setTimeout(() => void this.askServer(document, signal).catch(logFailure), debounceMs);
    this.pendingChecks.set(key, { timer, abort });
    void this.show(document, signal).catch(logFailure);
  }

  private cancelCheck(key: string): void {
    const pending = this.pendingChecks.get(key);
    if (!pending) return;
    clearTimeout(pending.timer);
    pending.abort.abort();
    this.pendingChecks.delete(key);
  }

  private forget({ uri }: vscode.TextDocument): void {
    this.cancelCheck(uri.toString());
    this.collection.delete(uri);
  }

  /** Running a query tells what the server thinks of it. */
  private learnVerdict(finished: FinishedQuery): void {
    if (this.verdicts.learn(finished.executedQuery.sentQuery, finished)) this.scheduleCheck(finished.pad);
  }

  /** Asks the server about every block, then shows its verdicts and the hints that need its names. */
  private async askServer(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
    if (!this.deps.prometheus.clientIfAny) return;
    const context = await this.deps.pads.loadVariables(document.uri);
    const sentQueries = blocksOf(document.getText()).map(({ text }) => substitute(text, context).text);
    if (await this.verdicts.ask(sentQueries, signal)) await this.show(document, signal, { withHints: true });
  }

  private async show(
    document: vscode.TextDocument,
    signal: AbortSignal,
    { withHints } = { withHints: false },
  ): Promise<void> {
    const { version } = document;
    const { checkSyntax, hints } = await loadLanguage();
    const serverMetrics = withHints ? await this.deps.names.serverMetrics() : noServerMetrics;
    if (signal.aborted || document.isClosed || document.version !== version) return;
    const diagnostics = blocksOf(document.getText()).flatMap((block) => {
      const { problems, source } = this.problemsOf(document, block, checkSyntax);
      return problems.length > 0
        ? problems.map((problem) => problemDiagnostic(document, block, problem, source))
        : hints(block.text, serverMetrics).map((hint) => new HintDiagnostic(document, block, hint));
    });
    this.collection.set(document.uri, diagnostics);
  }

  /** Unknown variables, else the server's verdict, else our own grammar's. */
  private problemsOf(
    { uri }: vscode.TextDocument,
    block: QueryBlock,
    checkSyntax: (text: string) => Problem[],
  ): { problems: Problem[]; source: string } {
    const substitution = substitute(block.text, this.deps.pads.currentVariables(uri));
    const verdict = this.verdicts.get(substitution.text);
    const source = verdict ? 'Prometheus' : 'PromQL';
    const unknownVariables = variableProblems(block.text);
    if (unknownVariables.length > 0) return { problems: unknownVariables, source };
    if (verdict === 'valid') return { problems: [], source };
    return { problems: verdict ? [serverProblem(verdict, block, substitution)] : checkSyntax(block.text), source };
  }
}

function problemDiagnostic(
  document: vscode.TextDocument,
  { offset }: QueryBlock,
  problem: Problem,
  source: string,
): vscode.Diagnostic {
  const range = rangeInBlock(document, offset, problem);
  const diagnostic = new vscode.Diagnostic(range, problem.message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = source;
  return diagnostic;
}
