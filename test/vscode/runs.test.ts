/** Runs that are kept, in a real VS Code: watched, listed, renamed, exported, deleted and imported, with the tree's rows. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import type { RunDocument } from '../../src/runs/runDocument';
import { replay, type Replay } from '../demonstration/index';
import { watchCluster } from './clusters';
import { assertHarmless, configure, executeCommand, localConfig, removeFile, writeFile } from './support';

interface ListedRun {
  id: string;
  name: string;
  from: number;
  to?: number;
  engines: number;
  config?: string;
}

const listRuns = (): Promise<ListedRun[]> => executeCommand('skyrl.listRuns');
const configText = (maxNumSeqs: number): string =>
  `trainer:\n  run_name: kept-run\n  logger_api_key: swordfish\n${localConfig(`max_num_seqs: ${maxNumSeqs}`)}`;

describe('runs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'runs-'));
  const file = (name: string): vscode.Uri => vscode.Uri.file(path.join(folder, name));
  let cluster: Replay;
  let api: Api;
  let config: vscode.Uri;

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    config = await writeFile('kept.yaml', configText(256));
    // Suites before this one may have watched the same recording.
    for (const { id } of await listRuns()) await executeCommand('skyrl.deleteRun', { run: id });
    api = await watchCluster(cluster);
    await configure({ 'ray.dashboardUrl': cluster.dashboard.url, config: 'kept.yaml' });
    await executeCommand('skyrl.selectConfig', { uri: config });
  });

  after(async () => {
    assertHarmless(cluster.requests());
    await removeFile('kept.yaml');
    await configure();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The run of the recording. */
  async function keptRun(): Promise<ListedRun> {
    const run = (await listRuns()).find(({ engines }) => engines === 3);
    assert.ok(run, JSON.stringify(await listRuns()));
    return run;
  }

  it('are kept with the config that they began with', async () => {
    for (const step of ['02', '03', '04']) {
      cluster.step(step);
      await api.scrape();
    }
    const run = await keptRun();
    assert.deepEqual([run.name, run.config, run.to], ['kept-run', 'kept.yaml', undefined]);
    assert.ok(run.from <= Date.now());
    await writeFile('kept.yaml', configText(512));
    await executeCommand('skyrl.selectConfig', { uri: config });
    await api.scrape();
    await executeCommand('skyrl.exportRun', { run: run.id, uri: file('run.json') });
    const document = JSON.parse(readFileSync(file('run.json').fsPath, 'utf8')) as RunDocument;
    const valueOf = (key: string): string | undefined =>
      document.config?.entries.find((entry) => entry.key === key)?.value;
    assert.equal(valueOf('generator.inference_engine.max_num_seqs'), '256');
    assert.equal(valueOf('trainer.logger_api_key'), '"••••••"');
    assert.ok(document.rollouts.length > 0 && document.series.length > 20);
    assert.equal(document.run.releases.ray, '2.57.0');
  });

  it('are renamed, pinned, exported, deleted and imported', async () => {
    const { id } = await keptRun();
    const renamed = await executeCommand<ListedRun>('skyrl.renameRun', { run: id, name: ' <b>$(zap)</b>\n256 ' });
    assert.equal(renamed.name, '<b>$(zap)</b> 256');
    await executeCommand('skyrl.pinRun', { run: id });
    await executeCommand('skyrl.unpinRun', { run: id });
    const uri = await executeCommand<vscode.Uri>('skyrl.exportRun', { run: id, uri: file('run.json.gz').fsPath });
    const [name, text] = [renamed.name, gunzipSync(readFileSync(uri.fsPath)).toString()];
    assert.equal((JSON.parse(text) as RunDocument).run.name, name);
    await executeCommand('skyrl.deleteRun', { run: id });
    await api.scrape();
    assert.deepEqual(
      (await listRuns()).filter((run) => run.id === id),
      [],
      'it is not kept again',
    );
    const imported = await executeCommand<ListedRun>('skyrl.importRun', { uri });
    assert.deepEqual([imported.id, imported.name, typeof imported.to], [id, name, 'number']);
    assert.ok((await listRuns()).some((run) => run.id === id));
    await executeCommand('skyrl.deleteRun', { run: id });
  });

  it('have words for what cannot be done', async () => {
    writeFileSync(file('other.json').fsPath, '{"anything": 1}');
    const rejected: [string, object, RegExp][] = [
      ['skyrl.renameRun', { run: 'none', name: 'x' }, /No run "none" is kept/],
      ['skyrl.deleteRun', {}, /No run "" is kept/],
      ['skyrl.exportRun', { run: 'none', uri: file('none.json') }, /No run "none" is kept/],
      ['skyrl.importRun', { uri: file('other.json') }, /other\.json cannot be imported: it is no run of SkyRL Metrics/],
      ['skyrl.importRun', { uri: file('missing.json') }, /missing\.json cannot be imported/],
      ['skyrl.importRun', {}, /Name the file/],
    ];
    for (const [command, options, message] of rejected)
      await assert.rejects(executeCommand<unknown>(command, options), message, command);
  });
});
