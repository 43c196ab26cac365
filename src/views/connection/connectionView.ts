/** The Connection view. */
import * as vscode from 'vscode';
import { redactUrl } from '../../http/redact';
import { toScriptHints } from '../../discovery/scriptHints';
import type { Configs } from '../config/configs';
import { viewIds } from '../shared/ids';
import { RowTree } from '../shared/rowTree';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';
import type { TreeSection } from '../shared/treeRow';
import type { ConnectionConfig } from './connectionRow';
import { connectionRows } from './connectionRows';

/** What the view shows. */
export interface ConnectionViewDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  /** The recording of scrapes that runs; above everything else. */
  captureSection: TreeSection;
}

/** The config in use as rows and report show it. */
export function readConnectionConfig({ activeConfig, candidates }: Configs): ConnectionConfig {
  return {
    active: activeConfig,
    hints: toScriptHints(activeConfig?.config),
    name: activeConfig ? vscode.workspace.asRelativePath(activeConfig.uri) : '',
    candidates: candidates.length,
  };
}

/** Shows the rows, and updates them with the run. */
export class ConnectionView implements vscode.Disposable {
  private readonly tree = new RowTree();
  private readonly view = vscode.window.createTreeView(viewIds.connection, { treeDataProvider: this.tree });
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChangeVisibility = this.view.onDidChangeVisibility;

  constructor(private readonly deps: ConnectionViewDeps) {
    this.subscriptions = [
      this.tree,
      this.view,
      deps.runWatcher.onDidRefresh(() => this.update()),
      deps.captureSection.onDidChange(() => this.update()),
    ];
    this.update();
  }

  get visible(): boolean {
    return this.view.visible;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private update(): void {
    const { runWatcher, configs, captureSection } = this.deps;
    const { snapshot, status, collector, timer, ignoreHold } = runWatcher;
    this.tree.update([
      ...captureSection.rows(),
      ...connectionRows({
        status,
        now: runWatcher.now(),
        round: collector.round,
        targets: snapshot?.targets ?? [],
        engines: snapshot?.engines ?? [],
        timer,
        intervalMs: readSettings().intervalMs,
        ignoreHold,
        clusterProxy: redactUrl(readSettings().proxy),
        config: readConnectionConfig(configs),
      }),
    ]);
  }
}
