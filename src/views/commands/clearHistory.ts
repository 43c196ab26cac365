/** `SkyRL: Clear Metrics History`. */
import type { RunWatcher } from '../shared/runWatcher';
import { showWarning } from '../shared/messages';

/**
 * Deletes the history of every run of this workspace, in memory and on disk, after asking unless options are given.
 * Resolves to whether it was deleted.
 */
export async function clearHistory(runWatcher: RunWatcher, options?: object): Promise<boolean> {
  if (!options && !(await confirm())) return false;
  await runWatcher.clearHistory();
  return true;
}

async function confirm(): Promise<boolean> {
  const confirmation = 'Delete';
  const detail =
    'This deletes the metrics of every run of this workspace, in memory and on disk. New metrics are kept as before. Runs stay in the list of runs until you delete them there.';
  const question = 'Delete the metrics history?';
  return (await showWarning(question, { modal: true, detail }, confirmation)) === confirmation;
}
