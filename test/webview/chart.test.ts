/** The chart page: what it draws of the host's data. */
import assert from 'node:assert/strict';
import type { ChartData } from '../../src/shared/chartData';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage, LoadOptions } from './chartPage';
import { chartSuite } from './chartSuite';
import { runData } from './runData';
import { runSeries } from './runSeries';
import { seriesOf } from './testSeries';
import { themes } from './themes';

const blue = themes.dark.variables['--vscode-charts-blue']!;
const [fraction, requests, throughput] = ['unit:fraction', 'unit:requests', 'unit:tokens/s'] as const;

chartSuite('Chart page: data', (open) => {
  /** A page that shows the series of a run of an hour. */
  async function openRun(
    loadOptions: LoadOptions = {},
    options: Partial<ViewOptions> = {},
    engines = 4,
  ): Promise<ChartPage> {
    const chart = await open(loadOptions);
    const now = Date.now();
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, ...options } },
      { type: 'snapshot', data: runSeries(now, 60, engines), now },
    );
    return chart;
  }

  const snapshotOf = (now: number, ...series: ChartData['series']): Record<string, unknown> => ({
    type: 'snapshot',
    now,
    data: { engineCount: 0, bands: [], series },
  });

  it('shows the text of the host while there is no data, and no axes', async () => {
    const chart = await open({ hasMetrics: false });
    await chart.post({ type: 'status', message: 'No run found: <b>nothing</b> answered.' });
    assert.equal(await chart.page.locator('.status').textContent(), 'No run found: <b>nothing</b> answered.');
    assert.equal(await chart.page.locator('.plots canvas').count(), 0);
    assert.equal(await chart.page.locator('.controls').isVisible(), false);
  });

  it('draws three plots from a snapshot, and reports what it drew', async () => {
    const chart = await openRun();
    assert.deepEqual(await chart.page.locator('.plots h2').allTextContents(), [
      'KV cache, fullest ',
      'Requests ',
      'Throughput tok/s',
    ]);
    assert.ok((await chart.countPixels(fraction, blue)) > 100);
    assert.equal(await chart.page.locator('.status').isVisible(), false);
    await chart.page.waitForFunction(() =>
      window.log.sent.some(
        (message) => message.type === 'drawn' && message.report.plots.filter(({ points }) => points > 0).length === 3,
      ),
    );
    const { report } = await chart.waitForMessage('drawn');
    assert.deepEqual(
      report.plots.map(({ id, series }) => [id, series]),
      [
        [fraction, 2],
        [requests, 2],
        [throughput, 2],
      ],
    );
    assert.ok(
      report.plots.every(({ points }) => points >= 85),
      JSON.stringify(report),
    );
    assert.equal(report.foreground, themes.dark.variables['--vscode-foreground']);
  });

  it('draws the band between the lowest and the highest engine, which can be muted by itself', async () => {
    const chart = await openRun();
    assert.match((await chart.legend(fraction)).join(', '), /^highest engine \d+ %, engines [\d.]+ – [\d.]+ %$/);
    const countFaintPixels = (): Promise<number> =>
      chart.page.locator('[data-plot="unit:fraction"] canvas').evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let index = 0; index < data.length; index += 4)
          if (data[index + 3]! > 35 && data[index + 3]! < 130 && data[index + 2]! > 200) count++;
        return count;
      });
    const withBand = await countFaintPixels();
    await chart.page.locator('.entry .toggle', { hasText: 'engines' }).click();
    await chart.settle();
    const withoutBand = await countFaintPixels();
    assert.ok(withBand > 3 * withoutBand, `${withBand} and ${withoutBand} faint pixels`);
    assert.ok((await chart.countPixels(fraction, blue)) > 100);
  });

  it('appends points, and shows the newest values in the legend', async () => {
    const chart = await openRun();
    const now = Date.now();
    const data: ChartData = {
      engineCount: 4,
      bands: [],
      series: [seriesOf('num_requests_running', [[now, 4711]]), seriesOf('num_requests_waiting', [[now, 3]])],
    };
    await chart.post({ type: 'append', data, now });
    assert.deepEqual(await chart.legend(requests), ['running 4711', 'waiting 3']);
  });

  it('accepts points before any snapshot, which replaces them', async () => {
    const chart = await open();
    const now = Date.now();
    await chart.post({
      type: 'append',
      data: { engineCount: 0, bands: [], series: [seriesOf('num_requests_running', [[now, 5]])] },
      now,
    });
    assert.deepEqual(await chart.legend(requests), ['running 5']);
    await chart.post(snapshotOf(now, seriesOf('num_requests_waiting', [[now, 7]])));
    assert.deepEqual(await chart.legend(requests), ['waiting 7']);
  });

  it('leaves gaps open, and draws a point between two gaps as a dot', async () => {
    const chart = await open({ width: 800 });
    const now = Date.now();
    const at = (part: number): number => now - 900_000 * (1 - part);
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, fit: false } },
      snapshotOf(
        now,
        seriesOf('num_requests_running', [
          [at(0.05), 10],
          [at(0.3), 10],
          [at(0.3) + 1, null],
          [at(0.5), 5],
          [at(0.5) + 1, null],
          [at(0.7), 10],
          [at(0.95), 10],
        ]),
      ),
    );
    assert.ok((await chart.countPixels(requests, blue, 0.1, 0.25)) > 50, 'a line');
    assert.equal(await chart.countPixels(requests, blue, 0.35, 0.47), 0, 'a gap');
    assert.ok((await chart.countPixels(requests, blue, 0.48, 0.52)) > 2, 'a dot');
    assert.equal(await chart.countPixels(requests, blue, 0.53, 0.65), 0, 'a gap');
    assert.ok((await chart.countPixels(requests, blue, 0.75, 0.9)) > 50, 'a line');
  });

  it('shows – instead of zero if the series ends in a gap', async () => {
    const chart = await open();
    const now = Date.now();
    await chart.post(
      snapshotOf(
        now,
        seriesOf('num_requests_running', [
          [now - 60_000, 10],
          [now - 59_999, null],
        ]),
      ),
    );
    assert.deepEqual(await chart.legend(requests), ['running –']);
  });

  it('draws negative, huge, equal and zero values', async () => {
    const chart = await open();
    const now = Date.now();
    const points = [1e300, -1e300, 0, 1e-12, 1e-12].map(
      (value, index) => [now - 50_000 + index * 10_000, value] as const,
    );
    await chart.post(
      snapshotOf(
        now,
        seriesOf('num_requests_running', points),
        seriesOf('kv_cache_usage_perc', points),
        seriesOf(
          'generation_throughput_tok_s',
          points.map(([at]) => [at, 7] as const),
        ),
      ),
    );
    assert.deepEqual(await chart.legend(throughput), ['generation 7.00 tok/s']);
  });

  it('draws each engine in a plot per metric, and says how many of them are shown', async () => {
    const chart = await openRun({}, { engines: 'each' }, 20);
    assert.equal(await chart.page.locator('.plots canvas').count(), 5);
    assert.equal((await chart.legend('kv_cache_usage_perc')).length, 16);
    assert.equal(await chart.page.locator('.note').textContent(), 'Showing 16 of 20 engines.');
  });

  it('gives an engine the same colour and dash in all plots, also after other engines are gone', async () => {
    const chart = await openRun({}, { engines: 'each' }, 8);
    const appearances = (plot: string): Promise<string[]> =>
      chart.page
        .locator(`[data-plot=${plot}] .mark`)
        .evaluateAll((marks) =>
          marks.map((mark) => `${(mark as SVGElement).style.stroke} ${(mark as SVGElement).style.strokeDasharray}`),
        );
    const before = await appearances('kv_cache_usage_perc');
    assert.equal(new Set(before).size, 8);
    assert.deepEqual(await appearances('num_requests_running'), before);
    const now = Date.now();
    const { series } = runSeries(now, 60, 8);
    const remaining = series.filter(({ engine }) => engine && !['worker-0', 'worker-3'].includes(engine.id));
    await chart.post({ type: 'snapshot', now, data: { engineCount: 6, bands: [], series: remaining } });
    assert.deepEqual(
      await appearances('kv_cache_usage_perc'),
      before.filter((_, index) => index !== 0 && index !== 3),
    );
  });

  it('follows a clock that jumps back or ahead', async () => {
    const chart = await open({ width: 400 });
    const now = Date.now();
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, measures: ['num_requests_running'] } },
      { type: 'snapshot', data: runData(now), now },
    );
    const append = (at: number, value: number): Promise<void> =>
      chart.post({
        type: 'append',
        now: at,
        data: { engineCount: 4, bands: [], series: [seriesOf('num_requests_running', [[at, value]])] },
      });
    await append(now - 600_000, 4711);
    assert.deepEqual(await chart.legend(requests), ['all engines 4711'], 'later points are withdrawn');
    assert.match(await chart.description(requests), /and 4711$/);
    await append(now + 7_200_000, 42);
    assert.deepEqual(await chart.legend(requests), ['all engines 42']);
    assert.match(await chart.description(requests), /42, between 42 and 42$/, 'earlier points have left the range');
  });

  it('uses the clock of the host', async () => {
    const chart = await openRun({ width: 400 });
    const now = Date.now() - 7_200_000;
    await chart.post({ type: 'snapshot', data: runSeries(now, 60, 4), now });
    assert.match((await chart.page.locator('.time').textContent()) ?? '', /· [234] s ago$/);
  });

  it('says that a selected metric was not measured, or that none is selected', async () => {
    const chart = await open({ height: 1200 });
    const now = Date.now();
    const show = (options: Partial<ViewOptions>): Promise<void> =>
      chart.post(
        { type: 'options', options: { ...defaultViewOptions, ...options } },
        { type: 'snapshot', data: runData(now), now },
      );
    await show({ measures: ['num_requests_running', 'prefix_cache_hit_rate'], layout: 'split' });
    assert.equal(await chart.page.locator('[data-plot=prefix_cache_hit_rate] .empty').isVisible(), true);
    await show({ measures: [] });
    assert.equal(await chart.page.locator('.note').textContent(), 'No metrics selected. Click Metrics to select some.');
  });
});
