/**
 * The read-only result documents of scratchpads, one for each pad; an untitled pad that is saved keeps its document.
 */
import * as vscode from 'vscode';
import { resultText, type ExecutedQuery, type Outcome } from '../../promql/result';
import { runInSlices } from '../../shared/timeSlice';
import { promqlLanguageId } from './promqlLanguageId';
import { resultScheme } from './resultScheme';

/** A query and what came of it. */
export interface QueryResult {
  executedQuery: ExecutedQuery;
  outcome: Outcome;
}

/** An untitled pad that was closed. */
interface ClosedPad {
  uri: string;
  text: string;
  resultUri: vscode.Uri;
  /** Unix ms. */
  closedAt: number;
}

/** Saving an untitled pad closes it and opens the file within this time. */
const adoptionTimeoutMs = 5_000;

const extension = '.promql';

/** Keeps the newest result of each pad. */
export class ScratchpadResults implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  /** By the Uri of the result document. */
  private readonly results = new Map<string, QueryResult>();
  /** From the pad's Uri to that of its result document. */
  private readonly uris = new Map<string, vscode.Uri>();
  private closedPads: ClosedPad[] = [];
  private readonly subscriptions: vscode.Disposable[];
  private count = 0;

  readonly onDidChange = this.changed.event;

  /** `now`: Unix ms. */
  constructor(private readonly now: () => number) {
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(resultScheme, this),
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.adoptResult(document);
        void this.refreshDocument(document);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.handleClosedDocument(document)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) this.handleClosedTab(input);
      }),
    ];
  }

  /** The text of the newest result, for VS Code. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    for (;;) {
      const result = this.get(uri);
      if (!result) return 'This result is no longer kept. Run the query again.\n';
      const text = await runInSlices(resultText(result.executedQuery, result.outcome));
      if (this.get(uri) === result) return text;
    }
  }

  /** The result document of a pad; it exists from the first call on. */
  uriOf(pad: vscode.TextDocument): vscode.Uri {
    const key = pad.uri.toString();
    let uri = this.uris.get(key);
    if (!uri) {
      this.count += 1;
      const fileName = pad.uri.path.split('/').at(-1) ?? 'query';
      const name = fileName.endsWith(extension) ? fileName.slice(0, -extension.length) : fileName;
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
  padOf(resultUri: vscode.Uri): vscode.Uri | undefined {
    const entry = [...this.uris].find(([, uri]) => uri.toString() === resultUri.toString());
    return entry && vscode.Uri.parse(entry[0]);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** VS Code ignores changes while it opens a document. */
  private async refreshDocument(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    if (uri.scheme !== resultScheme) return;
    const text = await this.provideTextDocumentContent(uri);
    if (!document.isClosed && document.getText() !== text) this.changed.fire(uri);
  }

  /** Results are large, so those that no tab shows are dropped. */
  private handleClosedTab(input: unknown): void {
    if (input instanceof vscode.TabInputText && input.uri.scheme === resultScheme)
      this.results.delete(input.uri.toString());
  }

  /** Saving an untitled pad opens a file with the same text and closes the pad, in either order. */
  private adoptResult(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    if (document.languageId !== promqlLanguageId || document.isUntitled || this.uris.has(key)) return;
    const text = document.getText();
    const closed = this.closedPads.find((pad) => pad.text === text && this.isRecent(pad));
    const source = closed ?? this.findOpenPad(text);
    if (!source) return;
    this.uris.delete(source.uri);
    this.uris.set(key, source.resultUri);
  }

  private findOpenPad(text: string): Pick<ClosedPad, 'uri' | 'resultUri'> | undefined {
    for (const document of vscode.workspace.textDocuments) {
      const uri = document.uri.toString();
      const resultUri = this.uris.get(uri);
      if (resultUri && document.isUntitled && document.languageId === promqlLanguageId && document.getText() === text)
        return { uri, resultUri };
    }
    return undefined;
  }

  private handleClosedDocument(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    const resultUri = this.uris.get(uri);
    if (!resultUri || !document.isUntitled) return;
    const closedPad = { uri, text: document.getText(), resultUri, closedAt: this.now() };
    this.closedPads = [...this.closedPads.filter((pad) => this.isRecent(pad)), closedPad];
  }

  private isRecent({ closedAt }: ClosedPad): boolean {
    return this.now() - closedAt < adoptionTimeoutMs;
  }
}
