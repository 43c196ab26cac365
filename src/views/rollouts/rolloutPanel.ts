/** The editor panel with the rollouts, which VS Code restores after a reload. */
import * as vscode from 'vscode';
import { rolloutsPanelId } from '../shared/ids';
import { loadWebviewPage } from '../shared/loadWebviewPage';
import { RolloutPage, type RolloutPageOptions } from './rolloutPage';

/** What the panel is made from. */
export interface RolloutPanelDeps extends Omit<RolloutPageOptions, 'surface'> {
  extensionUri: vscode.Uri;
}

/** At most one panel: opening it again reveals it. */
export class RolloutPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly visibilityChanged = new vscode.EventEmitter<void>();
  private panel: vscode.WebviewPanel | undefined;
  private page: RolloutPage | undefined;
  readonly onDidChangeVisibility = this.visibilityChanged.event;

  constructor(private readonly deps: RolloutPanelDeps) {}

  get visible(): boolean {
    return this.panel?.visible ?? false;
  }

  /** Shows the panel; returns its page. */
  open(): RolloutPage {
    if (this.panel && this.page) {
      this.panel.reveal();
      return this.page;
    }
    return this.attach(vscode.window.createWebviewPanel(rolloutsPanelId, 'SkyRL Rollouts', vscode.ViewColumn.Active));
  }

  /** For VS Code, which restores the panel after a reload. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.attach(panel);
  }

  dispose(): void {
    this.page?.dispose();
    this.panel?.dispose();
    this.visibilityChanged.dispose();
  }

  private attach(panel: vscode.WebviewPanel): RolloutPage {
    const { extensionUri, ...pageOptions } = this.deps;
    this.page?.dispose();
    this.panel = panel;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `rollouts-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const page = new RolloutPage({ surface: panel, ...pageOptions });
    this.page = page;
    panel.onDidChangeViewState(() => {
      page.update();
      this.visibilityChanged.fire();
    });
    panel.onDidDispose(() => {
      page.dispose();
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.page = undefined;
      this.visibilityChanged.fire();
    });
    loadWebviewPage(panel.webview, extensionUri, 'rollouts');
    this.visibilityChanged.fire();
    return page;
  }
}
