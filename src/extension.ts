/** The entry. A window that has nothing of ours loads no more than this; the rest comes with the first config, view, query or command. */
import * as vscode from 'vscode';
import type { Api, Snapshot, Status } from './api';
import { statusOf } from './collector/status';
import { commands, views } from './views/shared/ids';
import { sendScout } from './views/config/workspaceProbe';
import type { OpenWindow } from './container';

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('SkyRL Metrics', { log: true });
  const scraped = new vscode.EventEmitter<Snapshot>();
  const changed = new vscode.EventEmitter<Status>();
  let opening: Promise<OpenWindow> | undefined;

  const load = async (): Promise<OpenWindow> => {
    const { openWindow } = await import('./container');
    before.dispose();
    opened = openWindow(context, log);
    const { api } = opened;
    context.subscriptions.push(
      api.onDidScrape((snapshot) => scraped.fire(snapshot)),
      api.onDidChangeStatus((status) => changed.fire(status)),
    );
    tell();
    return opened;
  };
  const open = (): Promise<OpenWindow> => (opening ??= load());
  const found = (): void => void open().catch((error: unknown) => log.error(String(error)));

  /** Before the window is open: what is known without it. */
  const early = (): Status =>
    statusOf({
      folderOpen: (vscode.workspace.workspaceFolders?.length ?? 0) > 0,
      trusted: vscode.workspace.isTrusted,
      search: scout.search,
      path: 'ray',
      statsOn: true,
      round: undefined,
      snapshot: undefined,
      timer: 'running',
      anyway: false,
      now: 0,
      staleAfterMs: Infinity,
    });
  const status = (): Status => opened?.api.status ?? early();
  let told: Status | undefined;
  const tell = (): void => {
    const now = status();
    if (told?.state !== now.state || told.message !== now.message) changed.fire(now);
    told = now;
  };

  const scout = sendScout({ memento: context.workspaceState, log, found, changed: tell });
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
    ...Object.values(commands).map((id) =>
      vscode.commands.registerCommand(id, async (...given: unknown[]) => {
        await open();
        return vscode.commands.executeCommand(id, ...given);
      }),
    ),
    ...[views.metrics, views.connection].map((id) => vscode.window.registerTreeDataProvider(id, empty)),
  );
  context.subscriptions.push(
    log,
    scraped,
    changed,
    before,
    vscode.window.registerWebviewViewProvider(views.chart, {
      resolveWebviewView: async (view) => (await open()).charts.resolveWebviewView(view),
    }),
    vscode.window.registerWebviewPanelSerializer(views.chart, {
      deserializeWebviewPanel: async (panel) => (await open()).charts.deserializeWebviewPanel(panel),
    }),
  );
  tell();
  return {
    version: 1,
    scrape: async () => (await open()).api.scrape(),
    get snapshot() {
      return opened?.api.snapshot;
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
  return opened?.end();
}

let opened: OpenWindow | undefined;
