/** Loads one of the extension's pages into a webview. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewHtml } from './webviewHtml';

/** The pages that the build makes: the name of their script and style sheet, and their title. */
const pageTitles = {
  chart: 'SkyRL engine metrics',
  rollouts: 'SkyRL rollouts',
  comparison: 'SkyRL comparison',
} as const;

/** Sets the HTML and options of a webview; only the extension's own files may be loaded. */
export function loadWebviewPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: keyof typeof pageTitles,
): void {
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  webview.options = { enableScripts: true, localResourceRoots: [root] };
  webview.html = webviewHtml({
    title: pageTitles[page],
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
    script: webview.asWebviewUri(vscode.Uri.joinPath(root, `${page}.js`)).toString(),
    style: webview.asWebviewUri(vscode.Uri.joinPath(root, `${page}.css`)).toString(),
  });
}
