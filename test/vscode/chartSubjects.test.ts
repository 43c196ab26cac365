/** The chart's lines of GPUs, which are subjects beside the engines. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import { startLive, type Live } from '../demonstration/index';
import { watchCluster } from './clusters';
import { executeCommand, configure, until } from './support';

interface DrawnPlots {
  plots: { id: string; series: number; points: number }[];
}

describe('GPUs in the chart', () => {
  let api: Api;
  let cluster: Live;
  let second = 20;

  before(async () => {
    const from = Date.now();
    cluster = await startLive({ now: () => from + second * 1000 });
    api = await watchCluster(cluster);
  });

  after(async () => {
    await executeCommand('skyrl.openChart', defaultViewOptions);
    await executeCommand('workbench.action.closeAllEditors');
    await configure();
    await cluster.close();
  });

  const openChart = (options: object): Promise<DrawnPlots | undefined> =>
    executeCommand('skyrl.openChart', { measures: ['gpu_memory_used'], minutes: 5, ...options });

  const waitForSeries = (series: number, options: object): Promise<true> =>
    until(async () => {
      const drawn = await openChart(options);
      return drawn?.plots[0]?.series === series && drawn.plots[0].points >= series ? true : undefined;
    }, `a chart of ${series} lines`);

  it('have a line each, one line together, or the lines that were chosen', async () => {
    for (second of [20, 30]) await api.scrape();
    const gpus = (api.snapshot?.parts ?? []).filter(
      ({ kind, measures }) => kind === 'gpu' && 'gpu_memory_used' in measures,
    );
    assert.ok(gpus.length >= 2, String(gpus.length));
    // The page is new: what it drew while it had no data does not count.
    await executeCommand('workbench.action.closeAllEditors');
    assert.equal((await openChart({ engines: 'each' }))?.plots[0]?.series, gpus.length);
    assert.equal((await openChart({ engines: 'aggregate' }))?.plots[0]?.series, 1);
    await waitForSeries(gpus.length, { engines: 'each' });
    await waitForSeries(1, { engines: [gpus[0]!.id] });
    await waitForSeries(1, { engines: 'aggregate' });
  });

  it('have a row each in a heat map, as engines have', async () => {
    const gpus = (api.snapshot?.parts ?? []).filter(({ measures }) => 'gpu_memory_used' in measures);
    await waitForSeries(gpus.length, { form: 'heatmap', engines: 'aggregate' });
    const engines = api.snapshot?.engines.length ?? 0;
    assert.ok(engines >= 2, String(engines));
    await waitForSeries(engines, { form: 'heatmap', engines: 'aggregate', measures: ['kv_cache_usage_perc'] });
    const engine = api.snapshot?.engines[0]?.id;
    const options = await executeCommand<ViewOptions>('skyrl.chartMetric', { measure: 'num_requests_running', engine });
    assert.deepEqual([options.form, options.engines], ['heatmap', 'aggregate'], 'all rows stay');
    const file = vscode.Uri.file(path.join(await mkdtemp(path.join(tmpdir(), 'skyrl-heatmap-')), 'chart.csv'));
    await executeCommand('skyrl.exportChart', { format: 'csv', uri: file });
    const names = (await readFile(file.fsPath, 'utf8')).split('\r\n').map((line) => line.split(',')[4]);
    const measured = (api.snapshot?.engines ?? []).filter(({ measures }) => 'num_requests_running' in measures);
    assert.ok(measured.length > 0);
    for (const { name } of measured) assert.ok(names.includes(name), `${name} is in the CSV`);
  });
});
