/** The status-bar item: KV usage of the fullest engine, requests running, engines. */
import * as vscode from 'vscode';
import { catalogRow } from '../../metrics/catalog/index';
import { states } from '../../shared/states';
import { commandIds, statusBarItemId, viewIds } from '../shared/ids';
import { statusBarText } from '../tree/metricsTreeRows';
import type { RunWatcher } from '../shared/runWatcher';
import { escapeLabel } from '../../shared/escapeLabel';

/** Where a broken state is named in a word or two. */
const shortMessages: Partial<Record<keyof typeof states, string>> = {
  untrusted: 'not trusted',
  'prometheus-failed': 'Prometheus fails',
  'prometheus-empty': 'not in Prometheus',
  'prometheus-old': 'Prometheus is old',
  'stats-off': 'stats off',
  'path-unsupported': 'no engine metrics',
  'no-run-found': 'no run found',
  'several-configs': 'choose a config',
  'no-engine-series': 'no engines yet',
  held: 'timer holds',
  searching: 'looking…',
};

export class StatusBarItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(statusBarItemId, vscode.StatusBarAlignment.Left, 20);

  constructor(
    private readonly runWatcher: RunWatcher,
    private readonly now: () => number,
  ) {
    this.item.name = 'SkyRL Metrics';
  }

  update(): void {
    const { snapshot, status, expectedEngines, hasContent } = this.runWatcher;
    if (!hasContent) {
      this.item.hide();
      return;
    }
    const { tone } = states[status.state];
    const numbers =
      snapshot && snapshot.engines.length > 0 ? statusBarText(snapshot, expectedEngines, this.now()) : undefined;
    const replayed = numbers !== undefined && status.state === 'replaying' ? 'Replay · ' : '';
    const text =
      replayed + escapeLabel(numbers ?? `SkyRL: ${shortMessages[status.state] ?? status.state.replaceAll('-', ' ')}`);
    this.item.text = `$(${tone === 'broken' ? 'warning' : 'database'}) ${text}`;
    this.item.backgroundColor = this.backgroundColour();
    this.item.command = {
      command: tone === 'broken' ? commandIds.showConnection : `${viewIds.metrics}.focus`,
      title: 'Show',
    };
    this.item.accessibilityInformation = { label: `SkyRL: ${text.replaceAll('\u2007', '')}. ${status.message}` };
    const tooltip = new vscode.MarkdownString();
    tooltip.appendText(status.message);
    for (const finding of snapshot?.findings ?? []) tooltip.appendMarkdown('\n\n').appendText(finding.message);
    this.item.tooltip = tooltip;
    this.item.show();
  }

  /** Only at the thresholds, and only by numbers that are not old. */
  private backgroundColour(): vscode.ThemeColor | undefined {
    const { thresholds } = catalogRow('kv_cache_usage_perc');
    const kv =
      this.runWatcher.status.state === 'stale'
        ? undefined
        : this.runWatcher.snapshot?.measures['kv_cache_usage_perc']?.value;
    if (!thresholds || kv === undefined || kv < thresholds.warning) return undefined;
    return new vscode.ThemeColor(
      kv >= thresholds.error ? 'statusBarItem.errorBackground' : 'statusBarItem.warningBackground',
    );
  }

  dispose(): void {
    this.item.dispose();
  }
}
