import assert from 'node:assert/strict';
import { newSeries, type ChartData, type ChartSeries } from '../../src/shared/chartData';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import type { Beginning, ChartPage } from './chartPage';
import { livingRun } from './snapshots';
import { chartSuite } from './chartSuite';
import { themes } from './themes';

const kvBlue = themes.dark.variables['--vscode-charts-blue']!;
const blue = kvBlue;
const [fraction, requests, throughput] = ['unit:fraction', 'unit:requests', 'unit:tokens/s'] as const;

function seriesOf(measure: string, rows: readonly (readonly [number, number | null])[]): ChartSeries {
  return {
    ...newSeries(measure),
    at: rows.map(([at]) => at),
    value: rows.map(([, value]) => value),
    lowest: rows.map(() => null),
    highest: rows.map(() => null),
  };
}

chartSuite('chart page', (open) => {
  /** A page that shows a run of an hour, as the host would fill it. */
  async function openRun(
    options: Beginning = {},
    engines: 'aggregate' | 'each' = 'aggregate',
    count = 4,
    names: string[] = [],
  ): Promise<ChartPage> {
    const chart = await open(options);
    const now = Date.now();
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, engines } },
      { type: 'snapshot', data: livingRun(now, 60, count, names), now },
    );
    return chart;
  }

  it('says the host’s words while there is nothing, and draws no axes', async () => {
    const chart = await open({ offer: 'nothing' });
    await chart.post({ type: 'status', message: 'No run found: <b>nobody</b> answered.' });
    assert.equal(await chart.page.locator('.status').textContent(), 'No run found: <b>nobody</b> answered.');
    assert.equal(await chart.page.locator('.plots canvas').count(), 0);
    assert.equal(await chart.page.locator('.controls').isVisible(), false);
  });

  it('draws three plots from a snapshot and reports what it drew', async () => {
    const chart = await openRun();
    assert.deepEqual(await chart.page.locator('.plots h2').allTextContents(), [
      'KV cache, fullest ',
      'Requests ',
      'Throughput tok/s',
    ]);
    assert.ok((await chart.colouredPixels(fraction, kvBlue)) > 100);
    assert.equal(await chart.page.locator('.status').isVisible(), false);
    await chart.page.waitForFunction(() =>
      window.witness.sent.some(
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

  it('draws the band between the lowest and the highest engine, and mutes it alone', async () => {
    const chart = await openRun();
    assert.match((await chart.legend(fraction)).join(', '), /^highest engine \d+ %, engines [\d.]+ – [\d.]+ %$/);
    const faintPixels = (): Promise<number> =>
      chart.page.locator('[data-plot="unit:fraction"] canvas').evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        let faint = 0;
        for (let index = 0; index < data.length; index += 4)
          if (data[index + 3]! > 35 && data[index + 3]! < 130 && data[index + 2]! > 200) faint++;
        return faint;
      });
    const withBand = await faintPixels();
    await chart.page.locator('.entry .toggle', { hasText: 'engines' }).click();
    await chart.settle();
    const without = await faintPixels();
    assert.ok(withBand > 3 * without, `${withBand} and ${without} faint pixels`);
    assert.ok((await chart.colouredPixels(fraction, kvBlue)) > 100);
  });

  it('appends points, and shows the newest in the legend', async () => {
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

  it('takes points before any snapshot, and a snapshot in their place', async () => {
    const chart = await open();
    const now = Date.now();
    await chart.post({
      type: 'append',
      data: { engineCount: 0, bands: [], series: [seriesOf('num_requests_running', [[now, 5]])] },
      now,
    });
    assert.deepEqual(await chart.legend(requests), ['running 5']);
    await chart.post({
      type: 'snapshot',
      data: { engineCount: 0, bands: [], series: [seriesOf('num_requests_waiting', [[now, 7]])] },
      now,
    });
    assert.deepEqual(await chart.legend(requests), ['waiting 7']);
  });

  it('leaves gaps open, and shows a lone point between them', async () => {
    const chart = await open({ width: 800 });
    const now = Date.now();
    const at = (part: number): number => now - 900_000 * (1 - part);
    await chart.post({
      type: 'snapshot',
      now,
      data: {
        engineCount: 0,
        bands: [],
        series: [
          seriesOf('num_requests_running', [
            [at(0.05), 10],
            [at(0.3), 10],
            [at(0.3) + 1, null],
            [at(0.5), 5],
            [at(0.5) + 1, null],
            [at(0.7), 10],
            [at(0.95), 10],
          ]),
        ],
      },
    });
    assert.ok((await chart.colouredPixels(requests, blue, 0.1, 0.25)) > 50, 'a line');
    assert.equal(await chart.colouredPixels(requests, blue, 0.35, 0.47), 0, 'a gap');
    assert.ok((await chart.colouredPixels(requests, blue, 0.48, 0.52)) > 2, 'a lone point');
    assert.equal(await chart.colouredPixels(requests, blue, 0.53, 0.65), 0, 'a gap');
    assert.ok((await chart.colouredPixels(requests, blue, 0.75, 0.9)) > 50, 'a line');
  });

  it('says – where the series ends in a gap, and not zero', async () => {
    const chart = await open();
    const now = Date.now();
    await chart.post({
      type: 'snapshot',
      now,
      data: {
        engineCount: 0,
        bands: [],
        series: [
          seriesOf('num_requests_running', [
            [now - 60_000, 10],
            [now - 59_999, null],
          ]),
        ],
      },
    });
    assert.deepEqual(await chart.legend(requests), ['running –']);
  });

  it('draws negative, huge, equal and zero values', async () => {
    const chart = await open();
    const now = Date.now();
    const series = [1e300, -1e300, 0, 1e-12, 1e-12].map(
      (value, index) => [now - 50_000 + index * 10_000, value] as const,
    );
    await chart.post({
      type: 'snapshot',
      now,
      data: {
        engineCount: 0,
        bands: [],
        series: [
          seriesOf('num_requests_running', series),
          seriesOf('kv_cache_usage_perc', series),
          seriesOf(
            'generation_throughput_tok_s',
            series.map(([at]) => [at, 7] as const),
          ),
        ],
      },
    });
    assert.deepEqual(await chart.legend(throughput), ['generation 7.00 tok/s']);
  });

  it('ignores what is not of the protocol', async () => {
    const chart = await openRun();
    const before = await chart.legend(requests);
    await chart.post(
      { type: 'snapshot', data: { series: [{ measure: 1 }], engineCount: 0 }, now: 0 },
      { type: 'eval', code: 'alert(1)' },
      {},
      { type: '__proto__' },
    );
    assert.deepEqual(await chart.legend(requests), before);
  });

  it('shows a stranger’s names as text', async () => {
    const names = [
      '<img src=x onerror="window.hit=1">',
      '$(flame) $(x)',
      '[link](command:evil)',
      '"&quot;<script>window.hit=1</script>',
    ];
    const chart = await openRun({}, 'each', 4, names);
    const shown = (await chart.page.locator('[data-plot=kv_cache_usage_perc] .name').allTextContents()).sort();
    assert.deepEqual(shown, [...names].sort());
    assert.equal(await chart.page.locator('main img, main script, main a').count(), 0);
    assert.equal(await chart.page.evaluate(() => 'hit' in window), false);
  });

  it('draws each engine, a plot per measure, and says when there are more', async () => {
    const chart = await openRun({}, 'each', 20);
    assert.equal(await chart.page.locator('.plots canvas').count(), 5);
    assert.equal((await chart.legend('kv_cache_usage_perc')).length, 16);
    assert.equal(await chart.page.locator('.note').textContent(), '16 of 20 engines are drawn.');
  });

  it('gives an engine the same colour and dash wherever and whenever it is drawn', async () => {
    const chart = await openRun({}, 'each', 8);
    const looks = (plot: string): Promise<string[]> =>
      chart.page
        .locator(`[data-plot=${plot}] .mark`)
        .evaluateAll((marks) =>
          marks.map((mark) => `${(mark as SVGElement).style.stroke} ${(mark as SVGElement).style.strokeDasharray}`),
        );
    const before = await looks('kv_cache_usage_perc');
    assert.equal(new Set(before).size, 8);
    assert.deepEqual(await looks('num_requests_running'), before);
    const now = Date.now();
    const { series } = livingRun(now, 60, 8);
    await chart.post({
      type: 'snapshot',
      now,
      data: {
        engineCount: 6,
        bands: [],
        series: series.filter(({ engine }) => engine && !['worker-0', 'worker-3'].includes(engine.id)),
      },
    });
    assert.deepEqual(
      await looks('kv_cache_usage_perc'),
      before.filter((_, index) => index !== 0 && index !== 3),
    );
  });

  it('draws anew in the colours of another theme', async () => {
    const chart = await openRun();
    const lightBlue = themes.light.variables['--vscode-charts-blue']!;
    assert.equal(await chart.colouredPixels(fraction, lightBlue), 0);
    await chart.wear('light');
    assert.ok((await chart.colouredPixels(fraction, lightBlue)) > 100);
    assert.equal(await chart.colouredPixels(fraction, kvBlue), 0);
    await chart.page.waitForFunction(
      (wanted) =>
        window.witness.sent.some((message) => message.type === 'drawn' && message.report.foreground === wanted),
      themes.light.variables['--vscode-foreground'],
    );
  });

  it('tells lines apart by dashes in high contrast', async () => {
    const chart = await openRun({ theme: 'highContrast' });
    const dashes = await chart.page
      .locator('[data-plot="unit:requests"] .mark')
      .evaluateAll((marks) => marks.map((mark) => (mark as SVGElement).style.strokeDasharray));
    assert.notEqual(dashes[0], dashes[1]);
  });

  it('keeps its colours when VS Code’s variables vanish', async () => {
    const chart = await openRun();
    await chart.page.evaluate(() => document.documentElement.removeAttribute('style'));
    await chart.settle();
    assert.ok((await chart.colouredPixels(fraction, '#3794ff')) > 100);
  });

  it('works 180 px wide and follows the width', async () => {
    const chart = await openRun({ width: 180 });
    const overflow = (): Promise<number> =>
      chart.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok((await overflow()) <= 0);
    assert.ok((await chart.colouredPixels(fraction, kvBlue)) > 50);
    await chart.page.setViewportSize({ width: 800, height: 700 });
    await chart.settle();
    assert.ok(
      (await chart.page.locator('[data-plot="unit:fraction"] canvas').evaluate((canvas) => canvas.clientWidth)) > 700,
    );
    await chart.page.setViewportSize({ width: 180, height: 700 });
    await chart.settle();
    assert.ok((await overflow()) <= 0);
  });
});
