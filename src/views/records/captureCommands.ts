/** The commands that record scrapes and replay them. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { openCaptureReplay } from '../../capture/captureReplay';
import type { CaptureResult } from '../../capture/captureWriter';
import { systemClock } from '../../shared/clock';
import { registerCommandTable } from '../shared/commandTable';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { toFolderPath, type UriLike } from '../shared/toUri';
import type { CaptureController } from './captureController';
import { playRecordedRun, type RecordedRunOptions } from './recordedRun';
import { showError, showInformation } from '../shared/messages';

interface FolderOptions {
  folder?: UriLike;
}

interface ReplayOptions extends FolderOptions {
  /** 1, the default, replays as fast as it was recorded. */
  speed?: number;
}

/** What the commands work on. */
export interface CaptureCommandDeps {
  extensionUri: vscode.Uri;
  runWatcher: RunWatcher;
  captureController: CaptureController;
  /** Lets the charts show the run again. */
  closeImport: () => void;
}

async function pickFolder(options: FolderOptions | undefined, title: string): Promise<string | undefined> {
  if (options?.folder !== undefined) return toFolderPath(options.folder);
  const picked = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    canSelectMany: false,
    title,
    openLabel: 'Select',
  });
  return picked?.[0]?.fsPath;
}

async function recordScrapes(
  { runWatcher, captureController }: CaptureCommandDeps,
  options?: FolderOptions,
): Promise<vscode.Uri | undefined> {
  if (runWatcher.replay) throw new Error('A recording is being replayed, so there are no live scrapes to record.');
  const folder = await pickFolder(options, 'Folder for the Recording');
  return folder === undefined ? undefined : vscode.Uri.file(await captureController.start(folder, systemClock.now()));
}

async function stopScrapes(
  { captureController }: CaptureCommandDeps,
  options?: object,
): Promise<CaptureResult | undefined> {
  const result = await captureController.stop();
  if (options) return result;
  if (result) void showResult(result);
  else void showInformation('No scrapes are being recorded.');
  return result;
}

async function showResult({ folder, scrapes }: CaptureResult): Promise<void> {
  const reveal = 'Show in Files';
  const picked = await showInformation(`Recorded ${scrapes} scrapes in ${folder}.`, reveal);
  if (picked === reveal) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
}

/** Resolves to the folder; rejects if the options name a folder that has no recording. */
async function replayScrapes(
  { runWatcher }: CaptureCommandDeps,
  options?: ReplayOptions,
): Promise<vscode.Uri | undefined> {
  const folder = await pickFolder(options, 'Folder with Recorded Scrapes');
  if (folder === undefined) return undefined;
  const { speed = 1 } = options ?? {};
  try {
    runWatcher.startReplay(
      await openCaptureReplay(folder, systemClock, speed > 0 && Number.isFinite(speed) ? speed : 1),
    );
  } catch (error) {
    const message = `No recorded scrapes can be read from ${folder}: ${errorText(error)}`;
    if (options?.folder !== undefined) throw new Error(message);
    void showError(message);
    return undefined;
  }
  return vscode.Uri.file(folder);
}

/** Registers the commands. */
export function registerCaptureCommands(deps: CaptureCommandDeps): vscode.Disposable {
  return registerCommandTable({
    [commandIds.recordScrapes]: (options?: FolderOptions) => recordScrapes(deps, options),
    [commandIds.stopScrapes]: (options?: object) => stopScrapes(deps, options),
    [commandIds.replayScrapes]: (options?: ReplayOptions) => replayScrapes(deps, options),
    [commandIds.tryRecordedRun]: async (options?: RecordedRunOptions) => {
      deps.closeImport();
      await playRecordedRun(deps, options);
    },
    [commandIds.showLive]: () => {
      deps.runWatcher.stopReplay();
      deps.closeImport();
    },
  });
}
