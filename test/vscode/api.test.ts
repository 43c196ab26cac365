/** The API that `activate()` returns (docs/api.md). */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Api, Snapshot, Status } from '../../src/api';
import { states } from '../../src/shared/states';
import { replay, type Replay } from '../demonstration/index';
import { fixturePath } from '../demonstration/paths';
import { assertSnapshot } from './assertSnapshot';
import {
  activate,
  assertHarmless,
  collectSnapshots,
  executeCommand,
  configure,
  setSetting,
  until,
  writeFile,
} from './support';

describe('the API', () => {
  let api: Api;
  let cluster: Replay;

  before(async () => {
    api = await activate();
    cluster = await replay({ recording: 'ray-2.57' });
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
    // The timer's first scrape waits for the search for configs, and is over before this one.
    await api.scrape();
  });

  after(async () => {
    assertHarmless(cluster.requests());
    await configure();
    await cluster.close();
  });

  it('has version 1 and exactly its members', () => {
    assert.equal(api.version, 1);
    assert.deepEqual(Object.keys(api).sort(), [
      'onDidChangeStatus',
      'onDidScrape',
      'runConfig',
      'scrape',
      'snapshot',
      'status',
      'version',
    ]);
  });

  for (const step of ['01', '02', '06', '10', '12']) {
    it(`resolves scrape() to a snapshot of the documented shape at step ${step}`, async () => {
      const { name } = cluster.step(step);
      const { snapshots, stop } = collectSnapshots(api);
      const before = Date.now();
      const snapshot = await api.scrape();
      stop();
      assertSnapshot(snapshot);
      assert.equal(snapshot.trigger, 'api');
      assert.equal(api.snapshot, snapshot, name);
      assert.deepEqual(snapshots, [snapshot]);
      assert.ok(snapshot.at >= before && snapshot.at <= Date.now());
      assert.ok(snapshot.engines.length >= 2);
      assert.deepEqual(
        snapshot.targets.map(({ url }) => url),
        cluster.nodes.map(({ url }) => `${url}/metrics`),
      );
      for (const { state, kind, bytes, samples } of snapshot.targets) {
        assert.deepEqual([state, kind], ['ok', 'ray']);
        assert.ok(bytes > 10_000 && samples > 0);
      }
    });
  }

  it('begins the window of a later scrape at the previous scrape', async () => {
    const first = await api.scrape();
    const second = await api.scrape();
    assert.ok(second.window && second.window.from <= first.at && second.window.from >= first.at - 500);
    assert.equal(second.window.to, second.at);
  });

  it('resolves the command to its snapshot', async () => {
    const snapshot = await executeCommand<Snapshot>('skyrl.scrape');
    assertSnapshot(snapshot);
    assert.equal(snapshot.trigger, 'command');
    assert.equal(api.snapshot, snapshot);
  });

  it('names the timer as the trigger of its snapshots', async () => {
    const { snapshots, stop } = collectSnapshots(api);
    await setSetting('scrape.interval', 0.4);
    await until(() => snapshots.length > 0, 'a scrape by the timer');
    await setSetting('scrape.interval', 0);
    stop();
    assert.equal(snapshots[0]?.trigger, 'timer');
    assertSnapshot(snapshots[0]);
  });

  it('announces status changes with IDs of the state table', async () => {
    const changes: Status[] = [];
    const listener = api.onDidChangeStatus((status) => changes.push(status));
    await cluster.nodes[0]?.fault({ kind: 'status', status: 500 });
    await api.scrape();
    await until(() => api.status.state === 'partial', 'partial');
    await cluster.nodes[0]?.fault(undefined);
    await api.scrape();
    await until(() => api.status.state === 'fresh', 'fresh');
    listener.dispose();
    assert.deepEqual(
      changes.map(({ state }) => state),
      ['partial', 'fresh'],
    );
    for (const { state, message } of changes) {
      assert.ok(state in states);
      assert.ok(message.length > 0);
    }
  });

  it('does not prompt in scrape(), even if nothing is found', async () => {
    await configure({ 'ray.dashboardUrl': 'http://127.0.0.1:1' });
    const snapshot = await api.scrape();
    assertSnapshot(snapshot);
    assert.deepEqual([snapshot.targets, snapshot.values, snapshot.measures], [[], {}, {}]);
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
  });
});

describe('runConfig', () => {
  const engine = 'generator.inference_engine';
  let api: Api;
  const read = (name: string): ReturnType<Api['runConfig']> =>
    api.runConfig(vscode.Uri.file(fixturePath('configs', name)));

  before(async () => {
    api = await activate();
  });

  it('reads a nested config and resolves its ${…}', async () => {
    const { values, unresolved } = await read('nested.yaml');
    assert.deepEqual(unresolved, []);
    assert.deepEqual(
      Object.keys(values).filter((key) => typeof values[key] === 'string' && String(values[key]).includes('${')),
      [],
    );
    assert.equal(values[`${engine}.num_engines`], 4);
    assert.equal(values[`${engine}.enable_ray_prometheus_stats`], true);
    assert.equal(values[`${engine}.max_num_batched_tokens`], 512);
    assert.equal(values[`${engine}.served_model_name`], null);
    assert.equal(values['trainer.run_name'], 'gsm8k-fsdp2');
    assert.equal(values['trainer.log_path'], process.env.SKYRL_LOGS ?? '/tmp/skyrl-logs');
    assert.equal(values['trainer.ckpt_path'], `${process.env.HOME}/ckpts/gsm8k-fsdp2`);
    assert.ok(!(`${engine}.enable_chunked_prefill` in values), 'no defaults');
  });

  it('reads a legacy config by the keys of the nested layout', async () => {
    const { values, unresolved } = await read('legacy.yaml');
    assert.deepEqual(unresolved, []);
    assert.equal(values[`${engine}.num_engines`], 2);
    assert.equal(values[`${engine}.data_parallel_size`], 2);
    assert.equal(values[`${engine}.enable_ray_prometheus_stats`], false);
    assert.deepEqual(
      Object.keys(values).filter((key) => /num_inference_engines|inference_engine_/.test(key)),
      [],
    );
  });

  it('lists what does not resolve, and returns it as written', async () => {
    const written = '${oc.env:SKYRL_TEST_NO_SUCH_VARIABLE}';
    const uri = await writeFile(
      'elsewhere/unresolved.yaml',
      `generator:\n  inference_engine:\n    num_engines: ${written}\n    backend: \${nothing.there}\n    max_num_seqs: 7\n`,
    );
    const { values, unresolved } = await api.runConfig(uri);
    assert.deepEqual([...unresolved].sort(), [`${engine}.backend`, `${engine}.num_engines`]);
    assert.deepEqual(values, {
      [`${engine}.num_engines`]: written,
      [`${engine}.backend`]: '${nothing.there}',
      [`${engine}.max_num_seqs`]: 7,
    });
    await vscode.workspace.fs.delete(uri);
  });

  it('reads unsaved edits instead of the file on disk', async () => {
    const uri = await writeFile('elsewhere/dirty.yaml', `generator:\n  inference_engine:\n    num_engines: 1\n`);
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(2, 17, 2, 18), '9');
    await vscode.workspace.applyEdit(edit);
    assert.ok(document.isDirty);
    assert.deepEqual((await api.runConfig(uri)).values, { [`${engine}.num_engines`]: 9 });
    await document.save();
    await vscode.workspace.fs.delete(uri);
  });

  it('has no values for a file that is not a config', async () => {
    assert.deepEqual(await api.runConfig(vscode.Uri.file(join(fixturePath(), 'README.md'))), {
      values: {},
      unresolved: [],
    });
  });
});
