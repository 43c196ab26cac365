/** File watchers for configs inside and outside the workspace. */
import * as vscode from 'vscode';
import { configGlob } from './workspaceFiles';

/** What to call when files, documents or folders change. */
export interface WorkspaceWatcherOptions {
  /** A file that may be a config was created, changed or deleted. */
  onFile: (uri: vscode.Uri) => void;
  /** A document was edited, or closed without saving, so that the file on disk counts again. */
  onDocument: (uri: vscode.Uri) => void;
  onFolderDeleted: (uri: vscode.Uri) => void;
  onWorkspaceFoldersChanged: () => void;
}

/** Watches the workspace until it is disposed of. */
export function watchWorkspace(options: WorkspaceWatcherOptions): vscode.Disposable {
  // VS Code reports a deleted folder, but not the files in it.
  const folders = vscode.workspace.createFileSystemWatcher('**', true, true, false);
  return vscode.Disposable.from(
    folders,
    folders.onDidDelete(options.onFolderDeleted),
    watchFiles(configGlob, options.onFile),
    vscode.workspace.onDidChangeTextDocument(({ document }) => options.onDocument(document.uri)),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => options.onDocument(uri)),
    vscode.workspace.onDidChangeWorkspaceFolders(options.onWorkspaceFoldersChanged),
  );
}

/** Watches a file that no workspace folder contains; undefined for a file of the workspace. */
export function watchExternalFile(uri: vscode.Uri, onFile: (uri: vscode.Uri) => void): vscode.Disposable | undefined {
  if (vscode.workspace.getWorkspaceFolder(uri)) return undefined;
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1).replace(/[[\]{}*?]/g, '?');
  return watchFiles(new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name), onFile);
}

function watchFiles(pattern: vscode.GlobPattern, onFile: (uri: vscode.Uri) => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(onFile),
    watcher.onDidCreate(onFile),
    watcher.onDidDelete(onFile),
  );
}
