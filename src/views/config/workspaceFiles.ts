/** The workspace's files that may be configs: how they are found and read. Light, since every window begins with it. */
import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { configExtensions, maxConfigLength } from '../../config/configFormat';
import { findConfigs, type Classifier, type SearchResult } from '../../config/findConfigs';
import { yieldToEventLoop } from '../../shared/timeSlice';

export const configGlob = `**/*.{${configExtensions.join(',')}}`;
const skippedFolders = '**/{node_modules,.git,.venv,venv,site-packages,__pycache__,wandb}/**';
const maxFiles = 20_000;

/** More files than that at once are a checkout: looking at the whole workspace is the shorter way. */
export const rescanThreshold = 50;

/** In the workspace's memento: the config that a person chose. */
export const chosenConfigKey = 'skyrl.config';

/** A file's bytes; those of a file larger than any config are not read. */
export async function readBytes(file: string): Promise<Uint8Array | undefined> {
  const { size } = await stat(file);
  return size > maxConfigLength ? undefined : readFile(file);
}

export async function fileExists(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type !== vscode.FileType.Directory;
  } catch {
    return false;
  }
}

/** Looks at the whole workspace, in slices; the files by their paths. Rejects where VS Code's own search does. */
export async function searchWorkspace(
  judge: Classifier,
  signal: AbortSignal,
  token: vscode.CancellationToken,
): Promise<{ result: SearchResult; byPath: Map<string, vscode.Uri> }> {
  const found = await vscode.workspace.findFiles(configGlob, skippedFolders, maxFiles, token);
  const byPath = new Map(found.map((uri) => [uri.fsPath, uri]));
  return {
    byPath,
    result: await findConfigs({
      files: byPath.keys(),
      read: readBytes,
      classify: judge,
      signal,
      pause: yieldToEventLoop,
    }),
  };
}
