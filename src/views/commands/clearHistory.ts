import * as vscode from 'vscode';
import type { RunWatcher } from '../shared/runWatcher';

/** Deletes the history of every run of this workspace, in memory and on disk; given an options object it asks nothing. Resolves to whether it was done. */
export async function clearHistory(session: RunWatcher, options?: object): Promise<boolean> {
  const yes = 'Delete';
  if (!options) {
    const detail = 'Every run of this workspace, in memory and on disk. Numbers that come from now on are kept again.';
    if ((await vscode.window.showWarningMessage('Delete the recorded history?', { modal: true, detail }, yes)) !== yes)
      return false;
  }
  await session.clearHistory();
  return true;
}
