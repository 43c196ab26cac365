/** `SkyRL: Select Run`, for a cluster that several runs share. */
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import { describeRun } from '../../collector/runFindings';
import { escapeLabel } from '../../shared/escapeLabel';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { showInformation } from '../shared/messages';

interface SelectRunOptions {
  /** A Ray job; absent: the run that the config and the engines suggest. */
  job?: string;
}

/**
 * Shows another run; without options, asks which. Resolves to the job, to undefined if the run is chosen automatically.
 */
async function selectRun(runWatcher: RunWatcher, options?: SelectRunOptions): Promise<string | undefined> {
  const choice = options ?? (await pickRun(runWatcher));
  if (!choice) return undefined;
  await runWatcher.chooseRun(choice.job);
  return choice.job;
}

async function pickRun({ collector }: RunWatcher): Promise<{ job: string | undefined } | undefined> {
  const { runs = [], job: shownJob } = collector.round?.runChoice ?? {};
  if (runs.length === 0) {
    void showInformation('No run with engines is known yet. Scrape first.');
    return undefined;
  }
  const items = runs.map((run) => ({
    label: escapeLabel(describeRun(run)),
    description: run.job === shownJob ? 'shown now' : '',
    detail: run.startedAt > 0 ? `newest engine since ${new Date(run.startedAt).toLocaleString()}` : '',
    job: run.job,
  }));
  const automatic = {
    label: 'Automatic',
    description: '',
    detail: 'the run that fits the config’s model and number of engines, else the newest',
    job: undefined,
  };
  return vscode.window.showQuickPick([...items, automatic], { title: 'SkyRL: Select Run' });
}

/** Registers the command. */
export const registerSelectRun = (runWatcher: RunWatcher): vscode.Disposable =>
  registerCommandTable({ [commandIds.selectRun]: (options?: SelectRunOptions) => selectRun(runWatcher, options) });
