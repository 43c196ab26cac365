/** The commands of kept runs. Given an options object they ask nothing. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { KeptRun } from '../../runs/run';
import { compress, maxFileBytes, maxNameLength, RunFileError } from '../../runs/runDocument';
import type { RunKeeper } from '../../runs/runKeeper';
import { escapeLabel } from '../../shared/escapeLabel';
import { toFileName } from '../../shared/fileName';
import { formatLocalTime } from '../../shared/format';
import { isInteractive, isTreeRow, registerCommandTable } from '../shared/commandTable';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import { runRowPrefix } from '../shared/runRowPrefix';
import { toUri, type UriLike } from '../shared/toUri';
import type { TreeRow } from '../shared/treeRow';
import { problemRowPrefix } from './runRows';
import { showError, showInformation, showWarning } from '../shared/messages';

interface RunOptions {
  /** Its id. */
  run?: string;
}

interface RenameOptions extends RunOptions {
  name?: string;
}

interface FileOptions {
  uri?: UriLike;
}

type Argument<Options extends object> = TreeRow | Options | undefined;

/** What `skyrl.listRuns` tells of a run. */
interface ListedRun {
  id: string;
  name: string;
  /** Unix ms. */
  from: number;
  /** Absent while it is in progress. */
  to?: number;
  engines: number;
  /** Path of its config; absent if that was never seen. */
  config?: string;
}

const toListed = ({ id, name, from, to, isOpen, engines, config }: KeptRun): ListedRun => ({
  id,
  name,
  from,
  ...(!isOpen && { to }),
  engines,
  ...(config !== undefined && { config }),
});

const filters = { 'SkyRL run': ['json', 'gz'] };

async function pickRun(keeper: RunKeeper, placeHolder: string): Promise<KeptRun | undefined> {
  const runs = await keeper.listRuns();
  if (runs.length === 0) {
    void showInformation('No run is kept yet. A run is kept as soon as its engines are scraped.');
    return undefined;
  }
  const items = runs.map((run) => ({
    label: escapeLabel(run.name),
    description: `${formatLocalTime(run.from)}${run.isOpen ? ' · in progress' : ''}`,
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.run;
}

/** The run that a row or an options object names, else the one that the person picks. Rejects if it is not kept. */
async function findRun(
  keeper: RunKeeper,
  argument: Argument<RunOptions>,
  question: string,
): Promise<KeptRun | undefined> {
  if (argument === undefined) return pickRun(keeper, question);
  const id = isTreeRow(argument) ? argument.id.slice(runRowPrefix.length) : argument.run;
  const run = (await keeper.listRuns()).find((each) => each.id === id);
  if (!run) throw new Error(`No run ${JSON.stringify(id ?? '')} is kept. skyrl.listRuns tells the ids.`);
  return run;
}

/** Resolves to the run with its new name; undefined if the person cancelled. */
async function renameRun(keeper: RunKeeper, argument: Argument<RenameOptions>): Promise<ListedRun | undefined> {
  const run = await findRun(keeper, argument, 'Select a run to rename');
  if (!run) return undefined;
  const isAsking = argument === undefined || isTreeRow(argument);
  const name = isAsking ? await askName(run) : (argument.name ?? '');
  return name === undefined ? undefined : toListed(await keeper.rename(run.id, name));
}

const askName = ({ name }: KeptRun): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: 'Rename Run',
    value: name,
    validateInput: (text) => {
      if (text.trim() === '') return 'A run needs a name.';
      return text.length > maxNameLength ? `A name has at most ${maxNameLength} characters.` : undefined;
    },
  });

async function setPinned(keeper: RunKeeper, isPinned: boolean, argument: Argument<RunOptions>): Promise<void> {
  const run = await findRun(keeper, argument, `Select a run to ${isPinned ? 'pin' : 'unpin'}`);
  if (run) await keeper.setPinned(run.id, isPinned);
}

async function confirm(question: string, detail?: string): Promise<boolean> {
  const answer = 'Delete';
  const options = { modal: true, ...(detail !== undefined && { detail }) };
  return (await showWarning(question, options, answer)) === answer;
}

async function deleteRun(keeper: RunKeeper, argument: Argument<RunOptions>): Promise<void> {
  if (isTreeRow(argument) && argument.id.startsWith(problemRowPrefix)) {
    const file = argument.id.slice(problemRowPrefix.length);
    if (await confirm(`Delete the file ${file}?`)) await keeper.removeProblem(file);
    return;
  }
  const run = await findRun(keeper, argument, 'Select a run to delete');
  if (!run) return;
  const detail = run.isOpen ? 'It is in progress, and is not kept again while you watch it.' : undefined;
  if (isInteractive(argument) && !(await confirm(`Delete the run ${run.name}?`, detail))) return;
  await keeper.remove(run.id);
}

function pickExportFile({ name }: KeptRun): Thenable<vscode.Uri | undefined> {
  const file = toFileName(name, { suffix: '.skyrl-run.json', fallback: 'run' });
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    title: 'Export Run',
    filters,
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, file) }),
  });
}

