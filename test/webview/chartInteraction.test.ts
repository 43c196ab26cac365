import assert from 'node:assert/strict';
import { chartRows } from '../../src/metrics/chartRows';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage } from './chartPage';
import { fullRun } from './scenes';
import { chartSuite } from './chartSuite';

const engines = Array.from({ length: 4 }, (_, index) => ({ id: `worker-${index}`, name: `engine ${index}` }));
const kv = 'unit:fraction';

async function show(chart: ChartPage, options: Partial<ViewOptions> = {}): Promise<number> {
  const now = Date.now();
  await chart.post(
    { type: 'choices', rows: chartRows(() => true), engines },
    { type: 'options', options: { ...defaultViewOptions, ...options } },
    { type: 'snapshot', data: fullRun(now), now },
  );
  return now;
}

/** Of the newest `zoom` message. */
const range = async (chart: ChartPage): Promise<{ from: number; to: number } | undefined> =>
  (await chart.waitForMessage('zoom')).range;
const chosen = async (chart: ChartPage): Promise<ViewOptions> => (await chart.waitForMessage('setOptions')).options;

chartSuite('chart page, in use', (open) => {
  it('looks closer where a person drags, asks the host for it, and comes back', async () => {
    const chart = await open({ width: 600 });
    const now = await show(chart);
    const box = (await chart.page.locator(`[data-plot="${kv}"] canvas`).boundingBox())!;
    const at = (part: number): number => box.x + 50 + (box.width - 52) * part;
    await chart.page.mouse.move(at(0.4), box.y + 40);
    await chart.page.mouse.down();
    await chart.page.mouse.move(at(0.6), box.y + 60, { steps: 3 });
    await chart.page.mouse.up();
    await chart.settle();
    const asked = (await range(chart))!;
    assert.ok(
      Math.abs(asked.from - (now - 540_000)) < 8_000 && Math.abs(asked.to - (now - 360_000)) < 8_000,
      JSON.stringify(asked),
    );
    assert.match(
      (await chart.page.locator(`[data-plot="${kv}"] canvas`).getAttribute('aria-label')) ?? '',
      /, 3 min: /,
    );
    await chart.page.getByRole('button', { name: 'Back to now' }).click();
    await chart.settle();
    assert.equal(await range(chart), undefined);
    assert.match(
      (await chart.page.locator(`[data-plot="${kv}"] canvas`).getAttribute('aria-label')) ?? '',
      /, 15 min: /,
    );
  });

  it('takes a click, and a drag given up with Escape, for no zoom', async () => {
    const chart = await open({ width: 600 });
    await show(chart);
    const box = (await chart.page.locator(`[data-plot="${kv}"] canvas`).boundingBox())!;
    await chart.page.mouse.click(box.x + 200, box.y + 40);
    await chart.page.mouse.move(box.x + 200, box.y + 40);
    await chart.page.mouse.down();
    await chart.page.mouse.move(box.x + 300, box.y + 40, { steps: 3 });
    await chart.page.keyboard.press('Escape');
    await chart.page.mouse.up();
    await chart.settle();
    assert.deepEqual(
      (await chart.witness()).sent.filter(({ type }) => type === 'zoom'),
      [],
    );
  });

  it('looks closer, wider, earlier and back with keys', async () => {
    const chart = await open();
    await show(chart);
    await chart.page.getByRole('slider').focus();
    for (const key of ['Home', '+', '+']) await chart.page.keyboard.press(key);
    await chart.settle();
    const closer = (await range(chart))!;
    assert.ok(Math.abs(closer.to - closer.from - 225_000) < 2_000, JSON.stringify(closer));
    await chart.page.keyboard.press('Shift+ArrowLeft');
    await chart.settle();
    assert.ok((await range(chart))!.from < closer.from);
    await chart.page.keyboard.press('-');
    await chart.settle();
    const wider = (await range(chart))!;
    assert.ok(wider.to - wider.from > 400_000);
    await chart.page.keyboard.press('Escape');
    await chart.settle();
    assert.equal(await range(chart), undefined);
  });

  it('leaves one line with the second button, and brings all back', async () => {
    const chart = await open();
    await show(chart);
    const only = chart.page.getByRole('button', { name: 'Only running' });
    await only.click();
    await chart.settle();
    assert.deepEqual((await chosen(chart)).muted, ['num_requests_waiting']);
    assert.equal(await only.getAttribute('aria-pressed'), 'true');
    await only.click();
    await chart.settle();
    assert.deepEqual((await chosen(chart)).muted, []);
  });

  it('leaves one engine in every plot', async () => {
    const chart = await open({ height: 1400 });
    await show(chart, { engines: 'each' });
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

  it('chooses metrics from the whole catalog, by a filter and by keyboard', async () => {
    const chart = await open();
    await show(chart);
    await chart.page.getByRole('button', { name: 'Metrics' }).click();
    const filter = chart.page.getByRole('searchbox');
    assert.equal(await filter.evaluate((element) => element === document.activeElement), true);
    await filter.fill('prefix-cache hits');
    await chart.page.getByRole('checkbox', { name: 'Prefix-cache hits', exact: true }).press('Space');
    await chart.settle();
    assert.deepEqual((await chosen(chart)).measures, [...defaultViewOptions.measures, 'prefix_cache_hit_rate']);
    assert.equal(
      await chart.page
        .getByRole('checkbox', { name: 'Prefix-cache hits', exact: true })
        .evaluate((element) => element === document.activeElement),
      true,
      'keeps the focus',
    );
    await filter.fill('time to first');
    await chart.page
      .getByRole('group', { name: 'Time to first token', exact: true })
      .getByRole('checkbox', { name: 'buckets' })
      .check();
    await chart.settle();
    assert.deepEqual((await chosen(chart)).distributions, ['ttft_seconds']);
    await chart.page.keyboard.press('Escape');
    await chart.settle();
    assert.equal(await chart.page.getByRole('button', { name: 'Metrics' }).getAttribute('aria-expanded'), 'false');
    assert.equal(await chart.page.locator('[data-plot="distribution:ttft_seconds"]').count(), 1);
  });

  it('lists metrics without data only on demand, and says so', async () => {
    const chart = await open();
    await show(chart);
    await chart.post({ type: 'choices', rows: chartRows((id) => id === 'num_requests_running'), engines });
    await chart.page.getByRole('button', { name: 'Metrics' }).click();
    const few = await chart.page.locator('.list input').count();
    assert.equal(few, defaultViewOptions.measures.length, 'those chosen, and what was measured');
    await chart.page.getByRole('checkbox', { name: 'Also without data' }).check();
    assert.ok((await chart.page.locator('.list .absent').count()) > 50);
    await chart.page.getByRole('searchbox').fill('no such metric');
    assert.equal(await chart.page.locator('.count').textContent(), 'No metric matches.');
  });

  it('shows only the engines chosen, and says where none of them is here', async () => {
    const chart = await open({ height: 1400 });
    await show(chart, { engines: ['worker-1', 'worker-3'] });
    assert.deepEqual(await chart.page.locator('[data-plot=kv_cache_usage_perc] .name').allTextContents(), [
      'engine 1',
      'engine 3',
    ]);
    const now = Date.now();
    const data = fullRun(now);
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, engines: ['gone'] } },
      { type: 'snapshot', now, data: { ...data, series: data.series.filter(({ engine }) => !engine) } },
    );
    assert.equal(
      await chart.page.locator('.note').textContent(),
      'None of the chosen engines is here; all engines together are drawn.',
    );
    assert.deepEqual(await chart.page.locator('[data-plot=num_requests_running] .name').allTextContents(), [
      'all engines',
    ]);
  });

  it('finds its way among 500 engines', async () => {
    const chart = await open();
    await show(chart, { engines: ['worker-1'] });
    await chart.post({
      type: 'choices',
      rows: chartRows(() => true),
      engines: Array.from({ length: 500 }, (_, index) => ({ id: `w${index}`, name: `engine ${index}` })),
    });
    await chart.page.getByRole('button', { name: 'Metrics' }).click();
    assert.match((await chart.page.locator('.list .note').textContent()) ?? '', /^436 more/);
    await chart.page.getByRole('searchbox').fill('engine 499');
    await chart.page.getByRole('checkbox', { name: 'engine 499' }).check();
    await chart.settle();
    assert.deepEqual((await chosen(chart)).engines, ['worker-1', 'w499']);
  });

  it('plots metrics of one unit together or each by itself', async () => {
    const chart = await open({ height: 1400 });
    await show(chart);
    await chart.page.getByRole('button', { name: 'Plot each metric by itself' }).click();
    await chart.settle();
    assert.equal((await chosen(chart)).layout, 'split');
    assert.equal(await chart.page.locator('.plots section').count(), 5);
    await chart.page.getByRole('button', { name: 'Plot metrics of one unit together' }).click();
    await chart.settle();
    assert.equal(await chart.page.locator('.plots section').count(), 3);
  });

  it('shows the same data as a table, in parts', async () => {
    const chart = await open({ width: 500, height: 1200 });
    await show(chart);
    await chart.page.getByRole('button', { name: 'Show as table' }).click();
    await chart.settle();
    const table = chart.page.locator('[data-plot="unit:requests"]');
    assert.deepEqual(await table.locator('thead th').allTextContents(), ['Time', 'running', 'waiting']);
    assert.equal(await table.locator('tbody tr').count(), 50);
    const [running] = await table.locator('tbody tr').first().locator('td').allTextContents();
    assert.equal(`running ${running}`, (await chart.legend('unit:requests'))[0]);
    const newest = await table.locator('tbody th').first().textContent();
    await table.getByRole('button', { name: 'Older' }).click();
    assert.notEqual(await table.locator('tbody th').first().textContent(), newest);
    assert.match((await table.locator('.pages').textContent()) ?? '', /51 – \d+ of \d+/);
  });

  it('shows the buckets of a histogram as a table, too', async () => {
    const chart = await open({ width: 500, height: 1200 });
    await show(chart, { measures: [], distributions: ['ttft_seconds'], form: 'table' });
    const plot = chart.page.locator('[data-plot="distribution:ttft_seconds"]');
    assert.equal(await plot.locator('canvas').isVisible(), false);
    const names = await plot.locator('thead th').allTextContents();
    assert.equal(names[0], 'Time');
    assert.ok(names.includes('250 ms – 500 ms'), names.join());
    const counts = await plot.locator('tbody tr').first().locator('td').allTextContents();
    const all = /of (\d+)$/.exec((await plot.locator('.said').textContent()) ?? '')?.[1];
    assert.equal(counts.length, names.length - 1);
    assert.equal(String(counts.reduce((sum, count) => sum + Number(count), 0)), all);
    await chart.page.getByRole('button', { name: 'Show as plots' }).click();
    await chart.settle();
    assert.ok((await plot.locator('canvas').evaluate((canvas) => canvas.clientWidth)) > 400);
  });

  it('draws a picture of what is shown, as a table too, and passes on what is wanted', async () => {
    const chart = await open({ width: 400 });
    await show(chart);
    for (const form of ['plots', 'table'] as const) {
      await chart.post({ type: 'options', options: { ...defaultViewOptions, form } });
      await chart.post({ type: 'capture', request: form === 'plots' ? 1 : 2 });
      const { png, request } = await chart.waitForMessage('picture');
      assert.equal(request, form === 'plots' ? 1 : 2);
      const bytes = Buffer.from(png, 'base64');
      assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
      assert.ok(bytes.readUInt32BE(16) >= 380 && bytes.readUInt32BE(20) > 400, 'all plots below one another');
      assert.ok(bytes.length > 10_000, `${bytes.length} bytes`);
    }
    for (const [name, what] of [
      ['Save values as CSV', 'csv'],
      ['Save picture as PNG', 'png'],
      ['Copy PromQL of what is shown', 'promql'],
    ] as const) {
      await chart.page.getByRole('button', { name }).click();
      assert.equal((await chart.waitForMessage('take')).what, what);
    }
  });

  it('shows markup in names of metrics, phases and engines to choose from as text', async () => {
    const chart = await open({ width: 600, height: 1200 });
    const evil = '<img src=x onerror="window.hit=1">';
    const [row] = chartRows(() => true).filter(({ id }) => id === 'num_requests_running');
    const now = await show(chart, { measures: ['num_requests_running'], engines: ['w'] });
    await chart.post(
      {
        type: 'choices',
        rows: [{ ...row!, label: evil, short: evil, help: evil, category: evil }],
        engines: [{ id: 'w', name: evil }],
      },
      {
        type: 'snapshot',
        now,
        data: { ...fullRun(now), bands: [{ kind: 'phase', from: now - 60_000, label: evil }] },
      },
    );
    await chart.page.getByRole('button', { name: 'Metrics' }).click();
    assert.equal(await chart.page.locator('h2', { hasText: evil }).count(), 1);
    assert.equal(await chart.page.locator('.run .said').textContent(), `phase ${evil}`);
    assert.deepEqual(await chart.page.locator('.list legend').allTextContents(), ['Engines', evil]);
    assert.equal(await chart.page.getByRole('checkbox', { name: evil }).count(), 2);
    assert.equal(await chart.page.locator('main img').count(), 0);
    assert.equal(await chart.page.evaluate(() => 'hit' in window), false);
  });

  it('follows a clock that jumps, back and ahead', async () => {
    const chart = await open({ width: 400 });
    const now = await show(chart, { measures: ['num_requests_running'] });
    const running = (at: number, value: number): Promise<void> =>
      chart.post({
        type: 'append',
        now: at,
        data: {
          engineCount: 4,
          bands: [],
          series: [{ measure: 'num_requests_running', at: [at], value: [value], lowest: [null], highest: [null] }],
        },
      });
    const plot = chart.page.locator('[data-plot="unit:requests"]');
    const label = async (): Promise<string> => (await plot.locator('canvas').getAttribute('aria-label')) ?? '';
    await running(now - 600_000, 4711);
    assert.deepEqual(await chart.legend('unit:requests'), ['all engines 4711'], 'what was later is withdrawn');
    assert.match(await label(), /and 4711$/);
    await running(now + 7_200_000, 42);
    assert.deepEqual(await chart.legend('unit:requests'), ['all engines 42']);
    assert.match(await label(), /42, between 42 and 42$/, 'the time before has left the window');
  });

  it('tells the host of a message that is not of the protocol', async () => {
    const chart = await open();
    await chart.post({ type: 'snapshot', data: 'all of it' });
    await chart.waitForMessage('ignored');
  });

  it('says where a chosen metric was not measured, and where none is chosen', async () => {
    const chart = await open({ height: 1200 });
    await show(chart, { measures: ['num_requests_running', 'prefix_cache_hit_rate'], layout: 'split' });
    assert.equal(await chart.page.locator('[data-plot=prefix_cache_hit_rate] .nothing').isVisible(), true);
    await show(chart, { measures: [] });
    assert.equal(await chart.page.locator('.note').textContent(), 'No metric is chosen: press Metrics.');
  });
});
