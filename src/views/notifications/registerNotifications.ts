/** Notifications about the run for a person who looks elsewhere; off unless `skyrl.notify` asks for them. */
import * as vscode from 'vscode';
import { viewIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings, turnOffNotifications } from '../shared/settings';
import { NotificationRules } from './notificationRules';
import { showWarning } from '../shared/messages';

/** What notifications are made from. */
export interface NotificationDeps {
  runWatcher: RunWatcher;
  /** Unix ms. */
  now: () => number;
}

const showLabel = 'Show';
const turnOffLabel = 'Turn Off Notifications';

async function notify(text: string): Promise<void> {
  const picked = await showWarning(`SkyRL: ${text}`, showLabel, turnOffLabel);
  if (picked === showLabel) await vscode.commands.executeCommand(`${viewIds.metrics}.focus`);
  if (picked === turnOffLabel) await turnOffNotifications();
}

/** Looks at the live run whenever something may have changed, and at least every few seconds. */
export function registerNotifications({ runWatcher, now }: NotificationDeps): vscode.Disposable {
  const rules = new NotificationRules();
  const update = (): void => {
    // A recording is no news.
    if (runWatcher.replay) return;
    const { snapshot, status } = runWatcher;
    const { notify: mode } = readSettings();
    const text = rules.update({ mode, isFocused: vscode.window.state.focused, now: now(), snapshot, status });
    if (text !== undefined) void notify(text);
  };
  return vscode.Disposable.from(
    runWatcher.onDidRefresh(update),
    vscode.window.onDidChangeWindowState(update),
    runWatcher.onDidSwitchRun(() => rules.reset()),
  );
}
