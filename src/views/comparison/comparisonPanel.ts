/** The editor panel with a comparison, which VS Code restores after a reload. */
import * as vscode from 'vscode';
import type { ComparableRun } from '../../comparison/comparableRun';
import { isComparisonView } from '../../shared/comparisonProtocol';
import { errorText } from '../shared/errorText';
import { comparisonPanelId } from '../shared/ids';
import { loadWebviewPage } from '../shared/loadWebviewPage';
import { ComparisonPage, type ComparisonPageOptions } from './comparisonPage';

/** What the panel is made from. */
export interface ComparisonPanelDeps extends Omit<ComparisonPageOptions, 'surface'> {
  extensionUri: vscode.Uri;
  /** Rejects with words for people. */
  load: (ids: readonly string[]) => Promise<readonly ComparableRun[]>;
}

/** At most one panel: comparing other runs shows them there. */
export class ComparisonPanel implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private page: ComparisonPage | undefined;

  constructor(private readonly deps: ComparisonPanelDeps) {}

  /** Shows a comparison of these runs; returns the page. */
  open(runs: readonly ComparableRun[]): ComparisonPage {
    const page = this.reveal();
    page.show(runs);
    return page;
  }

  /** For VS Code, which restores the panel after a reload. The runs are read again, because they may have grown. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const page = this.attach(panel);
    if (!isComparisonView(state)) return page.show('Choose the runs to compare.');
    try {
      page.show(await this.deps.load(state.runs));
    } catch (error) {
      page.show(`These runs cannot be compared again: ${errorText(error)}`);
    }
  }

  dispose(): void {
    this.page?.dispose();
    this.panel?.dispose();
  }

  private reveal(): ComparisonPage {
    if (this.panel && this.page) {
      this.panel.reveal();
      return this.page;
    }
    return this.attach(
      vscode.window.createWebviewPanel(comparisonPanelId, 'SkyRL Comparison', vscode.ViewColumn.Active),
    );
  }

  private attach(panel: vscode.WebviewPanel): ComparisonPage {
    const { extensionUri, load, ...pageOptions } = this.deps;
    void load;
    this.page?.dispose();
    this.panel = panel;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', `rollouts-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const page = new ComparisonPage({ surface: panel, ...pageOptions });
    this.page = page;
    panel.onDidDispose(() => {
      page.dispose();
      if (this.panel !== panel) return;
      this.panel = undefined;
      this.page = undefined;
    });
    loadWebviewPage(panel.webview, extensionUri, 'comparison');
    return page;
  }
}
