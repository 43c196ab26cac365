/** What is wrong with queries, as one types: the own grammar at once, the server's parser after a pause, which has the last word; and advice with its edits. */
import * as vscode from 'vscode';
import { PrometheusError, type QueryPosition } from '../../prometheus/errors';
import { blocksOf, type QueryBlock } from '../../promql/queryBlocks';
import type { Hint } from '../../promql/hint';
import { hints } from '../../promql/hints';
import { variableProblems, type Problem } from '../../promql/problems';
import { substitute, type Substitution } from '../../promql/variables';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { loadLanguage } from './promqlFeatures';
import type { PromqlNames } from './promqlNames';
import { promqlLanguageId, type FinishedQuery, type Scratchpads } from './scratchpads';

/** Half a word is no mistake yet. */
const debounceMs = 400;
/** Answers of the server that are kept, by the text that was sent. */
const maxVerdicts = 300;

const severities: Record<Hint['severity'], vscode.DiagnosticSeverity> = {
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

class HintDiagnostic extends vscode.Diagnostic {
  fix: Hint['fix'];
  /** Of the block: edits are offsets from it. */
  blockOffset = 0;
}

/** The server counts columns in code points. */
export function offsetOf(text: string, { line, column }: QueryPosition): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(text.length, before + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length);
}

/** The word or sign at an offset. */
function spanAt(text: string, from: number): { from: number; to: number } {
  const word = /^(?:[\w:.]+|\S)/.exec(text.slice(from));
  if (word) return { from, to: from + word[0].length };
  const end = text.slice(0, from).trimEnd().length;
  return { from: Math.max(0, end - 1), to: Math.max(1, end) };
}

