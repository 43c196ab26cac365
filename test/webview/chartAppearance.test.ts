import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { DrawnReport, ToHost } from '../../src/shared/protocol';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage } from './chartPage';
import { fullRun } from './scenes';
import { chartSuite } from './chartSuite';
import { themes } from './themes';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
const quantiles = ['ttft_seconds_p50', 'ttft_seconds_p95', 'ttft_seconds_p99'];
const everything: ViewOptions = {
  ...defaultViewOptions,
  measures: [...defaultViewOptions.measures, ...quantiles],
  distributions: ['ttft_seconds'],
};

async function show(chart: ChartPage, options: ViewOptions = everything): Promise<void> {
  const now = Date.now();
  await chart.post({ type: 'options', options }, { type: 'snapshot', data: fullRun(now), now });
}

/** What axe finds against WCAG 2.2 AA on the whole page, as `rule: place`. */
async function violations(chart: ChartPage): Promise<string[]> {
  await chart.page.evaluate(axe);
  const { violations: found } = await chart.page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // A page within VS Code's own: its landmarks and its first heading are the workbench's.
      rules: { 'page-has-heading-one': { enabled: false }, region: { enabled: false } },
    }),
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}

chartSuite('chart page, looked at', (open) => {
  for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
    it(`has no violation of accessibility rules (${theme})`, async () => {
      const chart = await open({ theme, width: 340, height: 1600 });
      await show(chart);
      assert.deepEqual(await violations(chart), []);
    });
  }

  it('has none with the chooser open, and none as a table', async () => {
    const chart = await open({ width: 340, height: 1600 });
    await show(chart);
    await chart.page.locator('.metrics').click();
    await chart.settle();
    assert.deepEqual(await violations(chart), [], 'with the chooser');
    await chart.page.keyboard.press('Escape');
    await chart.post({
      type: 'options',
      options: {
        ...everything,
        form: 'table',
        engines: 'each',
        minutes: 5,
        measures: defaultViewOptions.measures.slice(0, 2),
      },
    });
    assert.deepEqual(await violations(chart), [], 'as a table');
  });

  it('needs no sideways scrolling in 180 px, at twice the size, or wide', async () => {
    // VS Code at 200 % gives a page half of its pixels.
    for (const width of [130, 180, 260, 1200]) {
      const chart = await open({ width, height: 900 });
      await show(chart);
      const over = await chart.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${width} px: ${over} px too wide`);
    }
  });

  it('cuts no name of a metric in 180 px, and begins every canvas at a whole pixel', async () => {
    const chart = await open({ width: 180, height: 833 });
    await show(chart, defaultViewOptions);
    const cut = await chart.page
      .locator('.entry .name')
      .evaluateAll((names) => names.flatMap((name) => (name.scrollWidth > name.clientWidth ? name.textContent : [])));
    assert.deepEqual(cut, []);
    const edges = await chart.page
      .locator('canvas')
      .evaluateAll((all) =>
        all.flatMap((canvas) => [canvas.getBoundingClientRect().top, canvas.getBoundingClientRect().height]),
      );
    assert.ok(edges.length === 8 && edges.every(Number.isInteger), String(edges));
  });

  it('draws the run’s strip anew as soon as the panel has another width', async () => {
    const chart = await open({ width: 500 });
    await show(chart);
    for (const width of [300, 700]) {
      await chart.page.setViewportSize({ width, height: 760 });
      await chart.settle();
      const [wide, room] = await chart.page
        .locator('.run canvas')
        .evaluate((canvas) => [(canvas as HTMLCanvasElement).width, canvas.parentElement!.clientWidth]);
      assert.equal(wide, room, `${width} px`);
    }
  });

  it('draws all points that there is room for in plots that are new', async () => {
    const chart = await open({ width: 1300, height: 1600 });
    await show(chart, { ...everything, engines: 'each', minutes: 60, distributions: [] });
    const runningOf = (message: ToHost): DrawnReport['plots'][number] | undefined =>
      message.type === 'drawn'
        ? message.report.plots.find(({ id, series }) => id === 'num_requests_running' && series === 4)
        : undefined;
    await chart.waitForMessage('drawn', (message) => runningOf(message) !== undefined);
    const [first] = (await chart.witness()).sent.flatMap((message) => runningOf(message) ?? []);
    assert.ok(first!.points > 4 * 330, JSON.stringify(first));
  });

  it('shows phases, states and restarts, and says them at the cursor', async () => {
    const chart = await open({ width: 500 });
    await show(chart);
    const strip = chart.page.locator('.run canvas');
    assert.match(
      (await strip.getAttribute('aria-label')) ?? '',
      /^Run: phase: .*generate.*; engine 1: dead, restarted, starting; engine 3: asleep$/,
    );
    await chart.page.getByRole('slider').focus();
    // Eight minutes ago engine 1 was dead.
    for (let press = 0; press < 48; press++) await chart.page.keyboard.press('ArrowLeft');
    await chart.settle();
    assert.match((await chart.page.getByRole('slider').getAttribute('aria-valuetext')) ?? '', /engine 1 dead/);
    await chart.post({ type: 'snapshot', now: Date.now(), data: { ...fullRun(Date.now()), bands: [] } });
    assert.equal(await chart.page.locator('.run').isVisible(), false);
  });

  it('draws a threshold where the catalog has one, and quantiles of a histogram together', async () => {
    const chart = await open({ width: 500, height: 1400 });
    await show(chart, { ...everything, layout: 'split' });
    assert.deepEqual(
      await chart.legend('ttft_seconds').then((lines) => lines.map((line) => line.replace(/ [\d.]+ m?s$/, ''))),
      ['TTFT p50', 'TTFT p95', 'TTFT p99'],
    );
    assert.ok(
      (await chart.colouredPixels('kv_cache_usage_perc', themes.dark.variables['--vscode-charts-red']!)) > 50,
      'the error line',
    );
  });

  it('draws the buckets of a histogram over time, and reads them', async () => {
    const chart = await open({ width: 500, height: 1600 });
    await show(chart);
    const plot = chart.page.locator('[data-plot="distribution:ttft_seconds"]');
    assert.match((await plot.locator('.said').textContent()) ?? '', /^\d+ % in .+ – .+, of \d+$/);
    const blue = await plot.locator('canvas').evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(60, 0, canvas.width - 60, canvas.height - 22);
      let count = 0;
      for (let index = 0; index < data.length; index += 4)
        if (data[index + 3]! > 40 && data[index + 2]! > data[index]! + 30) count++;
      return count;
    });
    assert.ok(blue > 5_000, String(blue));
    await chart.post({ type: 'snapshot', now: Date.now(), data: { ...fullRun(Date.now()), distributions: [] } });
    assert.equal(await plot.locator('.nothing').isVisible(), true, 'and no zero where nothing was observed');
  });

  it('marks nothing as moving where motion is unwanted', async () => {
    const chart = await open();
    await show(chart);
    assert.equal(await chart.page.evaluate(() => document.getAnimations().length), 0);
  });
});
