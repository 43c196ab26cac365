/** The status-bar item: KV usage of the fullest engine, requests running, engines. */
import * as vscode from 'vscode';
import { catalogRow } from '../../metrics/catalog/index';
import { states } from '../../shared/states';
import { commands, statusItemId, views } from '../shared/ids';
import { statusText } from '../tree/metricsTreeRows';
import type { Session } from '../shared/runWatcher';
import { plainLabel } from '../../shared/escapeLabel';

/** Where a broken state is named in a word or two. */
const shortWords: Partial<Record<keyof typeof states, string>> = {
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

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(statusItemId, vscode.StatusBarAlignment.Left, 20);

  constructor(
    private readonly session: Session,
    private readonly now: () => number,
  ) {
    this.item.name = 'SkyRL Metrics';
  }

  update(): void {
    const { snapshot, status, expected, hasNews } = this.session;
    if (!hasNews) {
      this.item.hide();
      return;
    }
    const { tone } = states[status.state];
    const numbers = snapshot && snapshot.engines.length > 0 ? statusText(snapshot, expected, this.now()) : undefined;
    const replayed = numbers !== undefined && status.state === 'replaying' ? 'Replay · ' : '';
    const text =
      replayed + plainLabel(numbers ?? `SkyRL: ${shortWords[status.state] ?? status.state.replaceAll('-', ' ')}`);
    this.item.text = `$(${tone === 'broken' ? 'warning' : 'database'}) ${text}`;
    this.item.backgroundColor = this.background();
    this.item.command = {
      command: tone === 'broken' ? commands.showConnection : `${views.metrics}.focus`,
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
  private background(): vscode.ThemeColor | undefined {
    const { thresholds } = catalogRow('kv_cache_usage_perc');
    const kv =
      this.session.status.state === 'stale' ? undefined : this.session.snapshot?.measures['kv_cache_usage_perc']?.value;
    if (!thresholds || kv === undefined || kv < thresholds.warning) return undefined;
    return new vscode.ThemeColor(
      kv >= thresholds.error ? 'statusBarItem.errorBackground' : 'statusBarItem.warningBackground',
    );
  }

  dispose(): void {
    this.item.dispose();
  }
}
