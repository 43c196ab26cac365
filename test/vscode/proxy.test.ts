/** `skyrl.proxy` in a real VS Code: a cluster whose names only the far end knows, and the words if the proxy fails. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { replay, type Replay } from '../demonstration/index';
import { startSocksProxy, type AskedHost } from '../unit/support/socksProxy';
import { newRun } from './clusters';
import { activate, configure, waitForState } from './support';

const setProxy = (url: string | undefined): Thenable<void> =>
  vscode.workspace.getConfiguration('skyrl').update('proxy', url, vscode.ConfigurationTarget.Global);

describe('the proxy to the cluster', () => {
  const asked: AskedHost[] = [];
  const head = 'head.of.the.cluster';
  let api: Api;
  let cluster: Replay;
  let proxy: Awaited<ReturnType<typeof startSocksProxy>>;

  before(async () => {
    api = await activate();
    cluster = await replay({ recording: 'ray-2.57' });
    proxy = await startSocksProxy(asked);
    await setProxy(proxy.url);
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url.replace('127.0.0.1', head) });
    await newRun(api, cluster);
  });

  after(async () => {
    await setProxy(undefined);
    await configure();
    proxy.close();
    await cluster.close();
  });

  it('leads to the dashboard and to every node, and resolves names at the far end', async () => {
    const snapshot = await api.scrape();
    assert.ok(snapshot.engines.some(({ state }) => state !== 'gone'));
    assert.ok(snapshot.targets.every(({ error }) => error === undefined));
    assert.deepEqual(asked[0], [3, head]);
    assert.ok(
      asked.some(([type, host]) => type === 1 && host === '7f000001'),
      'a node by its address',
    );
  });

  it('has a state with words if it does not answer', async () => {
    proxy.close();
    await api.scrape();
    await waitForState(api, 'proxy-failed', /skyrl\.proxy/);
  });

  it('cannot be set by a workspace', async () => {
    const section = vscode.workspace.getConfiguration('skyrl');
    await assert.rejects(async () => section.update('proxy', proxy.url, vscode.ConfigurationTarget.Workspace));
  });
});
