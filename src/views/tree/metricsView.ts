/** The Engine metrics view: the tree, its message, its badge and its description. */
import * as vscode from 'vscode';
import type { Snapshot } from '../../api';
import { escapeLabel } from '../../shared/escapeLabel';
import { formatDuration } from '../../shared/format';
import { states } from '../../shared/states';
import { viewIds } from '../shared/ids';
import { RowTree } from '../shared/rowTree';
import type { RunWatcher } from '../shared/runWatcher';
import { stateRows } from '../shared/stateRows';
import { hasChildren, type TreeRow, type TreeSection } from '../shared/treeRow';
import { engineRowId, enginesRowId } from './enginesRow';
import { metricsTreeRows } from './metricsTreeRows';
import { otherRowId } from './otherRow';
import { replayRows } from './replayRows';

/** Rows of other features in this tree, from top to bottom; the metrics come before the records. */
export interface MetricsViewSections {
  /** The measuring window, if one is open or has ended. */
  measuringWindow: TreeSection;
  /** Flags that did not engage. */
  configDrift: TreeSection;
  /** The node with the generation records, which has no children while there is none. */
  records: TreeSection;
  /** The first comparison after a config change, if there is one. */
  comparisonOffer: TreeSection;
  /** The node with the runs that are kept, if there is one. */
  runs: TreeSection;
}

/** What the view shows. */
export interface MetricsViewDeps {
  runWatcher: RunWatcher;
  sections: MetricsViewSections;
}

/** Shows the rows, and updates them with the run and the sections. */
export class MetricsView implements vscode.Disposable {
  private readonly tree = new RowTree();
  private readonly view = vscode.window.createTreeView(viewIds.metrics, {
    treeDataProvider: this.tree,
    showCollapseAll: true,
  });
  private readonly subscriptions: vscode.Disposable[];
  private isOtherOpen = false;
  /** The engine to select as soon as the view is visible. */
  private pendingEngine: string | undefined;
  readonly onDidChangeVisibility = this.view.onDidChangeVisibility;

  constructor(private readonly deps: MetricsViewDeps) {
    const update = (): void => this.update();
    this.subscriptions = [
      this.tree,
      this.view,
      this.view.onDidChangeVisibility(() => this.selectPendingEngine()),
      deps.runWatcher.onDidRefresh(update),
      this.tree.onDidOpen((id) => this.setOtherOpen(id, true)),
      this.view.onDidCollapseElement(({ element }) => this.setOtherOpen(element.id, false)),
      this.view.onDidChangeVisibility(() => this.updateOther()),
      new vscode.Disposable(
        deps.runWatcher.otherDemand.add('tree', () => (this.isOtherOpen && this.view.visible ? 'all' : [])),
      ),
      ...Object.values(deps.sections).map((section: TreeSection) => section.onDidChange(update)),
    ];
    update();
  }

  get visible(): boolean {
    return this.view.visible;
  }

  /** Selects an engine (`Engine.id`) in the tree. A hidden view stays hidden, and selects it when it is shown. */
  selectEngine(engine: string): void {
    this.pendingEngine = engine;
    this.selectPendingEngine();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Follows whether the category of other families is open. Its values are there at once when it opens. */
  private setOtherOpen(id: string, isOpen: boolean): void {
    if (id !== otherRowId || isOpen === this.isOtherOpen) return;
    this.isOtherOpen = isOpen;
    this.updateOther();
  }

  /** VS Code is in the middle of a call for the rows, which must not change under it. */
  private updateOther(): void {
    if (this.isOtherOpen && this.view.visible) setImmediate(() => void this.deps.runWatcher.updateOther());
  }

  private selectPendingEngine(): void {
    if (this.pendingEngine === undefined || !this.view.visible) return;
    const row = this.tree.find(enginesRowId, engineRowId(this.pendingEngine));
    this.pendingEngine = undefined;
    // Rejects if the row is removed meanwhile; then there is nothing to select.
    if (row) void this.view.reveal(row, { select: true, focus: false }).then(undefined, () => undefined);
  }

  private update(): void {
    const { runWatcher } = this.deps;
    const { snapshot, status, expectedEngines, rollouts } = runWatcher;
    const now = runWatcher.now();
    const metrics = metricsTreeRows(snapshot, expectedEngines, now, rollouts.all);
    this.tree.update(this.rows(metrics));
    // An empty tree shows its welcome, but only if the view has no message.
    const needsMessage = metrics.length > 0 && states[status.state].tone !== 'good';
    this.view.message = needsMessage ? escapeLabel(status.message) : '';
    this.view.badge = findingsBadge(snapshot);
    this.view.description = snapshot && metrics.length > 0 ? snapshotDescription(snapshot, now) : '';
  }

  /** Everything, or nothing if no section has anything to show: then the view shows its welcome. */
  private rows(metrics: readonly TreeRow[]): TreeRow[] {
    const { runWatcher, sections } = this.deps;
    const measuringWindow = sections.measuringWindow.rows();
    const records = sections.records.rows();
    const runs = sections.runs.rows();
    const hasRecords = records.some(hasChildren);
    const replay = replayRows(runWatcher.replay);
    if (metrics.length === 0 && measuringWindow.length === 0 && !hasRecords && runs.length === 0) return [];
    // The flags are those of the person's own run.
    const configDrift = runWatcher.replay?.example ? [] : sections.configDrift.rows();
    return [
      ...replay,
      ...measuringWindow,
      ...(metrics.length === 0 ? stateRows(runWatcher.status) : [...configDrift, ...metrics]),
      ...sections.comparisonOffer.rows(),
      ...records,
      ...runs,
    ];
  }
}

function findingsBadge(snapshot: Snapshot | undefined): vscode.ViewBadge | undefined {
  const count = snapshot?.findings.filter(({ severity }) => severity !== 'info').length ?? 0;
  return count === 0 ? undefined : { value: count, tooltip: `SkyRL: ${count} ${count === 1 ? 'finding' : 'findings'}` };
}

const snapshotDescription = ({ at, source, trigger }: Snapshot, now: number): string =>
  `${formatDuration(now - at)} ago · ${source ? 'from Prometheus' : trigger}`;
