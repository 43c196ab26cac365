/** How the page looks: themes, widths, accessibility rules, and what the plots show. */
import assert from 'node:assert/strict';
import type { DrawnReport, ToHost } from '../../src/shared/protocol';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import { accessibilityViolations } from './accessibility';
import type { ChartPage } from './chartPage';
import { chartSuite } from './chartSuite';
import { runData } from './runData';
import { themes } from './themes';

const blue = themes.dark.variables['--vscode-charts-blue']!;
const fraction = 'unit:fraction';
const quantiles = ['ttft_seconds_p50', 'ttft_seconds_p95', 'ttft_seconds_p99'];
const allOptions: ViewOptions = {
  ...defaultViewOptions,
  measures: [...defaultViewOptions.measures, ...quantiles],
  distributions: ['ttft_seconds'],
};

async function show(chart: ChartPage, options: ViewOptions = allOptions): Promise<void> {
  const now = Date.now();
  await chart.post({ type: 'options', options }, { type: 'snapshot', data: runData(now), now });
}

chartSuite('Chart page: appearance', (open) => {
  for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
    it(`follows the accessibility rules in the theme ${theme}`, async () => {
      const chart = await open({ theme, width: 340, height: 1600 });
      await show(chart);
      assert.deepEqual(await accessibilityViolations(chart.page, { hasHeading: false }), []);
    });
  }

  it('follows the accessibility rules with the picker open, and as a table', async () => {
    const chart = await open({ width: 340, height: 1600 });
    await show(chart);
    await chart.page.locator('.metrics').click();
    await chart.settle();
    assert.deepEqual(await accessibilityViolations(chart.page, { hasHeading: false }), [], 'with the picker');
    await chart.page.keyboard.press('Escape');
    await chart.post({
      type: 'options',
      options: {
        ...allOptions,
        form: 'table',
        engines: 'each',
        minutes: 5,
        measures: defaultViewOptions.measures.slice(0, 2),
      },
    });
    assert.deepEqual(await accessibilityViolations(chart.page, { hasHeading: false }), [], 'as a table');
  });

  it('redraws in the colours of another theme', async () => {
    const chart = await open();
    await show(chart, defaultViewOptions);
    const lightBlue = themes.light.variables['--vscode-charts-blue']!;
    assert.equal(await chart.countPixels(fraction, lightBlue), 0);
    await chart.setTheme('light');
    assert.ok((await chart.countPixels(fraction, lightBlue)) > 100);
    assert.equal(await chart.countPixels(fraction, blue), 0);
    await chart.page.waitForFunction(
      (foreground) =>
        window.log.sent.some((message) => message.type === 'drawn' && message.report.foreground === foreground),
      themes.light.variables['--vscode-foreground'],
    );
  });

  it('tells lines apart by dashes in high contrast', async () => {
    const chart = await open({ theme: 'highContrast' });
    await show(chart, defaultViewOptions);
    const dashes = await chart.page
      .locator('[data-plot="unit:requests"] .mark')
      .evaluateAll((marks) => marks.map((mark) => (mark as SVGElement).style.strokeDasharray));
    assert.notEqual(dashes[0], dashes[1]);
  });

  it('has colours also without VS Code’s variables', async () => {
    const chart = await open();
    await show(chart, defaultViewOptions);
    await chart.page.evaluate(() => document.documentElement.removeAttribute('style'));
    await chart.settle();
    assert.ok((await chart.countPixels(fraction, '#3794ff')) > 100);
  });

  it('follows the width of the panel, from 180 pixels on', async () => {
    const chart = await open({ width: 180 });
    await show(chart, defaultViewOptions);
    const overflow = (): Promise<number> =>
      chart.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok((await overflow()) <= 0);
    assert.ok((await chart.countPixels(fraction, blue)) > 50);
    await chart.page.setViewportSize({ width: 800, height: 700 });
    await chart.settle();
    assert.ok(
      (await chart.page.locator('[data-plot="unit:fraction"] canvas').evaluate((canvas) => canvas.clientWidth)) > 700,
    );
    await chart.page.setViewportSize({ width: 180, height: 700 });
    await chart.settle();
    assert.ok((await overflow()) <= 0);
  });

  it('needs no horizontal scrolling in a narrow or a wide panel', async () => {
    // VS Code at 200 % gives a page half of its pixels.
    for (const width of [130, 180, 260, 1200]) {
      const chart = await open({ width, height: 900 });
      await show(chart);
      const overflow = await chart.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${width} px: ${overflow} px too wide`);
    }
  });

  it('shows the whole names of metrics in 180 pixels, and starts every canvas at a whole pixel', async () => {
    const chart = await open({ width: 180, height: 833 });
    await show(chart, defaultViewOptions);
    const cutNames = await chart.page
      .locator('.entry .name')
      .evaluateAll((names) => names.flatMap((name) => (name.scrollWidth > name.clientWidth ? name.textContent : [])));
    assert.deepEqual(cutNames, []);
    const edges = await chart.page
      .locator('canvas')
      .evaluateAll((canvases) =>
        canvases.flatMap((canvas) => [canvas.getBoundingClientRect().top, canvas.getBoundingClientRect().height]),
      );
    assert.ok(edges.length === 8 && edges.every(Number.isInteger), String(edges));
  });

  it('redraws the timeline when the panel is resized', async () => {
    const chart = await open({ width: 500 });
    await show(chart);
    for (const width of [300, 700]) {
      await chart.page.setViewportSize({ width, height: 760 });
      await chart.settle();
      const [canvasWidth, parentWidth] = await chart.page
        .locator('.run canvas')
        .evaluate((canvas) => [(canvas as HTMLCanvasElement).width, canvas.parentElement!.clientWidth]);
      assert.equal(canvasWidth, parentWidth, `${width} px`);
    }
  });

  it('draws as many points as there is room for at the first drawing of a plot', async () => {
    const chart = await open({ width: 1300, height: 1600 });
    await show(chart, { ...allOptions, engines: 'each', minutes: 60, fit: false, distributions: [] });
    const runningPlotOf = (message: ToHost): DrawnReport['plots'][number] | undefined =>
      message.type === 'drawn'
        ? message.report.plots.find(({ id, series }) => id === 'num_requests_running' && series === 4)
        : undefined;
    await chart.waitForMessage('drawn', (message) => runningPlotOf(message) !== undefined);
    const [first] = (await chart.log()).sent.flatMap((message) => runningPlotOf(message) ?? []);
    assert.ok(first!.points > 4 * 330, JSON.stringify(first));
  });

  it('shows phases, states and restarts, and describes them at the cursor', async () => {
    const chart = await open({ width: 500 });
    await show(chart);
    const timeline = chart.page.locator('.run canvas');
    assert.match(
      (await timeline.getAttribute('aria-label')) ?? '',
      /^Run: phase: .*generate.*; engine 1: dead, restarted, starting; engine 3: asleep$/,
    );
    await chart.page.getByRole('slider').focus();
    // Eight minutes ago engine 1 was dead.
    for (let press = 0; press < 48; press++) await chart.page.keyboard.press('ArrowLeft');
    await chart.settle();
    assert.match((await chart.page.getByRole('slider').getAttribute('aria-valuetext')) ?? '', /engine 1 dead/);
    await chart.post({ type: 'snapshot', now: Date.now(), data: { ...runData(Date.now()), bands: [] } });
    assert.equal(await chart.page.locator('.run').isVisible(), false);
  });

  it('draws the thresholds of the catalog, and the quantiles of a histogram in one plot', async () => {
    const chart = await open({ width: 500, height: 1400 });
    await show(chart, { ...allOptions, layout: 'split' });
    assert.deepEqual(
      await chart.legend('ttft_seconds').then((lines) => lines.map((line) => line.replace(/ [\d.]+ m?s$/, ''))),
      ['TTFT p50', 'TTFT p95', 'TTFT p99'],
    );
    const red = themes.dark.variables['--vscode-charts-red']!;
    assert.ok((await chart.countPixels('kv_cache_usage_perc', red)) > 50, 'the error line');
  });

  it('draws the buckets of a histogram over time, and shows what is in them', async () => {
    const chart = await open({ width: 500, height: 1600 });
    await show(chart);
    const plot = chart.page.locator('[data-plot="distribution:ttft_seconds"]');
    assert.match((await plot.locator('.readout').textContent()) ?? '', /^\d+ % in .+ – .+, of \d+$/);
    const bluishPixels = await plot.locator('canvas').evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(60, 0, canvas.width - 60, canvas.height - 22);
      let count = 0;
      for (let index = 0; index < data.length; index += 4)
        if (data[index + 3]! > 40 && data[index + 2]! > data[index]! + 30) count++;
      return count;
    });
    assert.ok(bluishPixels > 5_000, String(bluishPixels));
    await chart.post({ type: 'snapshot', now: Date.now(), data: { ...runData(Date.now()), distributions: [] } });
    assert.equal(await plot.locator('.empty').isVisible(), true, 'and no zero without observations');
  });

  it('has no animations', async () => {
    const chart = await open();
    await show(chart);
    assert.equal(await chart.page.evaluate(() => document.getAnimations().length), 0);
  });
});
