/** Restricted Mode: views and commands work, and no request is made. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../../src/api';
import { toolNames } from '../../../src/views/assistant/toolNames';
import { startSmallDashboard, type SmallDashboard } from '../../demonstration/index';
import { setEnvironment, localConfig, sleep, writeFile } from '../support';

describe('the extension in a folder that is not trusted', () => {
  let api: Api;
  let dashboard: SmallDashboard;
  let restore: () => void;

  before(async () => {
    dashboard = await startSmallDashboard({ targets: ['127.0.0.1:1'] });
    restore = setEnvironment({ RAY_AUTH_TOKEN: 'tok-restricted' });
    // An untrusted folder names addresses in a config with external servers, and in its settings.
    await writeFile(
      'config/one.yaml',
      localConfig('run_engines_locally: false', `external_server_urls: ["${dashboard.url}"]`),
    );
    const settings = {
      'skyrl.ray.dashboardUrl': dashboard.url,
      'skyrl.endpoints': [dashboard.url],
      'skyrl.config': 'config/one.yaml',
      'skyrl.scrape.interval': 0.2,
      'skyrl.source': 'prometheus',
      'skyrl.prometheus.url': dashboard.url,
    };
    await writeFile('.vscode/settings.json', JSON.stringify(settings));
    const extension = vscode.extensions.getExtension<Api>('skyrl-metrics.skyrl-metrics');
    assert.ok(extension);
    api = await extension.activate();
    await sleep(1500);
  });

  after(async () => {
    restore();
    await dashboard.close();
  });

  it('activates, and makes no request, neither on a timer nor on command', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    assert.equal(api.status.state, 'untrusted');
    const snapshot = await api.scrape();
    assert.deepEqual(snapshot.targets, []);
    await vscode.commands.executeCommand('skyrl.scrape');
    await sleep(600);
    assert.deepEqual(dashboard.requests, []);
  });

  it('writes the connection report without a request, and says why', async () => {
    const uri = await vscode.commands.executeCommand<vscode.Uri>('skyrl.diagnose');
    const document = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(document, /untrusted/);
    assert.match(document, /This folder is not trusted, so no request was made/);
    assert.doesNotMatch(document, /tok-restricted/);
    assert.deepEqual(dashboard.requests, []);
  });

  it('keeps no run', async () => {
    assert.deepEqual(await vscode.commands.executeCommand('skyrl.listRuns'), []);
  });

  it('tells language models nothing', async () => {
    for (const name of toolNames)
      await assert.rejects(
        async () => vscode.lm.invokeTool(name, { input: {}, toolInvocationToken: undefined }),
        /not trusted/,
        name,
      );
    assert.deepEqual(dashboard.requests, []);
  });

  it('stores a token without a request', async () => {
    await vscode.commands.executeCommand('skyrl.setToken', { origin: dashboard.url, token: 'x' });
    await sleep(300);
    assert.deepEqual(dashboard.requests, []);
    await vscode.commands.executeCommand('skyrl.clearToken', { origin: dashboard.url });
  });
});
