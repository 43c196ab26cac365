/** Generation records through commands, documents and Problems, with a fake nvidia-smi. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import type { GenerationEvent } from '../../src/generation/generationEvent';
import { parseRecord } from '../../src/generation/generationRecord';
import { replay, replayNative, startLive, type Live, type NativeReplay, type Replay } from '../demonstration/index';
import { smiLine, installFakeNvidiaSmi, type FakeNvidiaSmi } from '../unit/generation/fakeNvidiaSmi';
import { newRun, watchCluster } from './clusters';
import {
  activate,
  assertHarmless,
  executeCommand,
  configure,
  setEnvironment,
  localConfig,
  removeFile,
  setSetting,
  until,
  writeFile,
} from './support';

const driftMessages = (uri: vscode.Uri): string[] =>
  vscode.languages
    .getDiagnostics(uri)
    .filter(({ code }) => code === 'flag-did-not-engage')
    .map(({ message }) => message);

describe('a generation record of a Ray cluster', () => {
  let api: Api;
  let cluster: Replay;
  let smi: FakeNvidiaSmi;
  let restore: () => void;

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    smi = installFakeNvidiaSmi();
    restore = setEnvironment({ CUDA_VISIBLE_DEVICES: '1' });
    api = await watchCluster(cluster);
  });

  after(async () => {
    assertHarmless(cluster.requests());
    restore();
    smi.end();
    await configure();
    await cluster.close();
  });

  it('is an event of the schema, with the peak of the GPU that CUDA_VISIBLE_DEVICES names', async () => {
    smi.script(
      `for used in 1024 69312 2048; do echo "${smiLine(0, 80_000)}"; echo "${smiLine(1, '$used')}"; done\nexec sleep 60`,
    );
    cluster.step('02');
    const { id, from } = await executeCommand<{ id: string; from: number }>('skyrl.startRecord', {});
    assert.ok(from <= Date.now());
    for (const step of ['03', '04']) {
      cluster.step(step);
      await api.scrape();
    }
    cluster.step('05');
    const [event, again] = await Promise.all([
      executeCommand<GenerationEvent>('skyrl.stopRecord', {}),
      executeCommand<GenerationEvent>('skyrl.stopRecord', {}),
    ]);
    assert.deepEqual(again, event);
    assert.deepEqual(Object.keys(event).length, 8);
    assert.equal(event.peak_vram_gb, 67.6875);
    assert.ok(event.kv_cache_usage_perc !== null && event.kv_cache_usage_perc > 0);
    assert.ok(event.prefix_cache_hit_rate !== null && event.prefix_cache_hit_rate > 0);
    assert.equal(event.loadavg_pre?.length, 3);
    assert.equal(event.loadavg_post?.length, 3);
    const uri = await executeCommand<vscode.Uri>('skyrl.openRecord', { id });
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.languageId, 'json');
    const record = parseRecord(document.getText());
    assert.deepEqual(
      [record.event, record.scrapes, record.vram.device],
      [event, 4, 'GPU 1 (NVIDIA H100 80GB HBM3) of this host'],
    );
    const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'payload.json');
    await executeCommand('skyrl.exportRecord', { id, format: 'payload', uri: file });
    const payload = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(file))) as Record<
      string,
      unknown
    >;
    assert.equal(payload['vllm_gen/peak_vram_gb'], 67.6875);
    await vscode.workspace.fs.delete(file);
    await executeCommand('skyrl.deleteRecord', { id });
    await assert.rejects(executeCommand<unknown>('skyrl.openRecord', { id }), /No generation record/);
  });

  it('cannot be stopped twice', async () => {
    assert.equal(await executeCommand('skyrl.stopRecord', {}), undefined);
  });

  it('starts when the engines work, if the settings ask for it', async () => {
    smi.script('exit 1');
    cluster.step('06');
    await newRun(api, cluster);
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url, 'record.automatic': 'work' });
    await api.scrape();
    cluster.step('07');
    await api.scrape();
    assert.equal(await executeCommand('skyrl.stopRecord', {}), undefined, 'no work, no record');
    cluster.step('08');
    await api.scrape();
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url });
    const event = await executeCommand<GenerationEvent>('skyrl.stopRecord', {});
    assert.ok(event, 'work started a record');
    assert.equal(event.peak_vram_gb, null);
  });
});

describe('generation records of the trainer’s phases', () => {
  let api: Api;
  let cluster: Live;
  let second = 20;

  /** Moves the demonstration to a second of its cycle, and scrapes what it then reports. */
  async function at(next: number): Promise<string | undefined> {
    second = next;
    return (await api.scrape()).phase?.name;
  }

  before(async () => {
    const from = Date.now();
    cluster = await startLive({ now: () => from + second * 1000 });
    api = await watchCluster(cluster);
  });

  after(async () => {
    await configure();
    await cluster.close();
  });

  it('start when the trainer waits for generation, and end when it goes to another phase', async () => {
    assert.equal(await at(70), 'run_training');
    await setSetting('record.automatic', 'phases');
    await at(80);
    assert.equal(await executeCommand('skyrl.stopRecord', {}), undefined, 'no record while it trains');
    assert.equal(await at(125), 'wait_for_generation_buffer');
    const event = await until(
      () => executeCommand<GenerationEvent | undefined>('skyrl.stopRecord', {}),
      'a record of the phase',
    );
    assert.ok(event.kv_cache_usage_perc !== null && event.kv_cache_usage_perc > 0);
    await at(140);
    // A start joins the running record.
    const { id } = await executeCommand<{ id: string }>('skyrl.startRecord', {});
    assert.equal(await at(185), 'run_training');
    const uri = await until(
      () =>
        executeCommand<vscode.Uri>('skyrl.openRecord', { id }).then(
          (found) => found,
          () => undefined,
        ),
      'a record that ended automatically',
    );
    const record = parseRecord((await vscode.workspace.openTextDocument(uri)).getText());
    assert.deepEqual(
      [record.startedBy, record.endedBy, record.phase],
      ['phase', 'phase', 'wait_for_generation_buffer'],
    );
    await executeCommand('skyrl.deleteRecord', { id });
  });
});

