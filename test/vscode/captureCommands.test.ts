/** Scrapes recorded into a folder and replayed, in a real VS Code. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api, Snapshot } from '../../src/api';
import { replay, type Replay } from '../demonstration/index';
import { readRecordingFolder } from '../demonstration/replay/recording';
import { watchCluster } from './clusters';
import { assertHarmless, executeCommand, configure, waitForState, until } from './support';

describe('recorded scrapes', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'captures-'));
  const scrapes = path.join(folder, 'scrapes');
  const recorded: Snapshot[] = [];
  let api: Api;
  let cluster: Replay;

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    api = await watchCluster(cluster);
  });

  after(async () => {
    await executeCommand('skyrl.showLive');
    assertHarmless(cluster.requests());
    await configure();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are in the folder byte for byte', async () => {
    const uri = await executeCommand<vscode.Uri>('skyrl.recordScrapes', { folder: scrapes });
    assert.equal(uri.fsPath, scrapes);
    for (const step of ['02', '03', '04']) {
      cluster.step(step);
      recorded.push(await api.scrape());
    }
    const result = await executeCommand<{ folder: string; scrapes: number }>('skyrl.stopScrapes', {});
    assert.deepEqual([result.folder, result.scrapes], [scrapes, 3]);
    const steps = readRecordingFolder(scrapes);
    assert.deepEqual(
      steps.map(({ bodies }) => bodies.map(({ bytes }) => bytes.length)),
      ['02', '03', '04'].map((step) => {
        cluster.step(step);
        return cluster.current.bodies.map(({ bytes }) => bytes.length);
      }),
    );
    assert.ok(steps[0]?.json.version && steps[0].json['logical-actors']);
    assert.equal(await executeCommand('skyrl.stopScrapes', {}), undefined);
  });

  it('give the same numbers in a replay, which says so and makes no request', async () => {
    cluster.forgetRequests();
    const replayed: Snapshot[] = [];
    const listener = api.onDidScrape((snapshot) => replayed.push(snapshot));
    await executeCommand('skyrl.replayScrapes', { folder: vscode.Uri.file(scrapes), speed: 1000 });
    await until(() => replayed.length >= 3, 'three replayed scrapes');
    listener.dispose();
    await waitForState(api, 'replaying', /scrapes, 1000 times as fast\. It has ended, at scrape 3\./);
    assert.deepEqual(
      replayed.slice(0, 3).map(({ at }) => at),
      recorded.map(({ at }) => at),
    );
    assert.deepEqual(replayed[2]?.values, recorded[2]?.values);
    assert.equal(cluster.requests().length, 0);
    await executeCommand('skyrl.showLive');
    await until(() => api.status.state !== 'replaying', 'the live run');
    assert.equal((await api.scrape()).targets[0]?.url, `${cluster.nodes[0]?.url}/metrics`);
  });

  it('are refused from a folder without a recording, with a message', async () => {
    await assert.rejects(executeCommand<unknown>('skyrl.replayScrapes', { folder }), /No recorded scrapes can be read/);
    assert.notEqual(api.status.state, 'replaying');
  });
});
