/** Controls, legends, tables and exports. */
import assert from 'node:assert/strict';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import { sliceSeries } from '../../src/history/sliceSeries';
import type { ChartPage, LoadOptions } from './chartPage';
import { chartSuite } from './chartSuite';
import { runData } from './runData';

const requests = 'unit:requests';

chartSuite('Chart page: controls', (open) => {
  async function openRun(loadOptions: LoadOptions = {}, options: Partial<ViewOptions> = {}): Promise<ChartPage> {
    const chart = await open({ width: 400, ...loadOptions });
    const now = Date.now();
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, ...options } },
      { type: 'snapshot', data: runData(now), now },
    );
    return chart;
  }

  /** The options that the page sent last. */
  const sentOptions = async (chart: ChartPage): Promise<ViewOptions> =>
    (await chart.waitForMessage('setOptions')).options;

  it('change time range and engines by mouse and by keyboard', async () => {
    const chart = await openRun();
    await chart.page.getByRole('combobox', { name: 'Time range' }).click();
    await chart.page.getByRole('option', { name: '5 min', exact: true }).click();
    await chart.settle();
    assert.equal((await sentOptions(chart)).minutes, 5);
    await chart.page.getByRole('combobox', { name: 'Engines' }).focus();
    await chart.page.keyboard.press('ArrowDown');
    await chart.page.keyboard.press('Enter');
    await chart.settle();
    assert.deepEqual(await sentOptions(chart), { ...defaultViewOptions, minutes: 5, fit: false, engines: 'each' });
    assert.equal(await chart.page.locator('.plots canvas').count(), 5);
  });

  it('show the options that the host stored', async () => {
    const chart = await openRun({}, { minutes: 60, fit: false, engines: 'each' });
    const values = await chart.page
      .locator('vscode-dropdown')
      .evaluateAll((dropdowns) => dropdowns.map((dropdown) => (dropdown as HTMLElement & { value: string }).value));
    assert.deepEqual(values, ['60', 'each']);
  });

  it('fit the time range to the data until it is filled, unless a person chooses another', async () => {
    const chart = await open({ width: 400 });
    const now = Date.now();
    const { bands: _bands, distributions: _distributions, ...data } = runData(now);
    const since = now - 2 * 60_000;
    const measures = data.series.map(({ measure }) => measure);
    const series = sliceSeries(data.series, { measures, engines: 'aggregate', from: since, to: now });
    await chart.post({ type: 'snapshot', data: { ...data, series, bands: [] }, now });
    assert.match(await chart.description('unit:fraction'), /^KV cache, fullest, (?:1[12]\d s|2 min)/);
    const range = chart.page.getByRole('combobox', { name: 'Time range' });
    assert.equal(await range.textContent().then((text) => text?.trim().startsWith('Fit')), true);
    await range.click();
    await chart.page.getByRole('option', { name: '15 min', exact: true }).click();
    await chart.settle();
    assert.match(await chart.description('unit:fraction'), /^KV cache, fullest, 15 min/);
    assert.equal((await sentOptions(chart)).fit, false);
  });

  it('begin with the options of the page before', async () => {
    const chart = await open({ state: { ...defaultViewOptions, minutes: 5, muted: ['kv_cache_usage_perc'] } });
    const now = Date.now();
    await chart.post({ type: 'snapshot', data: runData(now), now });
    assert.equal(
      await chart.page.locator('.toggle', { hasText: 'highest engine' }).getAttribute('aria-pressed'),
      'false',
    );
    assert.match(await chart.description('unit:fraction'), /^KV cache, fullest, 5 min/);
  });

  it('switch between a plot per unit and a plot per metric', async () => {
    const chart = await openRun({ height: 1400 });
    await chart.page.getByRole('button', { name: 'One plot per metric' }).click();
    await chart.settle();
    assert.equal((await sentOptions(chart)).layout, 'split');
    assert.equal(await chart.page.locator('.plots section').count(), 5);
    await chart.page.getByRole('button', { name: 'One plot per unit' }).click();
    await chart.settle();
    assert.equal(await chart.page.locator('.plots section').count(), 3);
  });

  it('are reached with Tab in the order of the page', async () => {
    const chart = await openRun();
    const names: string[] = [];
    for (let press = 0; press < 23; press++) {
      await chart.page.keyboard.press('Tab');
      names.push(
        await chart.page.evaluate(() => {
          const active = document.activeElement;
          return (
            active?.getAttribute('aria-label') ??
            active?.querySelector('.name')?.textContent ??
            active?.textContent ??
            ''
          );
        }),
      );
    }
    assert.deepEqual(names, [
      'Metrics',
      'Time range',
      'Engines',
      'Pause',
      'One plot per metric',
      'Show as table',
      'Save values as CSV',
      'Save picture as PNG',
      'Copy PromQL',
      'Zoom in (+)',
      'Zoom out (−)',
      'Time cursor',
      ...['highest engine', 'engines', 'running', 'waiting', 'generation', 'prompt']
        .flatMap((line) => [line, `Only ${line}`])
        .slice(0, 11),
    ]);
  });

  it('do not include the canvases, which are images with a description', async () => {
    const chart = await openRun();
    for (const canvas of await chart.page.locator('.plots canvas').all()) {
      assert.equal(await canvas.getAttribute('role'), 'img');
      assert.equal(await canvas.getAttribute('tabindex'), null);
      assert.match((await canvas.getAttribute('aria-label')) ?? '', /, 15 min: .* between /);
    }
  });

  it('mute a line with a click in the legend and show it again, and store that', async () => {
    const chart = await openRun();
    const running = chart.page.locator('.toggle', { hasText: 'running' });
    await running.click();
    await chart.settle();
    assert.equal(await running.getAttribute('aria-pressed'), 'false');
    const options = { ...defaultViewOptions, muted: ['num_requests_running'] };
    assert.deepEqual(await sentOptions(chart), options);
    assert.deepEqual((await chart.log()).state, options);
    await chart.page.waitForFunction(() =>
      window.log.sent.some(
        (message) =>
          message.type === 'drawn' &&
          message.report.plots.some(({ id, series }) => id === 'unit:requests' && series === 1),
      ),
    );
    await running.press('Enter');
    await chart.settle();
    assert.equal(await running.getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await sentOptions(chart), defaultViewOptions);
  });

  it('isolate one line, and show all again', async () => {
    const chart = await openRun();
    const isolateRunning = chart.page.getByRole('button', { name: 'Only running' });
    await isolateRunning.click();
    await chart.settle();
    assert.deepEqual((await sentOptions(chart)).muted, ['num_requests_waiting']);
    assert.equal(await isolateRunning.getAttribute('aria-pressed'), 'true');
    await isolateRunning.click();
    await chart.settle();
    assert.deepEqual((await sentOptions(chart)).muted, []);
  });

  it('isolate one engine in every plot', async () => {
    const chart = await openRun({ height: 1400 }, { engines: 'each' });
    await chart.page.getByRole('button', { name: 'Only engine 2' }).first().click();
    await chart.settle();
    for (const plot of ['kv_cache_usage_perc', 'num_requests_running']) {
      assert.deepEqual(
        await chart.page.locator(`[data-plot="${plot}"] .toggle[aria-pressed=true] .name`).allTextContents(),
        ['engine 2'],
        plot,
      );
    }
  });

  it('show the same data as a table with pages', async () => {
    const chart = await openRun({ width: 500, height: 1200 });
    await chart.page.getByRole('button', { name: 'Show as table' }).click();
    await chart.settle();
    const plot = chart.page.locator(`[data-plot="${requests}"]`);
    assert.deepEqual(await plot.locator('thead th').allTextContents(), ['Time', 'running', 'waiting']);
    assert.equal(await plot.locator('tbody tr').count(), 50);
    const [running] = await plot.locator('tbody tr').first().locator('td').allTextContents();
    assert.equal(`running ${running}`, (await chart.legend(requests))[0]);
    const newest = await plot.locator('tbody th').first().textContent();
    await plot.getByRole('button', { name: 'Older' }).click();
    assert.notEqual(await plot.locator('tbody th').first().textContent(), newest);
    assert.match((await plot.locator('.pages').textContent()) ?? '', /51 – \d+ of \d+/);
  });

  it('show the buckets of a histogram as a table', async () => {
    const chart = await openRun(
      { width: 500, height: 1200 },
      { measures: [], distributions: ['ttft_seconds'], form: 'table' },
    );
    const plot = chart.page.locator('[data-plot="distribution:ttft_seconds"]');
    assert.equal(await plot.locator('canvas').isVisible(), false);
    const names = await plot.locator('thead th').allTextContents();
    assert.equal(names[0], 'Time');
    assert.ok(names.includes('250 ms – 500 ms'), names.join());
    const counts = await plot.locator('tbody tr').first().locator('td').allTextContents();
    const observations = /of (\d+)$/.exec((await plot.locator('.readout').textContent()) ?? '')?.[1];
    assert.equal(counts.length, names.length - 1);
    assert.equal(String(counts.reduce((sum, count) => sum + Number(count), 0)), observations);
    await chart.page.getByRole('button', { name: 'Show as plots' }).click();
    await chart.settle();
    assert.ok((await plot.locator('canvas').evaluate((canvas) => canvas.clientWidth)) > 400);
  });

  it('draw all plots as a picture, also while a table is shown', async () => {
    const chart = await openRun();
    for (const [form, request] of [
      ['plots', 1],
      ['table', 2],
    ] as const) {
      await chart.post({ type: 'options', options: { ...defaultViewOptions, form } });
      await chart.post({ type: 'capture', request });
      const picture = await chart.waitForMessage('picture');
      assert.equal(picture.request, request);
      const bytes = Buffer.from(picture.png, 'base64');
      assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
      assert.ok(bytes.readUInt32BE(16) >= 380 && bytes.readUInt32BE(20) > 400, 'all plots below one another');
      assert.ok(bytes.length > 10_000, `${bytes.length} bytes`);
    }
  });

  it('ask the host for exports', async () => {
    const chart = await openRun();
    for (const [name, what] of [
      ['Save values as CSV', 'csv'],
      ['Save picture as PNG', 'png'],
      ['Copy PromQL', 'promql'],
    ] as const) {
      await chart.page.getByRole('button', { name }).click();
      assert.equal((await chart.waitForMessage('take')).what, what);
    }
  });
});
