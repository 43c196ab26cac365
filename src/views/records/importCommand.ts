/** `SkyRL: Import Metrics into Chart`: shows an export in the charts. Given an options object it asks nothing. */
import path from 'node:path';
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import { ImportError, readExport, type ImportedData } from '../../capture/readExport';
import { catalog } from '../../metrics/catalog/index';
import { isOtherId } from '../../metrics/otherRows';
import { readRegularFileChunks } from '../../shared/readRegularFile';
import { yieldToEventLoop } from '../../shared/timeSlice';
import { errorText } from '../shared/errorText';
import { commandIds, viewIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import { escapeMessage, showError } from '../shared/messages';

/** Shows an import in the charts. */
export type ShowImport = (imported: ImportedData & { name: string }) => void;

interface ImportOptions {
  uri?: UriLike;
}

/** A file of this machine is read in pieces; elsewhere VS Code gives it as a whole. */
const maxImportBytes = { file: 256 * 2 ** 20, other: 32 * 2 ** 20 };
const subjectKindById = new Map(
  catalog.map(({ id, subject }) => [id, subject === 'engine' ? ('engine' as const) : ('part' as const)]),
);

/** The bytes of a file. Rejects if it is too large, a pipe or a device. */
async function openImport(uri: vscode.Uri): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
  const maxBytes = uri.scheme === 'file' ? maxImportBytes.file : maxImportBytes.other;
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxBytes)
    throw new ImportError(`The file is larger than ${maxBytes / 2 ** 20} MiB. Export a shorter time.`);
  return uri.scheme === 'file'
    ? readRegularFileChunks(uri.fsPath, { maxBytes })
    : [await vscode.workspace.fs.readFile(uri)];
}

async function readImport(uri: vscode.Uri, token: vscode.CancellationToken): Promise<ImportedData> {
  return readExport(await openImport(uri), {
    subjectOf: (id) => subjectKindById.get(id) ?? (isOtherId(id) ? 'engine' : undefined),
    pause: async () => {
      await yieldToEventLoop();
      if (token.isCancellationRequested) throw new vscode.CancellationError();
    },
  });
}

async function pickFile(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    filters: { 'SkyRL Metrics export': ['jsonl', 'csv'] },
    canSelectMany: false,
  });
  return picked?.[0];
}

/** Resolves to the file, to undefined if the person cancelled. With a `uri` it rejects if it fails. */
async function importMetrics(showImport: ShowImport, options?: ImportOptions): Promise<vscode.Uri | undefined> {
  const uri = options?.uri === undefined ? await pickFile() : toUri(options.uri);
  if (!uri) return undefined;
  const name = path.basename(uri.path);
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: escapeMessage(`Importing ${name}`),
    cancellable: true,
  };
  try {
    const imported = await vscode.window.withProgress(progress, (_, token) => readImport(uri, token));
    showImport({ ...imported, name });
  } catch (error) {
    if (options?.uri !== undefined) throw error;
    if (!(error instanceof vscode.CancellationError)) void showError(`${name} cannot be imported: ${errorText(error)}`);
    return undefined;
  }
  await vscode.commands.executeCommand(`${viewIds.chart}.focus`);
  return uri;
}

/** Registers the command. */
export const registerImportCommand = (showImport: ShowImport): vscode.Disposable =>
  registerCommandTable({ [commandIds.importData]: (options?: ImportOptions) => importMetrics(showImport, options) });
