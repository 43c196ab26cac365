/** Scrapes on record and replayed, measures exported and imported, in a real VS Code. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api, Snapshot } from '../../src/api';
import { replay, type Replay } from '../demonstration/index';
import { readRecordingFolder } from '../demonstration/replay/recording';
import { watchCluster } from './clusters';
import { assertHarmless, executeCommand, configure, waitForState, until } from './support';

describe('what leaves and comes back', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'leaves-'));
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

  it('scrapes are recorded into a folder, byte for byte', async () => {
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

  it('a replay gives the same numbers, says so, and asks nobody', async () => {
    cluster.forgetRequests();
    const replayed: Snapshot[] = [];
    const listening = api.onDidScrape((snapshot) => replayed.push(snapshot));
    await executeCommand('skyrl.replayScrapes', { folder: vscode.Uri.file(scrapes), speed: 1000 });
    await until(() => replayed.length >= 3, 'three replayed scrapes');
    listening.dispose();
    await waitForState(api, 'replaying', /scrapes, scrape 3 of 3/);
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

  it('a folder without a recording is refused in words', async () => {
    await assert.rejects(executeCommand<unknown>('skyrl.replayScrapes', { folder }), /No recorded scrapes can be read/);
    assert.notEqual(api.status.state, 'replaying');
  });

  for (const format of ['jsonl', 'csv'] as const) {
    it(`measures are exported as ${format}, and imported into the chart`, async () => {
      const uri = vscode.Uri.file(path.join(folder, `measures.${format}`));
      await executeCommand('skyrl.export', { format, uri });
      const text = readFileSync(uri.fsPath, 'utf8');
      assert.ok(text.includes('kv_cache_usage_perc') && text.trimEnd().split('\n').length > 20, text.slice(0, 600));
      assert.ok(!/NaN|undefined/.test(text));
      await executeCommand('skyrl.import', { uri });
      const drawn = async (): Promise<boolean> =>
        (await executeCommand<{ plots: { points: number }[] } | undefined>('skyrl.openChart', {}))?.plots.some(
          ({ points }) => points > 0,
        ) === true;
      await until(drawn, 'the chart draws the import', 15_000);
      await executeCommand('skyrl.showLive');
      await executeCommand('workbench.action.closeAllEditors');
    });
  }

  it('raw series are exported as they were scraped', async () => {
    const uri = vscode.Uri.file(path.join(folder, 'raw.jsonl'));
    await executeCommand('skyrl.export', { format: 'jsonl', of: 'series', uri });
    const rows = readFileSync(uri.fsPath, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { at: number; target: string; name: string; labels: Record<string, string> });
    assert.ok(rows.length > 500);
    assert.ok(
      rows.some(({ name, labels }) => name === 'ray_vllm_generation_tokens_total' && labels['WorkerId'] !== undefined),
    );
    await assert.rejects(executeCommand<unknown>('skyrl.import', { uri }), /raw series/);
  });

  it('a cut export leaves no file', async () => {
    const uri = vscode.Uri.file(path.join(folder, 'nowhere', 'x.csv'));
    await assert.rejects(executeCommand<unknown>('skyrl.export', { format: 'csv', uri }));
    assert.equal(existsSync(uri.fsPath), false);
  });
});
