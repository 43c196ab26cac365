/** The two tree views, and what they say above their rows. */
import * as vscode from 'vscode';
import { formatDuration } from '../../shared/format';
import { states } from '../../shared/states';
import type { Configs } from '../config/configs';
import { connectionRows } from '../connection/connectionRows';
import { views } from '../shared/ids';
import type { Generation } from '../records/generationRecords';
import { flagRows, recordsNode, scrapeRows, stateRows } from '../records/recordRows';
import { metricRows, type Row } from './metricsTreeRows';
import { RowTree } from './rowTree';
import type { ScrapeRecorder } from '../records/captureController';
import type { Session } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';
import { plainLabel } from '../../shared/escapeLabel';
import type { Windows } from '../records/measuringWindows';

export interface TreesDeps {
  session: Session;
  configs: Configs;
  generation: Generation;
  windows: Windows;
  recorder: ScrapeRecorder;
  now: () => number;
}

export class Trees implements vscode.Disposable {
  readonly metrics = new RowTree();
  readonly connection = new RowTree();
  private readonly metricsView = vscode.window.createTreeView(views.metrics, {
    treeDataProvider: this.metrics,
    showCollapseAll: true,
  });
  private readonly connectionView = vscode.window.createTreeView(views.connection, {
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
    const { session, configs, recorder } = this.deps;
    const now = this.deps.now();
    const { snapshot, status, expected, monitor } = session;
    const rows = metricRows(snapshot, expected, now);
    this.metrics.update(this.withRecords(rows));
    // A welcome text takes the place of an empty tree, and only where there is no message.
    const quiet = rows.length === 0 || states[status.state].tone === 'good';
    this.metricsView.message = quiet ? '' : plainLabel(status.message);
    const bad = snapshot?.findings.filter(({ severity }) => severity !== 'info').length ?? 0;
    this.metricsView.badge =
      bad === 0 ? undefined : { value: bad, tooltip: `SkyRL: ${bad} ${bad === 1 ? 'finding' : 'findings'}` };
    this.metricsView.description =
      snapshot && rows.length > 0
        ? `${formatDuration(now - snapshot.at)} ago · ${snapshot.source ? 'from Prometheus' : snapshot.trigger}`
        : '';
    const { inUse, candidates } = configs;
    this.connection.update([
      ...scrapeRows(recorder.running),
      ...connectionRows({
        status,
        now,
        round: monitor.round,
        targets: snapshot?.targets ?? [],
        engines: snapshot?.engines ?? [],
        timer: session.timer,
        intervalMs: readSettings().intervalMs,
        anyway: session.anyway,
        config: { inUse, name: inUse ? vscode.workspace.asRelativePath(inUse.uri) : '', candidates: candidates.length },
      }),
    ]);
  }

  /** Records and an open window stay within reach where there is nothing else to show; without any, an empty tree leaves its place to the welcome. */
  private withRecords(rows: readonly Row[]): Row[] {
    const {
      session,
      generation: { store, current, mismatches },
      windows,
      now,
    } = this.deps;
    const open = windows.rows();
    if (rows.length === 0 && store.records.length === 0 && !current && open.length === 0) return [];
    const node = recordsNode({ records: store.records, running: current, unsaved: store.unsaved, now: now() });
    return [...open, ...(rows.length === 0 ? stateRows(session.status) : [...flagRows(mismatches), ...rows]), node];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
