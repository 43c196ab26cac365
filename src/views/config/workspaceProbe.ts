/** Whether a window concerns us, told as cheaply as can be: nothing is parsed, and nothing else of the extension is loaded for it. */
import * as vscode from 'vscode';
import { kindByName } from '../../config/configFormat';
import { isCandidate, looksLikeConfig, type Judge } from '../../config/findConfigs';
import { configPaths, onDidChangeSettings, readSettings } from '../shared/settings';
import { settling } from './debounceBatch';
import { configFiles, manyFiles, readBytes, rememberedKey, searchWorkspace } from './workspaceFiles';

export interface Scout extends vscode.Disposable {
  /** How far it is: `none` once every file was looked at. */
  readonly search: 'searching' | 'none';
}

export interface ScoutOptions {
  memento: vscode.Memento;
  log: Pick<vscode.LogOutputChannel, 'debug' | 'error'>;
  /** There is something of ours, by the bytes of a file, the settings, a query, or what was chosen here before. */
  found: () => void;
  /** `search` is another. */
  changed: () => void;
}

/** A query, or a config, which may be from anywhere: both are helped with as they are. */
function isOurs(document: vscode.TextDocument): boolean {
  const { languageId, uri } = document;
  if (languageId === 'promql') return true;
  return (
    uri.scheme === 'file' &&
    kindByName(uri.fsPath) !== undefined &&
    looksLikeConfig(Buffer.from(document.getText()), uri.fsPath)
  );
}

/** Looks at the workspace, and at what comes to it, until it is disposed of. */
export function sendScout({ memento, log, found, changed }: ScoutOptions): Scout {
  const ended = new vscode.CancellationTokenSource();
  let search: Scout['search'] = 'searching';
  let looking: AbortController | undefined;

  const isSaid = (): boolean =>
    memento.get(rememberedKey) !== undefined ||
    configPaths().length > 0 ||
    readSettings().saidHere ||
    vscode.workspace.textDocuments.some(isOurs);

  const look = async (): Promise<void> => {
    looking?.abort();
    const { signal } = (looking = new AbortController());
    const judge: Judge = (file, bytes) => {
      if (!signal.aborted && looksLikeConfig(bytes, file)) {
        looking?.abort();
        found();
      }
      return Promise.resolve({ verdict: 'other', parsed: false });
    };
    try {
      const { looked } = (await searchWorkspace(judge, signal, ended.token)).result;
      log.debug(`${looked.candidates} files by name, ${looked.reads} read`);
    } catch (error) {
      if (!ended.token.isCancellationRequested) log.error(`looking for configs: ${String(error)}`);
    }
    if (signal.aborted || ended.token.isCancellationRequested) return;
    search = 'none';
    changed();
  };
  const settle = async (files: readonly string[]): Promise<void> => {
    if (files.length > manyFiles) return look();
    for (const file of files) {
      const bytes = await readBytes(file).catch(() => undefined);
      if (ended.token.isCancellationRequested) return;
      if (bytes && looksLikeConfig(bytes, file)) return found();
    }
  };
  const touched = settling<string>((files) => void settle(files));
  const touch = ({ fsPath }: vscode.Uri): void => {
    if (isCandidate(fsPath)) touched.add(fsPath, fsPath);
  };
  const edited = settling<vscode.TextDocument>((documents) => {
    if (documents.some(isOurs)) found();
  });

  const watcher = vscode.workspace.createFileSystemWatcher(configFiles, false, false, true);
  const subscriptions = vscode.Disposable.from(
    touched,
    edited,
    watcher,
    watcher.onDidCreate(touch),
    watcher.onDidChange(touch),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void look()),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isOurs(document)) found();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => edited.add(document.uri.toString(), document)),
    onDidChangeSettings(() => {
      if (isSaid()) found();
    }),
  );
  if (isSaid()) found();
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
