/** `SkyRL: Try It on a Recorded Run`, for a person who has only installed the extension. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api, Snapshot } from '../../src/api';
import { serve, text, type FixtureServer } from '../demonstration/index';
import { activate, collectSnapshots, configure, executeCommand, inWorkspace, until } from './support';

const recordedNodes = 'http://10.0.0.';
const isRecorded = ({ targets }: Snapshot): boolean => targets.some(({ url }) => url.startsWith(recordedNodes));

describe('the recorded run', () => {
  let api: Api;
  let server: FixtureServer;
  let collected: ReturnType<typeof collectSnapshots>;

  before(async () => {
    api = await activate();
    server = await serve(() => text(200, '# nothing\n'));
    // What would be asked if anything were.
    await configure({ 'ray.dashboardUrl': server.url, endpoints: [`${server.url}/metrics`], 'scrape.interval': 1 });
    await api.scrape();
    collected = collectSnapshots(api);
  });

  after(async () => {
    collected.stop();
    await executeCommand('skyrl.showLive');
    await configure();
    await server.close();
  });

  it('plays its beginning at once, with engines, rollouts and findings, and says what it is', async () => {
    server.requests.splice(0);
    await executeCommand('skyrl.tryRecordedRun', {});
    const snapshot = await until(() => collected.snapshots.find(isRecorded), 'a snapshot');
    assert.equal(api.status.state, 'replaying');
    assert.match(
      api.status.message,
      /Nothing here is live\. A recording that comes with SkyRL Metrics: .*5 times as fast/,
    );
    assert.ok(snapshot.targets.every(({ url }) => url.startsWith(recordedNodes)));
    // Before it began, and on a busy machine long after, there are others.
    const played = (): Snapshot[] => collected.snapshots.filter(isRecorded);
    await until(() => played().length >= 28, 'the beginning');
    const last = played()[27] as Snapshot;
    assert.ok(last.findings.some(({ severity }) => severity === 'error'));
    assert.ok(last.engines.filter(({ state }) => state === 'active').length >= 3);
  });

  it('has nothing to do with the person’s own run, and leaves no trace', async () => {
    await assert.rejects(executeCommand('skyrl.startRecord', {}), /only for trying out/);
    await executeCommand('skyrl.selectRun', { job: '01000000' });
    const ids = api.snapshot?.engines.map(({ id }) => id) ?? [];
    assert.ok(ids.length > 0);
    assert.deepEqual(server.requests, [], 'no request while it played');
    await executeCommand('skyrl.showLive');
    await until(() => api.status.state !== 'replaying', 'the end');
    const after = await api.scrape();
    assert.ok(!after.engines.some(({ id }) => ids.includes(id)));
    assert.ok(server.requests.length > 0);
    const uri = inWorkspace('history.csv');
    // Rejects if nothing at all is kept.
    await executeCommand('skyrl.export', { format: 'csv', uri }).catch(() => undefined);
    const kept = await vscode.workspace.fs.readFile(uri).then(String, () => '');
    for (const id of ids) assert.ok(!kept.includes(id), id);
  });
});
