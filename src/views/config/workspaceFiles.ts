/**
 * How files of the workspace that may be configs are found and read. The entry loads this file in every VS Code window.
 */
import * as vscode from 'vscode';
import { configPattern, launcherPattern, maxConfigLength, watchedPattern } from '../../config/configFormat';
import { findConfigs, type Classifier, type SearchResult } from '../../config/findConfigs';
import { readRegularFile } from '../../shared/readRegularFile';
import { yieldToEventLoop } from '../../shared/timeSlice';

/** Files whose name may be a config's. */
export const configGlob = watchedPattern;
const skippedFolders = '**/{node_modules,.git,.venv,venv,site-packages,__pycache__,wandb}/**';
const maxFiles = 20_000;

/** If more files change at once, as in a checkout, searching the whole workspace is faster. */
export const rescanThreshold = 50;

/** Key of the workspace's memento for the config that a person chose, as the text of its Uri. */
export const chosenConfigKey = 'skyrl.config';

/** A file's path in the workspace, with `/` in front: the folders that the workspace is in say nothing about it. */
export const nameInWorkspace = (uri: vscode.Uri): string => `/${vscode.workspace.asRelativePath(uri, false)}`;

/** The bytes of a file. Rejects if it cannot be read, or is larger than any config. */
export async function readBytes(file: string): Promise<Uint8Array> {
  const { bytes } = await readRegularFile(file, { maxBytes: maxConfigLength });
  return bytes;
}

/** Whether there is a file, and not a folder, of this Uri. */
export async function fileExists(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type !== vscode.FileType.Directory;
  } catch {
    return false;
  }
}

/**
 * Classifies the files of the whole workspace, in slices; `byPath` has the Uri of each. Rejects if VS Code's own search
 * does.
 */
export async function searchWorkspace(
  classify: Classifier,
  signal: AbortSignal,
  token: vscode.CancellationToken,
): Promise<{ result: SearchResult; byPath: Map<string, vscode.Uri> }> {
  // Programs are many, and must not take the place of configs among the names that are looked at.
  const find = (pattern: string): Thenable<vscode.Uri[]> =>
    vscode.workspace.findFiles(pattern, skippedFolders, maxFiles, token);
  const files = [...(await find(configPattern)), ...(await find(launcherPattern))];
  const byPath = new Map(files.map((uri) => [uri.fsPath, uri]));
  const nameOf = (path: string): string => {
    const uri = byPath.get(path);
    return uri ? nameInWorkspace(uri) : path;
  };
  const search = { files: byPath.keys(), nameOf, read: readBytes, classify, signal, pause: yieldToEventLoop };
  return { byPath, result: await findConfigs(search) };
}
