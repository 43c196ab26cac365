/** Which SkyRL the project of a config uses, and when that may have changed. */
import * as vscode from 'vscode';
import { dirname } from 'node:path';
import type { SkyrlRelease } from '../../config/skyrlRelease';
import { findRelease } from './releaseFiles';

/** The release in use; undefined if no file says one, and in a workspace that is not trusted, whose files are not read. */
export async function readProjectRelease(config: vscode.Uri): Promise<SkyrlRelease | undefined> {
  if (!vscode.workspace.isTrusted || config.scheme !== 'file') return undefined;
  const top = vscode.workspace.getWorkspaceFolder(config)?.uri.fsPath ?? dirname(config.fsPath);
  return findRelease(config.fsPath, top);
}

/** Calls back when a lock file or a project file changes, and when the workspace becomes trusted. */
export function watchProjectRelease(onChange: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/{uv.lock,pyproject.toml}');
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(onChange),
    watcher.onDidCreate(onChange),
    watcher.onDidDelete(onChange),
    vscode.workspace.onDidGrantWorkspaceTrust(onChange),
  );
}
