/** Loads the chart's page into a webview. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewHtml } from './webviewHtml';

/** Sets the HTML and options of a webview; only the extension's own files may be loaded. */
export function loadChartPage(webview: vscode.Webview, extensionUri: vscode.Uri): void {
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  webview.options = { enableScripts: true, localResourceRoots: [root] };
  webview.html = webviewHtml({
    title: 'SkyRL engine metrics',
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
    script: webview.asWebviewUri(vscode.Uri.joinPath(root, 'chart.js')).toString(),
    style: webview.asWebviewUri(vscode.Uri.joinPath(root, 'chart.css')).toString(),
  });
}
