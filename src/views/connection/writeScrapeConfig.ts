/**
 * `SkyRL: Write Scrape Config for Prometheus`: files that let a Prometheus scrape this cluster. Given an options object
 * it asks nothing.
 */
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import { scrapeConfig, type ScrapeConfigFile } from '../../prometheus/scrapeConfig';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { toUri, type UriLike } from '../shared/toUri';
import { showError, showWarning } from '../shared/messages';

interface WriteOptions {
  /** Absent: the first workspace folder. */
  folder?: UriLike;
}

type NamedFile = ScrapeConfigFile & { uri: vscode.Uri };

async function pathExists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

const firstWorkspaceFolder = (): vscode.Uri | undefined => vscode.workspace.workspaceFolders?.[0]?.uri;

async function pickTargetFolder(): Promise<vscode.Uri | undefined> {
  const defaultUri = firstWorkspaceFolder();
  const picked = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: 'Write Here',
    title: 'Folder for Prometheus’s Files',
    ...(defaultUri && { defaultUri }),
  });
  return picked?.[0];
}

/** Asks before files are replaced; true if none exists. */
async function confirmReplace(files: readonly NamedFile[]): Promise<boolean> {
  const exist = await Promise.all(files.map(({ uri }) => pathExists(uri)));
  const existing = files.filter((_, index) => exist[index]);
  if (existing.length === 0) return true;
  const replace = 'Replace';
  const picked = await showWarning(
    'Replace existing files?',
    { modal: true, detail: existing.map(({ name }) => name).join('\n') },
    replace,
  );
  return picked === replace;
}

/**
 * Resolves to the files that were written, the configs first; to none if the person cancelled. Rejects if no target is
 * known or a file cannot be written.
 */
async function writeScrapeConfig(runWatcher: RunWatcher, options?: WriteOptions): Promise<vscode.Uri[]> {
  if (!runWatcher.collector.round?.discovery.targets.length) await runWatcher.scrape('api');
  const contents = scrapeConfig(runWatcher.collector.round?.discovery ?? { targets: [], reason: '', ray: {} });
  const folder = options
    ? options.folder === undefined
      ? firstWorkspaceFolder()
      : toUri(options.folder)
    : await pickTargetFolder();
  if (!folder && options) throw new Error('No folder is open, and none is named.');
  if (!folder) return [];
  const files = contents.map((file) => ({ ...file, uri: vscode.Uri.joinPath(folder, file.name) }));
  if (!options && !(await confirmReplace(files))) return [];
  for (const { uri, text } of files) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return files.map(({ uri }) => uri);
}

/** The same for a person: opens the first file, and shows what goes wrong. */
async function writeInteractively(runWatcher: RunWatcher): Promise<vscode.Uri[]> {
  try {
    const uris = await writeScrapeConfig(runWatcher);
    if (uris[0]) await vscode.window.showTextDocument(uris[0]);
    return uris;
  } catch (error) {
    void showError(`No scrape config was written: ${errorText(error)}`);
    return [];
  }
}

/** Registers the command. */
export const registerWriteScrapeConfig = (runWatcher: RunWatcher): vscode.Disposable =>
  registerCommandTable({
    [commandIds.writeScrapeConfig]: (options?: WriteOptions) =>
      options ? writeScrapeConfig(runWatcher, options) : writeInteractively(runWatcher),
  });
