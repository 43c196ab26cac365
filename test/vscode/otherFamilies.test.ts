/** Families that the catalog does not know, in a real VS Code: charted and exported by their ids. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { serve, text } from '../demonstration/index';
import { assertSnapshot } from './assertSnapshot';
import { activate, configure, executeCommand } from './support';

const body = (steps: number): string => `# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 1
# HELP vllm:dream_depth How deep.
# TYPE vllm:dream_depth gauge
vllm:dream_depth{engine="0",model_name="m"} 3
# TYPE vllm:sheep_total counter
vllm:sheep_total{engine="0",model_name="m"} ${10 * steps}
`;

describe('families that the catalog does not know', () => {
  it('are computed while they are charted, and when they are exported', async () => {
    const api = await activate();
    let steps = 0;
    const server = await serve(({ pathname }) =>
      pathname === '/metrics' ? text(200, body((steps += 1))) : text(404, ''),
    );
    await configure({ endpoints: [server.url], 'ray.dashboardUrl': 'http://127.0.0.1:1' });
    const first = await api.scrape();
    assertSnapshot(first);
    assert.deepEqual(
      first.otherFamilies?.map(({ id, type, help }) => [id, type, help]),
      [
        ['other/dream_depth', 'gauge', 'How deep.'],
        ['other/sheep', 'counter', ''],
      ],
    );
    assert.equal(first.measures['other/dream_depth'], undefined);
    await executeCommand('skyrl.openChart', { measures: ['other/sheep'] });
    const charted = await api.scrape();
    assertSnapshot(charted);
    assert.ok((charted.measures['other/sheep']?.value ?? 0) > 0);
    assert.equal(charted.measures['other/dream_depth'], undefined);
    const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail(), 'other.jsonl');
    await executeCommand('skyrl.export', { format: 'jsonl', uri });
    const lines = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).split('\n');
    const rows = lines.filter((line) => line.includes('"measure":"other/dream_depth"'));
    assert.deepEqual(
      rows.map((line) => (JSON.parse(line) as { value: number }).value),
      [3, 3],
    );
    await vscode.workspace.fs.delete(uri);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await configure();
    await server.close();
  });
});
