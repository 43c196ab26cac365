/** The entry. A window that has nothing of ours loads no more than this; the rest comes with the first config, view, query or command. */
import * as vscode from 'vscode';
import type { Api, Snapshot, Status } from './api';
import { statusOf } from './collector/status';
import { commandIds, viewIds } from './views/shared/ids';
import { watchForSkyrl } from './views/config/workspaceProbe';
import type { Container } from './container';

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('SkyRL Metrics', { log: true });
  const scraped = new vscode.EventEmitter<Snapshot>();
  const changed = new vscode.EventEmitter<Status>();
  let opening: Promise<Container> | undefined;

  const load = async (): Promise<Container> => {
    const { createContainer: openWindow } = await import('./container');
    before.dispose();
    container = openWindow(context, log);
    const { api } = container;
    context.subscriptions.push(
      api.onDidScrape((snapshot) => scraped.fire(snapshot)),
      api.onDidChangeStatus((status) => changed.fire(status)),
    );
    tell();
    return container;
  };
  const open = (): Promise<Container> => (opening ??= load());
  const found = (): void => void open().catch((error: unknown) => log.error(String(error)));

  /** Before the window is open: what is known without it. */
  const early = (): Status =>
    statusOf({
      folderOpen: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      isTrusted: vscode.workspace.isTrusted,
      search: scout.search,
      metricsPath: 'ray',
      statsOn: true,
      round: undefined,
      snapshot: undefined,
      timer: 'running',
      ignoreHold: false,
      now: 0,
      staleAfterMs: Infinity,
    });
  const status = (): Status => container?.api.status ?? early();
  let told: Status | undefined;
  const tell = (): void => {
    const now = status();
    if (told?.state !== now.state || told.message !== now.message) changed.fire(now);
    told = now;
  };

  const scout = watchForSkyrl({ memento: context.workspaceState, log, onFound: found, onChange: tell });
  /** A view asks when somebody looks at it. */
  const empty: vscode.TreeDataProvider<never> = {
    getTreeItem: (element) => element,
    getChildren: () => {
      found();
      return [];
    },
  };
  /** In the places of what the window registers. */
  const before = vscode.Disposable.from(
    scout,
    vscode.workspace.onDidGrantWorkspaceTrust(tell),
    ...Object.values(commandIds).map((id) =>
      vscode.commands.registerCommand(id, async (...given: unknown[]) => {
        await open();
        return vscode.commands.executeCommand(id, ...given);
      }),
    ),
    ...[viewIds.metrics, viewIds.connection].map((id) => vscode.window.registerTreeDataProvider(id, empty)),
  );
  context.subscriptions.push(
    log,
    scraped,
    changed,
    before,
    vscode.window.registerWebviewViewProvider(viewIds.chart, {
      resolveWebviewView: async (view) => (await open()).charts.resolveWebviewView(view),
    }),
    vscode.window.registerWebviewPanelSerializer(viewIds.chart, {
      deserializeWebviewPanel: async (panel) => (await open()).charts.deserializeWebviewPanel(panel),
    }),
  );
  tell();
  return {
    version: 1,
    scrape: async () => (await open()).api.scrape(),
    get snapshot() {
      return container?.api.snapshot;
    },
    onDidScrape: scraped.event,
    get status() {
      return status();
    },
    onDidChangeStatus: changed.event,
    runConfig: async (uri) => (await open()).api.runConfig(uri),
  };
}

/** VS Code waits for it. */
export function deactivate(): Promise<void> | undefined {
  return container?.closeHistory();
}

let container: Container | undefined;
