/** The status bar item: KV usage of the fullest engine, requests running, engines; or the state in a few words. */
import * as vscode from 'vscode';
import { catalogRow } from '../../metrics/catalog/index';
import { escapeLabel } from '../../shared/escapeLabel';
import { states, type StateId } from '../../shared/states';
import { commandIds, statusBarItemId, viewIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { rolloutText } from './rolloutText';
import { findingTexts, statusBarText, withoutPadding } from './statusBarText';

/** States whose ID is not what a person would say. */
const shortMessages: Partial<Record<StateId, string>> = {
  untrusted: 'not trusted',
  'prometheus-failed': 'Prometheus not answering',
  'prometheus-empty': 'run not in Prometheus',
  'prometheus-old': 'Prometheus out of date',
  'stats-off': 'stats off',
  'path-unsupported': 'no engine metrics',
  'no-run-found': 'no run found',
  'several-configs': 'select a config',
  'no-engine-series': 'no engines yet',
  held: 'timer paused',
  searching: 'searching…',
};

/** Shows the item while there is anything to show. */
export class StatusBarItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(statusBarItemId, vscode.StatusBarAlignment.Left, 20);
  private readonly subscription: vscode.Disposable;

  constructor(private readonly runWatcher: RunWatcher) {
    this.item.name = 'SkyRL Metrics';
    this.subscription = runWatcher.onDidRefresh(() => this.update());
    this.update();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const { snapshot, status, hasContent } = this.runWatcher;
    if (!hasContent) {
      this.item.hide();
      return;
    }
    const isBroken = states[status.state].tone === 'broken';
    const text = this.text();
    this.item.text = `$(${isBroken ? 'warning' : 'database'}) ${text}`;
    this.item.backgroundColor = this.backgroundColour();
    this.item.command = {
      command: isBroken ? commandIds.showConnection : `${viewIds.metrics}.focus`,
      title: 'Show',
    };
    this.item.accessibilityInformation = { label: `SkyRL: ${withoutPadding(text)}. ${status.message}` };
    const tooltip = new vscode.MarkdownString();
    tooltip.appendText(status.message);
    const rollout = status.state === 'stale' ? '' : rolloutText(this.runWatcher.rollouts, this.runWatcher.now());
    if (rollout !== '') tooltip.appendMarkdown('\n\n').appendText(rollout);
    for (const text of findingTexts(snapshot?.findings ?? [])) tooltip.appendMarkdown('\n\n').appendText(text);
    this.item.tooltip = tooltip;
    this.item.show();
  }

  /** The numbers if there is an engine, else the state. */
  private text(): string {
    const { snapshot, status, expectedEngines } = this.runWatcher;
    if (!snapshot || snapshot.engines.length === 0)
      return escapeLabel(`SkyRL: ${shortMessages[status.state] ?? status.state.replaceAll('-', ' ')}`);
    const { replay } = this.runWatcher;
    const prefix = replay === undefined ? '' : replay.example ? 'Recorded run · ' : 'Replay · ';
    return prefix + escapeLabel(statusBarText(snapshot, expectedEngines, this.runWatcher.now()));
  }

  /** Set from the thresholds of KV usage on; not for numbers that are out of date. */
  private backgroundColour(): vscode.ThemeColor | undefined {
    const { status, snapshot } = this.runWatcher;
    const { thresholds } = catalogRow('kv_cache_usage_perc');
    const kvUsage = status.state === 'stale' ? undefined : snapshot?.measures['kv_cache_usage_perc']?.value;
    if (!thresholds || kvUsage === undefined || kvUsage < thresholds.warning) return undefined;
    return new vscode.ThemeColor(
      kvUsage >= thresholds.error ? 'statusBarItem.errorBackground' : 'statusBarItem.warningBackground',
    );
  }
}
