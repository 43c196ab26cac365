/** The read-only documents beside scratchpads: one each, which stays its own when an untitled pad is saved. */
import * as vscode from 'vscode';
import { resultText, type ExecutedQuery, type Outcome } from '../../promql/result';

export const resultScheme = 'skyrl-result';

export interface QueryResult {
  executedQuery: ExecutedQuery;
  outcome: Outcome;
}

/** What is kept of a pad between its closing and the opening of the file it was saved to. */
const adoptionTimeoutMs = 5_000;

export class ScratchpadResults implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly results = new Map<string, QueryResult>();
  /** Pad → its result document. */
  private readonly uris = new Map<string, vscode.Uri>();
  private readonly orphans: { text: string; uri: vscode.Uri; at: number; pad: string }[] = [];
  private readonly subscriptions: vscode.Disposable[];
  private count = 0;

  readonly onDidChange = this.changed.event;

  constructor(private readonly now: () => number) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(resultScheme, this),
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.adopt(document);
        this.refreshDocument(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.onDocumentClosed(document)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => closed.forEach(({ input }) => this.onTabClosed(input))),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const result = this.results.get(uri.toString());
    return result
      ? resultText(result.executedQuery, result.outcome)
      : 'This result is no longer kept: run the query again.\n';
  }

  /** The result document of a pad; it is there, empty or not, from the first time it is asked for. */
  uriOf(pad: vscode.TextDocument): vscode.Uri {
    const key = pad.uri.toString();
    let uri = this.uris.get(key);
    if (!uri) {
      this.count += 1;
      const name =
        pad.uri.path
          .split('/')
          .at(-1)
          ?.replace(/\.promql$/, '') ?? 'query';
      uri = vscode.Uri.from({ scheme: resultScheme, path: `/${name}.promql-result`, query: String(this.count) });
      this.uris.set(key, uri);
    }
    return uri;
  }

  get(uri: vscode.Uri): QueryResult | undefined {
    return this.results.get(uri.toString());
  }

  set(uri: vscode.Uri, result: QueryResult): void {
    this.results.set(uri.toString(), result);
    this.changed.fire(uri);
  }

  /** The pad that a result document belongs to. */
  padOf(result: vscode.Uri): vscode.Uri | undefined {
    const found = [...this.uris].find(([, uri]) => uri.toString() === result.toString());
    return found && vscode.Uri.parse(found[0]);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** VS Code drops what changes while a document is being opened. */
  private refreshDocument({ uri, getText }: vscode.TextDocument): void {
    if (uri.scheme === resultScheme && getText() !== this.provideTextDocumentContent(uri)) this.changed.fire(uri);
  }

  /** Answers are large: what nobody looks at any more goes. */
  private onTabClosed(input: unknown): void {
    if (input instanceof vscode.TabInputText && input.uri.scheme === resultScheme)
      this.results.delete(input.uri.toString());
  }

  /** Saving an untitled pad opens a file with its text and closes the pad, in either order. */
  private adopt(document: vscode.TextDocument): void {
    if (document.languageId !== 'promql' || document.isUntitled || this.uris.has(document.uri.toString())) return;
    const text = document.getText();
    const closed = this.orphans.find((orphan) => orphan.text === text && this.now() - orphan.at < adoptionTimeoutMs);
    const open = vscode.workspace.textDocuments.find(
      (other) =>
        other.isUntitled &&
        other.languageId === 'promql' &&
        other.getText() === text &&
        this.uris.has(other.uri.toString()),
    );
    const [uri, from] = closed
      ? [closed.uri, closed.pad]
      : open
        ? [this.uris.get(open.uri.toString()), open.uri.toString()]
        : [];
    if (!uri || from === undefined) return;
    this.uris.delete(from);
    this.uris.set(document.uri.toString(), uri);
  }

  private onDocumentClosed(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const uri = this.uris.get(key);
    if (!uri || !document.isUntitled) return;
    this.orphans.splice(
      0,
      this.orphans.length,
      ...this.orphans.filter(({ at }) => this.now() - at < adoptionTimeoutMs),
      {
        text: document.getText(),
        uri,
        at: this.now(),
        pad: key,
      },
    );
  }
}
