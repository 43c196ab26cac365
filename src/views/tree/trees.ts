/** The two tree views, and what they say above their rows. */
import * as vscode from 'vscode';
import { formatDuration } from '../../shared/format';
import { states } from '../../shared/states';
import type { Configs } from '../config/configs';
import { connectionRows } from '../connection/connectionRows';
import { viewIds } from '../shared/ids';
import type { GenerationRecords } from '../records/generationRecords';
import { configDriftRows, recordsRow, captureRows, stateRows } from '../records/recordRows';
import { metricsTreeRows, type Row } from './metricsTreeRows';
import { RowTree } from './rowTree';
import type { CaptureController } from '../records/captureController';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';
import { escapeLabel } from '../../shared/escapeLabel';
import type { MeasuringWindows } from '../records/measuringWindows';

export interface TreesDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  generationRecords: GenerationRecords;
  measuringWindows: MeasuringWindows;
  captureController: CaptureController;
  now: () => number;
}

export class Trees implements vscode.Disposable {
  readonly metrics = new RowTree();
  readonly connection = new RowTree();
  private readonly metricsView = vscode.window.createTreeView(viewIds.metrics, {
    treeDataProvider: this.metrics,
    showCollapseAll: true,
  });
  private readonly connectionView = vscode.window.createTreeView(viewIds.connection, {
    treeDataProvider: this.connection,
  });
  private readonly visibility = new vscode.EventEmitter<void>();
  /** Fires when one of them comes or goes. */
  readonly onDidChangeVisibility = this.visibility.event;
  private readonly subscriptions: vscode.Disposable[] = [
    this.metrics,
    this.connection,
    this.metricsView,
    this.connectionView,
    this.visibility,
    this.metricsView.onDidChangeVisibility(() => this.visibility.fire()),
    this.connectionView.onDidChangeVisibility(() => this.visibility.fire()),
  ];

  constructor(private readonly deps: TreesDeps) {}

  get visible(): boolean {
    return this.metricsView.visible || this.connectionView.visible;
  }

  update(): void {
    const { runWatcher, configs, captureController } = this.deps;
    const now = this.deps.now();
    const { snapshot, status, expectedEngines, collector } = runWatcher;
    const rows = metricsTreeRows(snapshot, expectedEngines, now);
    this.metrics.update(this.withRecords(rows));
    // A welcome text takes the place of an empty tree, and only where there is no message.
    const quiet = rows.length === 0 || states[status.state].tone === 'good';
    this.metricsView.message = quiet ? '' : escapeLabel(status.message);
    const bad = snapshot?.findings.filter(({ severity }) => severity !== 'info').length ?? 0;
    this.metricsView.badge =
      bad === 0 ? undefined : { value: bad, tooltip: `SkyRL: ${bad} ${bad === 1 ? 'finding' : 'findings'}` };
    this.metricsView.description =
      snapshot && rows.length > 0
        ? `${formatDuration(now - snapshot.at)} ago · ${snapshot.source ? 'from Prometheus' : snapshot.trigger}`
        : '';
    const { activeConfig, candidates } = configs;
    this.connection.update([
      ...captureRows(captureController.progress),
      ...connectionRows({
        status,
        now,
        round: collector.round,
        targets: snapshot?.targets ?? [],
        engines: snapshot?.engines ?? [],
        timer: runWatcher.timer,
        intervalMs: readSettings().intervalMs,
        ignoreHold: runWatcher.ignoreHold,
        config: {
          inUse: activeConfig,
          name: activeConfig ? vscode.workspace.asRelativePath(activeConfig.uri) : '',
          candidates: candidates.length,
        },
      }),
    ]);
  }

  /** Records and an open window stay within reach where there is nothing else to show; without any, an empty tree leaves its place to the welcome. */
  private withRecords(rows: readonly Row[]): Row[] {
    const {
      runWatcher,
      generationRecords: { store, runningRecord, configDrift },
      measuringWindows,
      now,
    } = this.deps;
    const open = measuringWindows.rows();
    if (rows.length === 0 && store.records.length === 0 && !runningRecord && open.length === 0) return [];
    const node = recordsRow({ records: store.records, runningRecord, unsavedReasons: store.saveErrors, now: now() });
    return [
      ...open,
      ...(rows.length === 0 ? stateRows(runWatcher.status) : [...configDriftRows(configDrift), ...rows]),
      node,
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
