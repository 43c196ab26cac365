/**
 * A measuring window by hand: its values compared with what SkyRL's own scraper logged between the same steps, and what
 * is said if there are none.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import type { StoppedMeasuringWindow } from '../../src/views/records/measuringWindows';
import { replay, type Replay } from '../demonstration/index';
import { nodeRequests, watchCluster } from './clusters';
import { assertHarmless, executeCommand, configure, sleep, waitForState } from './support';

const rates = ['vllm/generation_throughput_tok_s', 'vllm/prompt_throughput_tok_s'];

describe('a measuring window', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'window-'));
  let api: Api;
  let cluster: Replay;

  const start = (): Promise<{ from: number }> => executeCommand('skyrl.startWindow', {});
  const stop = (): Promise<StoppedMeasuringWindow | undefined> => executeCommand('skyrl.stopWindow', {});
  const assertNear = (actual: number, expected: number, what: string): void =>
    assert.ok(
      Math.abs(actual - expected) <= 1e-6 * Math.max(1, Math.abs(expected)),
      `${what}: ${actual}, not ${expected}`,
    );

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    api = await watchCluster(cluster);
  });

  after(async () => {
    await executeCommand('skyrl.showLive');
    for (const node of cluster.nodes) await node.fault(undefined);
    assertHarmless(cluster.requests());
    await configure();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('scrapes once at each end, and has what SkyRL’s scraper logged, over the time without pauses', async () => {
    cluster.step('02');
    const startedAt = cluster.current.at;
    const requests = nodeRequests(cluster);
    const { from } = await start();
    assert.equal(nodeRequests(cluster) - requests, cluster.nodes.length);
    assert.deepEqual(await start(), { from }, 'a second start joins the open window');
    await sleep(100);
    assert.equal(await executeCommand('skyrl.pauseWindow'), true);
    await sleep(600);
    assert.equal(await executeCommand('skyrl.resumeWindow'), true);
    cluster.step('03');
    const { at, skyrlValues } = cluster.current;
    const stopped = await stop();
    assert.ok(stopped);
    assert.equal(nodeRequests(cluster) - requests, 2 * cluster.nodes.length);
    assert.ok(
      stopped.secondsInAll - stopped.seconds >= 0.6 && stopped.seconds >= 0.1,
      `${stopped.seconds} of ${stopped.secondsInAll} s`,
    );
    assert.equal(stopped.from, from);
    assert.deepEqual(Object.keys(stopped.values).sort(), Object.keys(skyrlValues).sort());
    // The recorded steps are ten seconds apart and these scrapes less, but the counts are the same.
    for (const [key, value] of Object.entries(skyrlValues))
      assertNear(
        (stopped.values[key] ?? NaN) * (rates.includes(key) ? stopped.seconds : 1),
        value * (rates.includes(key) ? (at - startedAt) / 1000 : 1),
        key,
      );
    assert.deepEqual(stopped.notes, []);
    const document = await vscode.workspace.openTextDocument(stopped.uri);
    assert.equal(document.languageId, 'markdown');
    for (const pattern of [
      /un-paused/,
      /\| vllm\/num_requests_running +\| +15 \|/,
      /vllm\/draft_acceptance_rate: nothing was drafted/,
    ])
      assert.match(document.getText(), pattern);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), stopped.uri.toString());
  });

  it('cannot be stopped, paused or resumed once it is closed', async () => {
    assert.deepEqual(
      [await stop(), await executeCommand('skyrl.pauseWindow'), await executeCommand('skyrl.resumeWindow')],
      [undefined, false, false],
    );
  });

  it('names a node that does not answer at the stop, and stays open if none answers', async () => {
    cluster.step('02');
    await start();
    cluster.step('03');
    for (const node of cluster.nodes) await node.fault({ kind: 'status', status: 503 });
    await assert.rejects(stop(), /still open: no engine answered/);
    await cluster.nodes[0]?.fault(undefined);
    const stopped = await stop();
    assert.match(stopped?.notes.join() ?? '', /did not answer at the stop/);
    for (const node of cluster.nodes) await node.fault(undefined);
  });

  it('does not open while no engine answers, and says why', async () => {
    for (const node of cluster.nodes) await node.fault({ kind: 'status', status: 503 });
    await assert.rejects(start(), /No measuring window was opened: no engine answered\. ./);
    for (const node of cluster.nodes) await node.fault(undefined);
    assert.equal(await stop(), undefined);
  });

  it('ends, and says why, when a recording replaces the run, and can measure the recording', async () => {
    await executeCommand('skyrl.recordScrapes', { folder });
    for (const step of ['02', '03', '04']) {
      cluster.step(step);
      await api.scrape();
      await sleep(1000);
    }
    await executeCommand('skyrl.stopScrapes', {});
    await start();
    // Steps that last some seconds, so that the window opens at the first of the three, also on a busy machine.
    await executeCommand('skyrl.replayScrapes', { folder, speed: 0.2 });
    await waitForState(api, 'replaying');
    await assert.rejects(stop(), /ended before.*a recording took the place of the run/);
    assert.equal(await stop(), undefined);
    const { from } = await start();
    const stopped = await stop();
    assert.ok(
      stopped && stopped.from === from && Object.keys(stopped.values).length >= 8,
      JSON.stringify({ from, stopped }),
    );
    assert.match((await vscode.workspace.openTextDocument(stopped.uri)).getText(), /These are recorded scrapes/);
    await executeCommand('skyrl.showLive');
    await executeCommand('workbench.action.closeAllEditors');
  });
});
