/** Features that are loaded with their first command. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { registerOnDemand } from '../../src/views/shared/registerOnDemand';

const first = 'skyrl.test.first';
const second = 'skyrl.test.second';

describe('a feature on demand', () => {
  let registered = 0;
  let disposed = 0;
  const register = (): vscode.Disposable => {
    registered += 1;
    return vscode.Disposable.from(
      vscode.commands.registerCommand(first, (value: number) => value + 1),
      vscode.commands.registerCommand(second, (value: number) => value * 2),
      new vscode.Disposable(() => (disposed += 1)),
    );
  };
  const hasCommand = async (id: string): Promise<boolean> => (await vscode.commands.getCommands(true)).includes(id);

  beforeEach(() => {
    registered = disposed = 0;
  });

  it('answers the first command with its argument, and later ones', async () => {
    const feature = registerOnDemand([first, second], async () => register);
    assert.equal(registered, 0);
    assert.deepEqual(
      await Promise.all([vscode.commands.executeCommand(first, 1), vscode.commands.executeCommand(second, 4)]),
      [2, 8],
    );
    assert.equal(await vscode.commands.executeCommand(second, 5), 10);
    assert.equal(registered, 1);
    feature.dispose();
    assert.equal(disposed, 1);
    assert.equal(await hasCommand(first), false);
  });

  it('says what failed, and loads at the next command', async () => {
    let isThere = false;
    const feature = registerOnDemand([first, second], async () => {
      if (!isThere) throw new Error('no file');
      return register;
    });
    await assert.rejects(async () => vscode.commands.executeCommand(first, 1), /could not be loaded.*\(no file\)/);
    isThere = true;
    assert.equal(await vscode.commands.executeCommand(first, 1), 2);
    feature.dispose();
  });

  it('registers nothing if it is disposed of while it is loaded', async () => {
    let finish: ((register: () => vscode.Disposable) => void) | undefined;
    const feature = registerOnDemand(
      [first, second],
      () => new Promise<() => vscode.Disposable>((resolve) => (finish = resolve)),
    );
    const loading = feature.load();
    feature.dispose();
    finish?.(register);
    await assert.rejects(loading, /has been stopped/);
    assert.equal(registered, 0);
    assert.equal(await hasCommand(first), false);
  });
});
