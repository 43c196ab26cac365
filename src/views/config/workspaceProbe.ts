/**
 * Looks whether a workspace has anything of SkyRL, as cheaply as possible: nothing is parsed, and no other part of the
 * extension is loaded.
 */
import * as vscode from 'vscode';
import { configFormatByName } from '../../config/configFormat';
import { isCandidate, looksLikeConfig, type Classifier } from '../../config/findConfigs';
import { configUris, onDidChangeSettings, readSettings } from '../shared/settings';
import { debounceBatch } from './debounceBatch';
import {
  chosenConfigKey,
  configGlob,
  nameInWorkspace,
  readBytes,
  rescanThreshold,
  searchWorkspace,
} from './workspaceFiles';

/** A search of the workspace that continues until it is disposed of. */
export interface WorkspaceProbe extends vscode.Disposable {
  /** `none` once every file was looked at. */
  readonly search: 'searching' | 'none';
}

/** What the probe reads, and what to call. */
export interface WorkspaceProbeOptions {
  memento: vscode.Memento;
  log: Pick<vscode.LogOutputChannel, 'debug' | 'error'>;
  /** A file looks like a config, settings name targets, a query or an exposition is open, or a config was chosen here before. */
  onFound: () => void;
  /** `search` has changed. */
  onChange: () => void;
}

/** Languages of this extension, in which documents get help. */
const ownLanguages: readonly string[] = ['promql', 'prometheus-exposition'];

/** Whether a document is a query, an exposition, or looks like a config; they get help, wherever their file is. */
function isSkyrlDocument(document: vscode.TextDocument): boolean {
  const { languageId, uri } = document;
  if (ownLanguages.includes(languageId)) return true;
  return (
    uri.scheme === 'file' &&
    configFormatByName(uri.fsPath) !== undefined &&
    looksLikeConfig(Buffer.from(document.getText()), uri.fsPath)
  );
}

/** Searches the workspace, then watches it until it is disposed of. */
export function watchForSkyrl({ memento, log, onFound, onChange }: WorkspaceProbeOptions): WorkspaceProbe {
  const cancellation = new vscode.CancellationTokenSource();
  let search: WorkspaceProbe['search'] = 'searching';
  let searchAbort: AbortController | undefined;

  const isKnownWorkspace = (): boolean =>
    memento.get(chosenConfigKey) !== undefined ||
    configUris().length > 0 ||
    readSettings().hasWorkspaceTargets ||
    vscode.workspace.textDocuments.some(isSkyrlDocument);

  const searchFiles = async (): Promise<void> => {
    searchAbort?.abort();
    const { signal } = (searchAbort = new AbortController());
    const classify: Classifier = (file, bytes) => {
      if (!signal.aborted && looksLikeConfig(bytes, file)) {
        searchAbort?.abort();
        onFound();
      }
      return Promise.resolve({ classification: 'other', parsed: false });
    };
    try {
      const { counts } = (await searchWorkspace(classify, signal, cancellation.token)).result;
      log.debug(`${counts.candidates} files by name, ${counts.reads} read`);
    } catch (error) {
      if (!cancellation.token.isCancellationRequested) log.error(`looking for configs: ${String(error)}`);
    }
    if (signal.aborted || cancellation.token.isCancellationRequested) return;
    search = 'none';
    onChange();
  };
  const checkFiles = async (files: readonly string[]): Promise<void> => {
    if (files.length > rescanThreshold) return searchFiles();
    for (const file of files) {
      const bytes = await readBytes(file).catch(() => undefined);
      if (cancellation.token.isCancellationRequested) return;
      if (bytes && looksLikeConfig(bytes, file)) return onFound();
    }
  };
  const touchedFiles = debounceBatch<string>((files) => void checkFiles(files));
  const queueTouched = (uri: vscode.Uri): void => {
    if (isCandidate(nameInWorkspace(uri))) touchedFiles.add(uri.fsPath, uri.fsPath);
  };
  const editedDocuments = debounceBatch<vscode.TextDocument>((documents) => {
    if (documents.some(isSkyrlDocument)) onFound();
  });

  const watcher = vscode.workspace.createFileSystemWatcher(configGlob, false, false, true);
  const subscriptions = vscode.Disposable.from(
    touchedFiles,
    editedDocuments,
    watcher,
    watcher.onDidCreate(queueTouched),
    watcher.onDidChange(queueTouched),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void searchFiles()),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isSkyrlDocument(document)) onFound();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => editedDocuments.add(document.uri.toString(), document)),
    onDidChangeSettings(() => {
      if (isKnownWorkspace()) onFound();
    }),
  );
  if (isKnownWorkspace()) onFound();
  else void searchFiles();
  return {
    get search() {
      return search;
    },
    dispose: () => {
      cancellation.cancel();
      searchAbort?.abort();
      subscriptions.dispose();
    },
  };
}
