/**
 * The entry. A VS Code window without anything of SkyRL loads only this; the first config, view, query or command loads
 * the rest.
 */
import * as vscode from 'vscode';
import type { Api, Snapshot, Status } from './api';
import { statusBeforeScrape } from './collector/statusBeforeScrape';
import type { Container } from './container';
import { registerAssistant } from './views/assistant/registerAssistant';
import { watchForSkyrl } from './views/config/workspaceProbe';
import { commandIds, comparisonPanelId, rolloutsPanelId, viewIds } from './views/shared/ids';

/** Undefined until it is loaded. */
let container: Container | undefined;

/** Called by VS Code; returns the API for other extensions. */
export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('SkyRL Metrics', { log: true });
  const scraped = new vscode.EventEmitter<Snapshot>();
  const statusChanged = new vscode.EventEmitter<Status>();
  let loading: Promise<Container> | undefined;

  const load = async (): Promise<Container> => {
    const { createContainer } = await import('./container');
    placeholders.dispose();
    container = createContainer(context, log);
    const { api } = container;
    context.subscriptions.push(
      api.onDidScrape((snapshot) => scraped.fire(snapshot)),
      api.onDidChangeStatus((status) => statusChanged.fire(status)),
    );
    announceStatus();
    return container;
  };
  const loadOnce = (): Promise<Container> => (loading ??= load());
  const loadInBackground = (): void => void loadOnce().catch((error: unknown) => log.error(String(error)));

  const statusBeforeLoading = (): Status =>
    statusBeforeScrape({
      folderOpen: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      isTrusted: vscode.workspace.isTrusted,
      search: probe.search,
    });
  const currentStatus = (): Status => container?.api.status ?? statusBeforeLoading();
  let announced: Status | undefined;
  const announceStatus = (): void => {
    const status = currentStatus();
    if (announced?.state !== status.state || announced.message !== status.message) statusChanged.fire(status);
    announced = status;
  };

  const probe = watchForSkyrl({
    memento: context.workspaceState,
    log,
    onFound: loadInBackground,
    onChange: announceStatus,
  });
  /** VS Code asks for rows when a person opens the view. */
  const emptyTree: vscode.TreeDataProvider<never> = {
    getTreeItem: (element) => element,
    getChildren: () => {
      loadInBackground();
      return [];
    },
  };
  /** Replaced by what the container registers. */
  const placeholders = vscode.Disposable.from(
    probe,
    vscode.workspace.onDidGrantWorkspaceTrust(announceStatus),
    ...Object.values(commandIds).map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        await loadOnce();
        return vscode.commands.executeCommand(id, ...args);
      }),
    ),
    ...[viewIds.metrics, viewIds.connection].map((id) => vscode.window.registerTreeDataProvider(id, emptyTree)),
  );
  context.subscriptions.push(
    log,
    scraped,
    statusChanged,
    placeholders,
    registerAssistant(async () => (await loadOnce()).assistant),
    vscode.window.registerWebviewViewProvider(viewIds.chart, {
      resolveWebviewView: async (view) => (await loadOnce()).charts.resolveWebviewView(view),
    }),
    vscode.window.registerWebviewPanelSerializer(viewIds.chart, {
      deserializeWebviewPanel: async (panel) => (await loadOnce()).charts.deserializeWebviewPanel(panel),
    }),
    vscode.window.registerWebviewPanelSerializer(rolloutsPanelId, {
      deserializeWebviewPanel: async (panel) => (await loadOnce()).rolloutPanel.deserializeWebviewPanel(panel),
    }),
    vscode.window.registerWebviewPanelSerializer(comparisonPanelId, {
      deserializeWebviewPanel: async (panel, state) =>
        (await loadOnce()).comparisonPanel.deserializeWebviewPanel(panel, state),
    }),
  );
  announceStatus();
  return {
    version: 1,
    scrape: async () => (await loadOnce()).api.scrape(),
    get snapshot() {
      return container?.api.snapshot;
    },
    onDidScrape: scraped.event,
    get status() {
      return currentStatus();
    },
    onDidChangeStatus: statusChanged.event,
    runConfig: async (uri) => (await loadOnce()).api.runConfig(uri),
  };
}

/** Called by VS Code, which waits for the history to be written. */
export function deactivate(): Promise<void> | undefined {
  return container?.closeHistory();
}
