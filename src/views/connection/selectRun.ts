/** SkyRL: Select Run, for a cluster that several share. */
import * as vscode from 'vscode';
import { describeRun } from '../../collector/runFindings';
import type { RunWatcher } from '../shared/runWatcher';
import { escapeLabel } from '../../shared/escapeLabel';

/** Looks at the run of this Ray job; `{}` goes back to the evidence. Without options it offers the runs of the last scrape. Resolves to the job. */
export async function selectRun(session: RunWatcher, options?: { job?: string }): Promise<string | undefined> {
  if (options) {
    await session.chooseRun(options.job);
    return options.job;
  }
  const { runs = [], job } = session.collector.round?.runChoice ?? {};
  if (runs.length === 0) void vscode.window.showInformationMessage('No run with engines is known; scrape first.');
  if (runs.length === 0) return undefined;
  const items = runs.map((run) => ({
    label: escapeLabel(describeRun(run)),
    description: run.job === job ? 'shown now' : '',
    detail: run.startedAt > 0 ? `newest engine since ${new Date(run.startedAt).toLocaleString()}` : '',
    job: run.job,
  }));
  const auto = {
    label: 'By the evidence',
    description: '',
    detail: 'the model and the engines of the config, else the newest',
    job: undefined,
  };
  const picked = await vscode.window.showQuickPick([...items, auto], { title: 'SkyRL: Select Run' });
  if (!picked) return undefined;
  await session.chooseRun(picked.job);
  return picked.job;
}
