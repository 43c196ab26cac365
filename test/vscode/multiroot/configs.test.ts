/** A workspace of two folders: one config is in use, from either folder; `skyrl.config` is relative to its folder. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../../src/api';
import { activate, executeCommand, localConfig, waitForState, until } from '../support';

describe('a workspace of two folders', () => {
  let api: Api;
  const file = (folder: number, name: string): vscode.Uri =>
    vscode.Uri.joinPath((vscode.workspace.workspaceFolders ?? [])[folder]?.uri as vscode.Uri, name);
  const write = async (folder: number, name: string, text: string): Promise<vscode.Uri> => {
    await vscode.workspace.fs.writeFile(file(folder, name), Buffer.from(text));
    return file(folder, name);
  };
  let effectiveConfig: vscode.TextDocument;
  const becomes = (pattern: RegExp, description: string): Promise<boolean> =>
    until(() => pattern.test(effectiveConfig.getText()), description, 20_000);

  before(async () => {
    await vscode.workspace.getConfiguration('skyrl').update('scrape.interval', 0, vscode.ConfigurationTarget.Workspace);
    api = await activate();
    effectiveConfig = await vscode.workspace.openTextDocument(await executeCommand<vscode.Uri>('skyrl.showConfig'));
  });

  it('has two folders', () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 2);
  });

  it('uses the only config, which is in the second folder', async () => {
    await waitForState(api, 'no-config');
    await write(1, 'config.yaml', localConfig('num_engines: 5'));
    await becomes(/num_engines: 5 /, 'the config in use');
  });

  it('uses none of two configs', async () => {
    await write(0, 'config.yaml', localConfig('num_engines: 4'));
    await becomes(/none is chosen/, 'no config in use');
  });

  it('resolves the path of a setting in the folder that sets it', async function () {
    this.timeout(150_000);
    const settings = vscode.workspace.getConfiguration('skyrl', file(1, ''));
    await settings.update('config', 'config.yaml', vscode.ConfigurationTarget.WorkspaceFolder);
    await becomes(/num_engines: 5 /, 'the second folder’s');
    await settings.update('config', undefined, vscode.ConfigurationTarget.WorkspaceFolder);
    await vscode.workspace
      .getConfiguration('skyrl', file(0, ''))
      .update('config', 'config.yaml', vscode.ConfigurationTarget.WorkspaceFolder);
    await becomes(/num_engines: 4 /, 'the first folder’s');
    await vscode.workspace
      .getConfiguration('skyrl', file(0, ''))
      .update('config', undefined, vscode.ConfigurationTarget.WorkspaceFolder);
  });

  it('remembers the config that was chosen', async () => {
    await executeCommand('skyrl.selectConfig', { uri: file(1, 'config.yaml') });
    await write(0, 'another.yaml', localConfig('num_engines: 9'));
    await becomes(/num_engines: 5 /, 'the chosen one');
  });
});
