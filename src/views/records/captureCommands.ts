/** The commands that record scrapes and replay them. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { CaptureResult } from '../../capture/captureWriter';
import { openCaptureReplay } from '../../capture/captureReplay';
import { systemClock } from '../../shared/clock';
import { commandIds } from '../shared/ids';
import type { CaptureController } from './captureController';
import type { RunWatcher } from '../shared/runWatcher';

interface FolderOptions {
  folder?: vscode.Uri | string;
}

interface ReplayOptions extends FolderOptions {
  /** Times as fast as recorded; 1 unless said otherwise. */
  speed?: number;
}

export interface CaptureDeps {
  runWatcher: RunWatcher;
  captureController: CaptureController;
  /** The chart shows the live run again. */
  closeImport: () => void;
}

async function pickCaptureFolder(given: FolderOptions | undefined, title: string): Promise<string | undefined> {
  if (given?.folder !== undefined) return typeof given.folder === 'string' ? given.folder : given.folder.fsPath;
  const [picked] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      canSelectMany: false,
      title,
      openLabel: 'Choose',
    })) ?? [];
  return picked?.fsPath;
}

async function startCapture(
  { runWatcher, captureController }: CaptureDeps,
  given?: FolderOptions,
): Promise<vscode.Uri | undefined> {
  if (runWatcher.replay)
    throw new Error('Recorded scrapes are replayed now: nothing live is scraped that could be recorded.');
  const folder = await pickCaptureFolder(given, 'A folder for the recording');
  return folder === undefined ? undefined : vscode.Uri.file(await captureController.start(folder, systemClock.now()));
}

async function stopCapture({ captureController }: CaptureDeps, given?: object): Promise<CaptureResult | undefined> {
  const result = await captureController.stop();
  if (given) return result;
  if (!result) void vscode.window.showInformationMessage('No scrapes are being recorded.');
  else void showCaptureResult(result);
  return result;
}

async function showCaptureResult({ folder, scrapes }: CaptureResult): Promise<void> {
  const show = 'Show in Files';
  const chosen = await vscode.window.showInformationMessage(`${scrapes} scrapes are recorded in ${folder}.`, show);
  if (chosen === show) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
}

async function replayCapture({ runWatcher }: CaptureDeps, given?: ReplayOptions): Promise<vscode.Uri | undefined> {
  const folder = await pickCaptureFolder(given, 'A folder with recorded scrapes');
  if (folder === undefined) return undefined;
  const { speed = 1 } = given ?? {};
  try {
    runWatcher.startReplay(
      await openCaptureReplay(folder, systemClock, speed > 0 && Number.isFinite(speed) ? speed : 1),
    );
  } catch (error) {
    const words = `No recorded scrapes can be read from ${folder}: ${error instanceof Error ? error.message : String(error)}`;
    if (given?.folder !== undefined) throw new Error(words);
    void vscode.window.showErrorMessage(words);
    return undefined;
  }
  return vscode.Uri.file(folder);
}

function showLive({ runWatcher, closeImport }: CaptureDeps): void {
  runWatcher.stopReplay();
  closeImport();
}

export function registerCaptureCommands(deps: CaptureDeps): vscode.Disposable[] {
  const table: Record<string, (...args: never[]) => unknown> = {
    [commandIds.recordScrapes]: (given?: FolderOptions) => startCapture(deps, given),
    [commandIds.stopScrapes]: (given?: object) => stopCapture(deps, given),
    [commandIds.replayScrapes]: (given?: ReplayOptions) => replayCapture(deps, given),
    [commandIds.showLive]: () => showLive(deps),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}
