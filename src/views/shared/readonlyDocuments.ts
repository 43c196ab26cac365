/** Documents that were made once, and are read-only. */
import * as vscode from 'vscode';

/** Closed documents are not reported in all cases; nobody compares more. */
const maxDocuments = 10;

export class ReadonlyDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration: vscode.Disposable;
  private count = 0;

  /** `title` stands in the editor's tab, `gone` in a document that is no longer kept. */
  constructor(
    private readonly scheme: string,
    private readonly title: string,
    private readonly missingText: string,
  ) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Shows a text as a document of its own, and resolves to its Uri. */
  async show(text: string): Promise<vscode.Uri> {
    this.count += 1;
    const uri = vscode.Uri.from({ scheme: this.scheme, path: `/${this.title} ${this.count}.md` });
    this.texts.set(uri.toString(), text);
    for (const old of [...this.texts.keys()].slice(0, -maxDocuments)) this.texts.delete(old);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? this.missingText;
  }

  dispose(): void {
    this.registration.dispose();
  }
}
