/** Whether a window concerns us, told as cheaply as can be: nothing is parsed, and nothing else of the extension is loaded for it. */
import * as vscode from 'vscode';
import { configFormatByName } from '../../config/configFormat';
import { isCandidate, looksLikeConfig, type Classifier } from '../../config/findConfigs';
import { configUris, onDidChangeSettings, readSettings } from '../shared/settings';
import { debounceBatch } from './debounceBatch';
import { configGlob, rescanThreshold, readBytes, chosenConfigKey, searchWorkspace } from './workspaceFiles';

export interface WorkspaceProbe extends vscode.Disposable {
  /** How far it is: `none` once every file was looked at. */
  readonly search: 'searching' | 'none';
}

export interface WorkspaceProbeOptions {
  memento: vscode.Memento;
  log: Pick<vscode.LogOutputChannel, 'debug' | 'error'>;
  /** There is something of ours, by the bytes of a file, the settings, a query, or what was chosen here before. */
  onFound: () => void;
  /** `search` is another. */
  onChange: () => void;
}

/** A query, or a config, which may be from anywhere: both are helped with as they are. */
function isSkyrlDocument(document: vscode.TextDocument): boolean {
  const { languageId, uri } = document;
  if (languageId === 'promql') return true;
  return (
    uri.scheme === 'file' &&
    configFormatByName(uri.fsPath) !== undefined &&
    looksLikeConfig(Buffer.from(document.getText()), uri.fsPath)
  );
}

/** Looks at the workspace, and at what comes to it, until it is disposed of. */
export function watchForSkyrl({ memento, log, onFound, onChange }: WorkspaceProbeOptions): WorkspaceProbe {
  const ended = new vscode.CancellationTokenSource();
  let search: WorkspaceProbe['search'] = 'searching';
  let looking: AbortController | undefined;

  const isSaid = (): boolean =>
    memento.get(chosenConfigKey) !== undefined ||
    configUris().length > 0 ||
    readSettings().hasWorkspaceTargets ||
    vscode.workspace.textDocuments.some(isSkyrlDocument);

  const look = async (): Promise<void> => {
    looking?.abort();
    const { signal } = (looking = new AbortController());
    const judge: Classifier = (file, bytes) => {
      if (!signal.aborted && looksLikeConfig(bytes, file)) {
        looking?.abort();
        onFound();
      }
      return Promise.resolve({ classification: 'other', parsed: false });
    };
    try {
      const { counts } = (await searchWorkspace(judge, signal, ended.token)).result;
      log.debug(`${counts.candidates} files by name, ${counts.reads} read`);
    } catch (error) {
      if (!ended.token.isCancellationRequested) log.error(`looking for configs: ${String(error)}`);
    }
    if (signal.aborted || ended.token.isCancellationRequested) return;
    search = 'none';
    onChange();
  };
  const settle = async (files: readonly string[]): Promise<void> => {
    if (files.length > rescanThreshold) return look();
    for (const file of files) {
      const bytes = await readBytes(file).catch(() => undefined);
      if (ended.token.isCancellationRequested) return;
      if (bytes && looksLikeConfig(bytes, file)) return onFound();
    }
  };
  const touched = debounceBatch<string>((files) => void settle(files));
  const touch = ({ fsPath }: vscode.Uri): void => {
    if (isCandidate(fsPath)) touched.add(fsPath, fsPath);
  };
  const edited = debounceBatch<vscode.TextDocument>((documents) => {
    if (documents.some(isSkyrlDocument)) onFound();
  });

  const watcher = vscode.workspace.createFileSystemWatcher(configGlob, false, false, true);
  const subscriptions = vscode.Disposable.from(
    touched,
    edited,
    watcher,
    watcher.onDidCreate(touch),
    watcher.onDidChange(touch),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void look()),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isSkyrlDocument(document)) onFound();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => edited.add(document.uri.toString(), document)),
    onDidChangeSettings(() => {
      if (isSaid()) onFound();
    }),
  );
  if (isSaid()) onFound();
  else void look();
  return {
    get search() {
      return search;
    },
    dispose: () => {
      ended.cancel();
      looking?.abort();
      subscriptions.dispose();
    },
  };
}
