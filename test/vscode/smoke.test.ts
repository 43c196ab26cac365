import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('the extension in a real VS Code', () => {
  const extension = vscode.extensions.getExtension('skyrl-metrics.skyrl-metrics');

  it('is installed', () => {
    assert.ok(extension);
  });

  it('activates', async () => {
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });

  it('runs in a trusted folder', () => {
    assert.equal(vscode.workspace.isTrusted, true);
  });

  it('registers the scrape command', async () => {
    const commands = await vscode.commands.getCommands(true);
    assert.ok(commands.includes('skyrl.scrape'));
  });
});