/** Resolves to the file, which is compressed if its name ends with `.gz`; undefined if the person cancelled. */
async function exportRun(
  keeper: RunKeeper,
  argument: Argument<RunOptions & FileOptions>,
): Promise<vscode.Uri | undefined> {
  const run = await findRun(keeper, argument, 'Select a run to export');
  if (!run) return undefined;
  const given = argument === undefined || isTreeRow(argument) ? undefined : argument.uri;
  if (given === undefined && !isInteractive(argument)) throw new Error('Name the file to export to: { run, uri }.');
  const uri = given === undefined ? await pickExportFile(run) : toUri(given);
  if (!uri) return undefined;
  const bytes = await keeper.export(run.id);
  await vscode.workspace.fs.writeFile(uri, uri.path.endsWith('.gz') ? await compress(bytes) : bytes);
  return uri;
}

async function readFile(uri: vscode.Uri): Promise<Uint8Array> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxFileBytes) throw new RunFileError(`it is larger than ${maxFileBytes / 2 ** 20} MiB`);
  return vscode.workspace.fs.readFile(uri);
}

/** Resolves to the imported run; undefined if the person cancelled, or was told that it failed. */
async function importRun(keeper: RunKeeper, argument: Argument<FileOptions>): Promise<ListedRun | undefined> {
  const given = argument === undefined || isTreeRow(argument) ? undefined : argument.uri;
  if (given === undefined && !isInteractive(argument)) throw new Error('Name the file to import: { uri }.');
  const picked =
    given === undefined
      ? (await vscode.window.showOpenDialog({ title: 'Import Run', filters, canSelectMany: false }))?.[0]
      : toUri(given);
  if (!picked) return undefined;
  try {
    return toListed(await keeper.import(await readFile(picked)));
  } catch (error) {
    const message = `${path.basename(picked.path)} cannot be imported: ${errorText(error)}`;
    if (!isInteractive(argument)) throw new Error(message, { cause: error });
    void showError(message);
    return undefined;
  }
}

/** Registers the commands. */
export function registerRunCommands(keeper: RunKeeper): vscode.Disposable {
  return registerCommandTable({
    [commandIds.listRuns]: async () => (await keeper.listRuns()).map(toListed),
    [commandIds.renameRun]: (argument?: TreeRow | RenameOptions) => renameRun(keeper, argument),
    [commandIds.pinRun]: (argument?: TreeRow | RunOptions) => setPinned(keeper, true, argument),
    [commandIds.unpinRun]: (argument?: TreeRow | RunOptions) => setPinned(keeper, false, argument),
    [commandIds.deleteRun]: (argument?: TreeRow | RunOptions) => deleteRun(keeper, argument),
    [commandIds.exportRun]: (argument?: TreeRow | (RunOptions & FileOptions)) => exportRun(keeper, argument),
    [commandIds.importRun]: (argument?: TreeRow | FileOptions) => importRun(keeper, argument),
  });
}
