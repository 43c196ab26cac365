/** The commands that select and open the config. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { configExtensions } from '../../config/configFormat';
import { escapeLabel } from '../../shared/escapeLabel';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import type { Configs } from './configs';
import { toRange } from './toRange';
import { fileExists } from './workspaceFiles';
import { showWarning } from '../shared/messages';

interface SelectConfigOptions {
  uri?: UriLike;
}

/** Resolves to the config that is now in use; to undefined if the person chose none. Rejects if there is no such file. */
async function selectConfig(configs: Configs, options?: SelectConfigOptions): Promise<vscode.Uri | undefined> {
  const given = options?.uri;
  const uri = given === undefined ? await pickConfig(configs) : toUri(given);
  if (!uri) return undefined;
  if (given !== undefined && !(await fileExists(uri))) throw new Error(`There is no file ${uri.toString()}.`);
  const isReadable = await configs.select(uri);
  if (!isReadable && given === undefined)
    void showWarning(`${vscode.workspace.asRelativePath(uri)} cannot be read as a SkyRL config.`);
  return uri;
}

async function pickConfig(configs: Configs): Promise<vscode.Uri | undefined> {
  await configs.find();
  const items = configs.candidates.map((uri) => ({
    label: escapeLabel(vscode.workspace.asRelativePath(uri)),
    uri,
    picked: uri.toString() === configs.activeConfig?.uri.toString(),
  }));
  const browse = { label: 'Another file…', uri: undefined };
  const picked = await vscode.window.showQuickPick([...items, browse], {
    placeHolder: 'Select the SkyRL config of the run',
  });
  if (!picked || picked.uri) return picked?.uri;
  const files = await vscode.window.showOpenDialog({
    filters: { 'SkyRL configs': [...configExtensions] },
    canSelectMany: false,
  });
  return files?.[0];
}

/** Opens the config in use at its first finding; without one, asks which config to use. Resolves to the config. */
async function openConfig(configs: Configs): Promise<vscode.Uri | undefined> {
  const uri = configs.activeConfig?.uri ?? (await selectConfig(configs));
  if (!uri) return undefined;
  const firstFinding = configs.activeConfig?.findings[0];
  await vscode.window.showTextDocument(uri, firstFinding ? { selection: toRange(firstFinding.range) } : {});
  return uri;
}

/** Registers the commands. */
export function registerConfigCommands(configs: Configs): vscode.Disposable {
  return registerCommandTable({
    [commandIds.selectConfig]: (options?: SelectConfigOptions) => selectConfig(configs, options),
    [commandIds.openConfig]: () => openConfig(configs),
  });
}
