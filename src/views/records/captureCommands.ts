/** The commands that record scrapes and replay them. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { RecordingResult } from '../../capture/captureWriter';
import { openReplay } from '../../capture/captureReplay';
import { systemClock } from '../../collector/schedule';
import { commands } from '../shared/ids';
import type { ScrapeRecorder } from './captureController';
import type { Session } from '../shared/runWatcher';

interface FolderOptions {
  folder?: vscode.Uri | string;
}

interface ReplayOptions extends FolderOptions {
  /** Times as fast as recorded; 1 unless said otherwise. */
  speed?: number;
}

export interface ScrapeDeps {
  session: Session;
  recorder: ScrapeRecorder;
  /** The chart shows the live run again. */
  closeImport: () => void;
}

async function folderOf(given: FolderOptions | undefined, title: string): Promise<string | undefined> {
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

async function record({ session, recorder }: ScrapeDeps, given?: FolderOptions): Promise<vscode.Uri | undefined> {
  if (session.replay)
    throw new Error('Recorded scrapes are replayed now: nothing live is scraped that could be recorded.');
  const folder = await folderOf(given, 'A folder for the recording');
  return folder === undefined ? undefined : vscode.Uri.file(await recorder.start(folder, systemClock.now()));
}

async function stop({ recorder }: ScrapeDeps, given?: object): Promise<RecordingResult | undefined> {
  const result = await recorder.stop();
  if (given) return result;
  if (!result) void vscode.window.showInformationMessage('No scrapes are being recorded.');
  else void showResult(result);
  return result;
}

async function showResult({ folder, scrapes }: RecordingResult): Promise<void> {
  const show = 'Show in Files';
  const chosen = await vscode.window.showInformationMessage(`${scrapes} scrapes are recorded in ${folder}.`, show);
  if (chosen === show) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(folder));
}

async function replay({ session }: ScrapeDeps, given?: ReplayOptions): Promise<vscode.Uri | undefined> {
  const folder = await folderOf(given, 'A folder with recorded scrapes');
  if (folder === undefined) return undefined;
  const { speed = 1 } = given ?? {};
  try {
    session.startReplay(await openReplay(folder, systemClock, speed > 0 && Number.isFinite(speed) ? speed : 1));
  } catch (error) {
    const words = `No recorded scrapes can be read from ${folder}: ${error instanceof Error ? error.message : String(error)}`;
    if (given?.folder !== undefined) throw new Error(words);
    void vscode.window.showErrorMessage(words);
    return undefined;
  }
  return vscode.Uri.file(folder);
}

function showLive({ session, closeImport }: ScrapeDeps): void {
  session.stopReplay();
  closeImport();
}

export function registerScrapeCommands(deps: ScrapeDeps): vscode.Disposable[] {
  const table: Record<string, (...args: never[]) => unknown> = {
    [commands.recordScrapes]: (given?: FolderOptions) => record(deps, given),
    [commands.stopScrapes]: (given?: object) => stop(deps, given),
    [commands.replayScrapes]: (given?: ReplayOptions) => replay(deps, given),
    [commands.showLive]: () => showLive(deps),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}
