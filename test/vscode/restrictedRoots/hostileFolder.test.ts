/** A workspace of two folders in Restricted Mode, one of them hostile: no request is made, whatever its files say. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { startSmallDashboard, type SmallDashboard } from '../../demonstration/index';
import { activate, executeCommand, localConfig, sleep } from '../support';

describe('a hostile folder beside another one, not trusted', () => {
  let counting: SmallDashboard;
  const file = (folder: number, name: string): vscode.Uri =>
    vscode.Uri.joinPath((vscode.workspace.workspaceFolders ?? [])[folder]?.uri as vscode.Uri, name);
  const write = (folder: number, name: string, text: string): Thenable<void> =>
    vscode.workspace.fs.writeFile(file(folder, name), Buffer.from(text));

  before(async () => {
    counting = await startSmallDashboard({ targets: ['127.0.0.1:1'] });
    const { url } = counting;
    await write(0, 'config.yaml', localConfig('num_engines: 4'));
    await write(1, 'train.yaml', localConfig('run_engines_locally: false', `external_server_urls: ["${url}"]`));
    await write(1, 'run.sh', `export RAY_ADDRESS=${url}\npython -m main generator.inference_engine.num_engines=4\n`);
    const settings = {
      'skyrl.config': 'train.yaml',
      'skyrl.ray.dashboardUrl': url,
      'skyrl.endpoints': [url],
      'skyrl.source': 'prometheus',
      'skyrl.prometheus.url': url,
    };
    await write(1, '.vscode/settings.json', JSON.stringify(settings));
    if (process.platform !== 'win32') execFileSync('mkfifo', [file(1, 'pipe.yaml').fsPath]);
    await sleep(1000);
  });

  after(() => counting.close());

  it('makes no request because of its files, settings, queries or commands', async () => {
    const api = await activate();
    assert.equal(vscode.workspace.isTrusted, false);
    assert.equal(vscode.workspace.workspaceFolders?.length, 2);
    assert.deepEqual((await api.scrape()).targets, []);
    await executeCommand('skyrl.selectConfig', { uri: file(1, 'train.yaml') });
    await api.scrape();
    await executeCommand('skyrl.selectConfig', { uri: file(1, 'run.sh') });
    await api.scrape();
    await executeCommand('skyrl.diagnose');
    const pad = await executeCommand<vscode.Uri>('skyrl.newScratchpad', { query: 'up' });
    await executeCommand('skyrl.runQuery', { uri: pad });
    await sleep(600);
    assert.equal(api.status.state, 'untrusted');
    assert.deepEqual(counting.requests, []);
  });

  it('does not wait for a pipe that is chosen as the config', async function () {
    if (process.platform === 'win32') return this.skip();
    const waiting = sleep(10_000).then(() => 'waited');
    const selected = executeCommand('skyrl.selectConfig', { uri: file(1, 'pipe.yaml') }).then(
      () => 'answered',
      () => 'answered',
    );
    assert.equal(await Promise.race([selected, waiting]), 'answered');
  });
});
