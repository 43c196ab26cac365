/** Read-only documents whose text is made once. */
import * as vscode from 'vscode';

/** VS Code does not report every closed document, so the oldest texts are dropped instead. */
const maxDocuments = 10;

/** How the documents are named. */
export interface ReadonlyDocumentsOptions {
  scheme: string;
  /** The editor tab's title, before a number. */
  title: string;
  /** What a document says whose text was dropped. */
  missingText: string;
}

/** Shows texts as read-only Markdown documents, and keeps the last ten. */
export class ReadonlyDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration: vscode.Disposable;
  private count = 0;

  constructor(private readonly options: ReadonlyDocumentsOptions) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(options.scheme, this);
  }

  /** Opens a text as a new document; resolves to the document's Uri. */
  async show(text: string): Promise<vscode.Uri> {
    const { scheme, title } = this.options;
    this.count += 1;
    const uri = vscode.Uri.from({ scheme, path: `/${title} ${this.count}.md` });
    this.texts.set(uri.toString(), text);
    for (const oldest of [...this.texts.keys()].slice(0, -maxDocuments)) this.texts.delete(oldest);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
    return uri;
  }

  /** The text, for VS Code. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? this.options.missingText;
  }

  dispose(): void {
    this.registration.dispose();
  }
}
