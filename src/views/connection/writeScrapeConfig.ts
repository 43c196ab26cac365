/** SkyRL: Write Scrape Config: a Prometheus for the present cluster, as files in a folder. Given an options object it asks nothing. */
import * as vscode from 'vscode';
import { scrapeConfig } from '../../prometheus/scrapeConfig';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';

interface WriteOptions {
  /** The workspace's first folder unless said otherwise. */
  folder?: vscode.Uri | string;
}

const toUri = (given: vscode.Uri | string): vscode.Uri =>
  typeof given === 'string' ? vscode.Uri.parse(given, true) : given;

async function pathExists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

async function pickTargetFolder(): Promise<vscode.Uri | undefined> {
  const defaultUri = vscode.workspace.workspaceFolders?.[0]?.uri;
  const picked = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: 'Write here',
    title: 'Where Prometheus’s files go',
    ...(defaultUri && { defaultUri }),
  });
  return picked?.[0];
}

/** Resolves to the files that were written, the configs first; to none where a person changed their mind. Rejects where no target is known, or a file cannot be written. */
async function writeScrapeConfig(session: RunWatcher, options?: WriteOptions): Promise<vscode.Uri[]> {
  if (!session.collector.round?.discovery.targets.length) await session.scrape('api');
  const files = scrapeConfig(session.collector.round?.discovery ?? { targets: [], reason: '', ray: {} });
  const folder = options
    ? options.folder === undefined
      ? vscode.workspace.workspaceFolders?.[0]?.uri
      : toUri(options.folder)
    : await pickTargetFolder();
  if (!folder && options) throw new Error('No folder is open, and none was named.');
  if (!folder) return [];
  const uris = files.map(({ name }) => vscode.Uri.joinPath(folder, name));
  const there = await Promise.all(uris.map(pathExists));
  if (!options && there.some(Boolean)) {
    const replace = 'Replace';
    if (
      (await vscode.window.showWarningMessage(
        'Files of this name are there.',
        {
          modal: true,
          detail: files
            .filter((_, index) => there[index])
            .map(({ name }) => name)
            .join('\n'),
        },
        replace,
      )) !== replace
    )
      return [];
  }
  for (const [index, uri] of uris.entries())
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(files[index]?.text));
  return uris;
}

async function writeInteractively(session: RunWatcher): Promise<vscode.Uri[]> {
  try {
    const uris = await writeScrapeConfig(session);
    if (uris[0]) await vscode.window.showTextDocument(uris[0]);
    return uris;
  } catch (error) {
    void vscode.window.showErrorMessage(
      `No scrape config was written: ${error instanceof Error ? error.message : String(error)}`,
    );
    return [];
  }
}

export const registerWriteScrapeConfig = (session: RunWatcher): vscode.Disposable =>
  vscode.commands.registerCommand(commandIds.writeScrapeConfig, (options?: WriteOptions) =>
    options ? writeScrapeConfig(session, options) : writeInteractively(session),
  );