export class PromqlDiagnostics implements vscode.Disposable, vscode.CodeActionProvider {
  private readonly collection = vscode.languages.createDiagnosticCollection(promqlLanguageId);
  private readonly pendingChecks = new Map<string, { timer: NodeJS.Timeout; abort: AbortController }>();
  /** What the server said of a query: a problem in what was sent, or that it is well. */
  private readonly verdicts = new Map<string, PrometheusError | 'good'>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly prometheus: PrometheusConnection,
    private readonly names: PromqlNames,
    private readonly pads: Scratchpads,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscriptions = [
      this.collection,
      vscode.workspace.onDidOpenTextDocument((document) => this.scheduleCheck(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.scheduleCheck(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      prometheus.onDidChange(() => {
        this.verdicts.clear();
        this.checkAll();
      }),
      pads.onDidEnd((ended) => this.learnVerdict(ended)),
      vscode.languages.registerCodeActionsProvider(promqlLanguageId, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    ];
    this.checkAll();
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return diagnostics.flatMap((diagnostic) => {
      if (!(diagnostic instanceof HintDiagnostic) || !diagnostic.fix) return [];
      const action = new vscode.CodeAction(diagnostic.fix.title, vscode.CodeActionKind.QuickFix);
      action.edit = new vscode.WorkspaceEdit();
      for (const { from, to, text } of diagnostic.fix.edits)
        action.edit.replace(document.uri, this.rangeOf(document, diagnostic.blockOffset, { from, to }), text);
      action.diagnostics = [diagnostic];
      action.isPreferred = true;
      return [action];
    });
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
    const failed = (error: unknown): void => {
      if (!abort.signal.aborted) this.log.error(`checking ${document.uri.path}: ${String(error)}`);
    };
    const timer = setTimeout(() => void this.askServer(document, abort.signal).catch(failed), debounceMs);
    this.pendingChecks.set(key, { timer, abort });
    void this.show(document, abort.signal).catch(failed);
  }

  private cancelCheck(key: string): void {
    const waiting = this.pendingChecks.get(key);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    waiting.abort.abort();
    this.pendingChecks.delete(key);
  }

  private forget({ uri }: vscode.TextDocument): void {
    this.cancelCheck(uri.toString());
    this.collection.delete(uri);
  }

  /** A run has shown what the server thinks of a query. */
  private learnVerdict({ pad, executedQuery, error, answer }: FinishedQuery): void {
    if (answer) this.storeVerdict(executedQuery.sentQuery, 'good');
    else if (error?.kind === 'bad-query') this.storeVerdict(executedQuery.sentQuery, error);
    else return;
    this.scheduleCheck(pad);
  }

  private storeVerdict(sent: string, verdict: PrometheusError | 'good'): void {
    this.verdicts.set(sent, verdict);
    for (const oldest of this.verdicts.keys()) {
      if (this.verdicts.size <= maxVerdicts) break;
      this.verdicts.delete(oldest);
    }
  }

  /** Asks the server for its opinion of each block it has not seen, then shows all. */
  private async askServer(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
    const client = this.prometheus.clientIfAny;
    if (!client) return;
    const context = await this.pads.loadVariables(document.uri);
    for (const { text } of blocksOf(document.getText())) {
      const { text: sent } = substitute(text, context);
      if (this.verdicts.has(sent)) continue;
      if (signal.aborted) return;
      try {
        if ((await client.formatQuery(sent, signal)) === undefined) return;
        this.storeVerdict(sent, 'good');
      } catch (error) {
        // A server that is away says nothing about the query.
        if (!(error instanceof PrometheusError) || error.kind !== 'bad-query') return;
        this.storeVerdict(sent, error);
      }
    }
    await this.show(document, signal, true);
  }

  private async show(document: vscode.TextDocument, signal: AbortSignal, withHints = false): Promise<void> {
    const { version } = document;
    const { checkSyntax: diagnose } = await loadLanguage();
    const known = withHints ? await this.names.serverMetrics() : undefined;
    if (signal.aborted || document.isClosed || document.version !== version) return;
    const context = this.pads.currentVariables(document.uri);
    const found = blocksOf(document.getText()).flatMap((block) => {
      const substitution = substitute(block.text, context);
      const verdict = this.verdicts.get(substitution.text);
      const unknown = variableProblems(block.text);
      const problems =
        unknown.length > 0
          ? unknown
          : verdict === 'good'
            ? []
            : verdict
              ? [serverProblem(verdict, block, substitution)]
              : diagnose(block.text);
      const advice =
        problems.length > 0
          ? []
          : hints(block.text, known ?? { metrics: new Set(), metadata: new Map(), scrapeIntervalMs: undefined });
      return [
        ...problems.map((problem) =>
          this.problemDiagnostic(document, block, problem, verdict ? 'Prometheus' : 'PromQL'),
        ),
        ...advice.map((hint) => this.hintDiagnostic(document, block, hint)),
      ];
    });
    this.collection.set(document.uri, found);
  }

  private problemDiagnostic(
    document: vscode.TextDocument,
    { offset }: QueryBlock,
    problem: Problem,
    source: string,
  ): vscode.Diagnostic {
    const diagnostic = new vscode.Diagnostic(
      this.rangeOf(document, offset, problem),
      problem.message,
      vscode.DiagnosticSeverity.Error,
    );
    diagnostic.source = source;
    return diagnostic;
  }

  private hintDiagnostic(document: vscode.TextDocument, { offset }: QueryBlock, hint: Hint): vscode.Diagnostic {
    const diagnostic = new HintDiagnostic(
      this.rangeOf(document, offset, hint),
      hint.message,
      severities[hint.severity],
    );
    diagnostic.source = 'PromQL';
    diagnostic.fix = hint.fix;
    diagnostic.blockOffset = offset;
    return diagnostic;
  }

  private rangeOf(
    document: vscode.TextDocument,
    offset: number,
    { from, to }: { from: number; to: number },
  ): vscode.Range {
    return new vscode.Range(document.positionAt(offset + from), document.positionAt(offset + to));
  }
}

/** The server's complaint, where the text as typed has it. */
function serverProblem(
  { serverMessage, position }: PrometheusError,
  { text }: QueryBlock,
  { text: sent, originalOffset }: Substitution,
): Problem {
  const message = serverMessage.replace(/^parse error: /, '');
  if (!position) return { from: text.length - text.trimStart().length, to: text.length, message };
  const at = offsetOf(sent, position);
  return { ...spanAt(text, originalOffset(at)), message };
}