describe('a generation record of a vLLM server', () => {
  let api: Api;
  let server: NativeReplay;
  let config: vscode.Uri;

  before(async () => {
    api = await activate();
    server = await replayNative();
    config = await writeFile(
      'native.yaml',
      localConfig('external_server_urls:', `  - ${server.url}`, 'max_num_seqs: 256', 'enable_prefix_caching: true'),
    );
    await configure({ config: 'native.yaml' });
    await executeCommand('skyrl.selectConfig', { uri: config });
  });

  after(async () => {
    assertHarmless(server.requests);
    await removeFile('native.yaml');
    await configure();
    await server.close();
  });

  it('has what the server really runs with, and shows on the config’s line which flag did not engage', async () => {
    server.step('02');
    await api.scrape();
    await executeCommand('skyrl.startRecord', {});
    server.step('05');
    const event = await executeCommand<GenerationEvent>('skyrl.stopRecord', {});
    assert.deepEqual(event.engine_runtime_config, {
      enable_prefix_caching: true,
      enable_chunked_prefill: true,
      max_num_seqs: 16,
      max_num_batched_tokens: 2048,
      kv_cache_dtype: 'auto',
      speculative_method: null,
    });
    assert.equal(event.flag_did_not_engage, true);
    await until(() => driftMessages(config).length > 0, 'a finding on the line');
    assert.deepEqual(
      driftMessages(config).map((message) => message.replace(/engine \d+/, 'engine N')),
      ['max_num_seqs: intended 256, actual 16 (engine N).'],
    );
    assert.equal(
      vscode.languages.getDiagnostics(config).find(({ code }) => code === 'flag-did-not-engage')?.range.start.line,
      5,
    );
    await writeFile('native.yaml', localConfig('external_server_urls:', `  - ${server.url}`, 'max_num_seqs: 16'));
    await until(() => driftMessages(config).length === 0, 'no finding once its cause is gone');
  });

  it('uses what it has if the server answers with something else', async () => {
    await server.fault({ kind: 'body', body: '{"vllm_config": "VllmConfig(...)"}' }, '/server_info');
    await executeCommand('skyrl.startRecord', {});
    const event = await executeCommand<GenerationEvent>('skyrl.stopRecord', {});
    await server.fault(undefined, '/server_info');
    assert.deepEqual(event.engine_runtime_config, { enable_prefix_caching: true, kv_cache_dtype: 'auto' });
    assert.equal(event.flag_did_not_engage, false);
  });
});
