/** `SkyRL: Show Exposition` on a recorded cluster. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { replay, type Replay } from '../demonstration/index';
import { watchCluster } from './clusters';
import { assertHarmless, executeCommand, configure } from './support';

describe('the exposition of a target', () => {
  let api: Api;
  let cluster: Replay;
  let target: string;

  before(async function () {
    this.timeout(150_000);
    cluster = await replay({ recording: 'ray-2.57' });
    api = await watchCluster(cluster);
    const { targets } = await api.scrape();
    target = targets.find(({ state }) => state === 'ok')?.url ?? assert.fail('no target answers');
  });

  after(async () => {
    assertHarmless(cluster.requests());
    await executeCommand('workbench.action.closeAllEditors');
    await configure();
    await cluster.close();
  });

  const show = async (options: object): Promise<vscode.TextDocument> => {
    const uri = await executeCommand<vscode.Uri>('skyrl.showExposition', options);
    return vscode.workspace.openTextDocument(uri);
  };

  it('is its whole last answer with URL and time, read-only, and needs no request', async () => {
    await api.scrape();
    const requests = cluster.requests().length;
    const document = await show({ target });
    assert.equal(cluster.requests().length, requests);
    const text = document.getText();
    assert.ok(text.startsWith(`# ${target}, 20`), text.slice(0, 100));
    const body = cluster.current.bodies.find(({ bytes }) => text.endsWith(bytes.toString('utf8')));
    assert.ok(body, 'it is not byte for byte what was recorded');
    assert.match(text, /^# TYPE ray_vllm_generation_tokens_total counter$/m);
    assert.match(text, /^ray_node_cpu_count\{/m);
    await assert.rejects(Promise.resolve(vscode.workspace.fs.writeFile(document.uri, Buffer.from('x'))));
  });

  it('has help, type and samples of one family', async () => {
    const lines = (await show({ target, family: 'generation_tokens' })).getText().trimEnd().split('\n').slice(1);
    assert.match(lines[0] ?? '', /^# HELP ray_vllm_generation_tokens_total /);
    assert.equal(lines[1], '# TYPE ray_vllm_generation_tokens_total counter');
    assert.ok(lines.length > 2 && lines.slice(2).every((line) => line.startsWith('ray_vllm_generation_tokens_total{')));
  });

  it('says that a family is missing, and refuses the URL of another server', async () => {
    assert.match((await show({ target, family: 'nothing' })).getText(), /No family nothing in this answer/);
    await assert.rejects(
      Promise.resolve(executeCommand('skyrl.showExposition', { target: 'http://127.0.0.1:9/metrics' })),
      /not a target of this run/,
    );
  });
});
