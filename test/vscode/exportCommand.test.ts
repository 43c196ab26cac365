/** Measures and raw series exported into files, and imported into the chart, in a real VS Code. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { replay, type Replay } from '../demonstration/index';
import { watchCluster } from './clusters';
import { assertHarmless, configure, executeCommand, until } from './support';

describe('an export', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'exports-'));
  let cluster: Replay;

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    const api = await watchCluster(cluster);
    for (const step of ['02', '03', '04']) {
      cluster.step(step);
      await api.scrape();
    }
  });

  after(async () => {
    await executeCommand('skyrl.showLive');
    assertHarmless(cluster.requests());
    await configure();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const format of ['jsonl', 'csv'] as const) {
    it(`has measures as ${format}, and can be imported into the chart`, async () => {
      const uri = vscode.Uri.file(path.join(folder, `measures.${format}`));
      await executeCommand('skyrl.export', { format, uri });
      const text = readFileSync(uri.fsPath, 'utf8');
      assert.ok(text.includes('kv_cache_usage_perc') && text.trimEnd().split('\n').length > 20, text.slice(0, 600));
      assert.ok(!/NaN|undefined/.test(text));
      await executeCommand('skyrl.import', { uri });
      const isDrawn = async (): Promise<boolean> =>
        (await executeCommand<{ plots: { points: number }[] } | undefined>('skyrl.openChart', {}))?.plots.some(
          ({ points }) => points > 0,
        ) === true;
      await until(isDrawn, 'the chart draws the import', 15_000);
      await executeCommand('skyrl.showLive');
      await executeCommand('workbench.action.closeAllEditors');
    });
  }

  it('has raw series as they were scraped, which cannot be imported', async () => {
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

  it('leaves no file if it fails', async () => {
    const uri = vscode.Uri.file(path.join(folder, 'nowhere', 'x.csv'));
    await assert.rejects(executeCommand<unknown>('skyrl.export', { format: 'csv', uri }));
    assert.equal(existsSync(uri.fsPath), false);
  });
});
