import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../../src/api';

describe('the extension in a folder that is not trusted', () => {
  it('activates and makes no request', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const extension = vscode.extensions.getExtension<Api>('skyrl-metrics.skyrl-metrics');
    assert.ok(extension);
    const api = await extension.activate();
    assert.equal(api.status.state, 'untrusted');
    const snapshot = await api.scrape();
    assert.deepEqual(snapshot.targets, []);
  });
});
