/** `SkyRL: Try It on a Recorded Run`: plays the recording that ships with the extension. */
import * as vscode from 'vscode';
import { openBundle } from '../../capture/captureBundle';
import { openReplay } from '../../capture/captureReplay';
import { systemClock } from '../../shared/clock';
import { viewIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';

/** Fast enough to see a run change, slow enough to read its numbers. */
const defaultSpeed = 5;

/** Options of the command; with them it shows no view. */
export interface RecordedRunOptions {
  /** How many times as fast as it was recorded the rest is played after the beginning. */
  speed?: number;
}

/** What is played, and where its file is. */
export interface RecordedRunDeps {
  extensionUri: vscode.Uri;
  runWatcher: RunWatcher;
}

/** Plays the recording in place of the live run; no request leaves this machine, and nothing of it is kept. */
export async function playRecordedRun(
  { extensionUri, runWatcher }: RecordedRunDeps,
  options?: RecordedRunOptions,
): Promise<void> {
  const file = vscode.Uri.joinPath(extensionUri, 'media', 'recorded-run.json.br');
  const { source, example } = await openBundle(Buffer.from(await vscode.workspace.fs.readFile(file)));
  const { speed = defaultSpeed } = options ?? {};
  runWatcher.startReplay(
    await openReplay(source, systemClock, {
      speed: speed > 0 && Number.isFinite(speed) ? speed : defaultSpeed,
      example,
    }),
  );
  if (!options) await vscode.commands.executeCommand(`${viewIds.metrics}.focus`);
}
