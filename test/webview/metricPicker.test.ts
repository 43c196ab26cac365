/** The picker of metrics and engines. */
import assert from 'node:assert/strict';
import { chartRows } from '../../src/metrics/chartRows';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage, LoadOptions } from './chartPage';
import { chartSuite } from './chartSuite';
import { runData } from './runData';

const allRows = chartRows(() => true);
const engines = Array.from({ length: 4 }, (_, index) => ({ id: `worker-${index}`, name: `engine ${index}` }));

chartSuite('Chart page: picker', (open) => {
  async function openRun(loadOptions: LoadOptions = {}, options: Partial<ViewOptions> = {}): Promise<ChartPage> {
    const chart = await open(loadOptions);
    const now = Date.now();
    await chart.post(
      { type: 'choices', rows: allRows, engines },
      { type: 'options', options: { ...defaultViewOptions, ...options } },
      { type: 'snapshot', data: runData(now), now },
    );
    return chart;
  }

  const openPicker = (chart: ChartPage): Promise<void> => chart.page.getByRole('button', { name: 'Metrics' }).click();
  /** The options that the page sent last. */
  const sentOptions = async (chart: ChartPage): Promise<ViewOptions> =>
    (await chart.waitForMessage('setOptions')).options;

  it('selects metrics of the whole catalog, by a filter and by keyboard', async () => {
    const chart = await openRun();
    await openPicker(chart);
    const filter = chart.page.getByRole('searchbox');
    assert.equal(await filter.evaluate((element) => element === document.activeElement), true);
    await filter.fill('prefix-cache hits');
    const hits = chart.page.getByRole('checkbox', { name: 'Prefix-cache hits', exact: true });
    await hits.press('Space');
    await chart.settle();
    assert.deepEqual((await sentOptions(chart)).measures, [...defaultViewOptions.measures, 'prefix_cache_hit_rate']);
    assert.equal(await hits.evaluate((element) => element === document.activeElement), true, 'keeps the focus');
    await filter.fill('time to first');
    await chart.page
      .getByRole('group', { name: 'Time to first token', exact: true })
      .getByRole('checkbox', { name: 'buckets' })
      .check();
    await chart.settle();
    assert.deepEqual((await sentOptions(chart)).distributions, ['ttft_seconds']);
    await chart.page.keyboard.press('Escape');
    await chart.settle();
    assert.equal(await chart.page.getByRole('button', { name: 'Metrics' }).getAttribute('aria-expanded'), 'false');
    assert.equal(await chart.page.locator('[data-plot="distribution:ttft_seconds"]').count(), 1);
  });

  it('lists metrics without data only on request, and says if none matches', async () => {
    const chart = await openRun();
    await chart.post({ type: 'choices', rows: chartRows((id) => id === 'num_requests_running'), engines });
    await openPicker(chart);
    const boxes = await chart.page.locator('.list input').count();
    assert.equal(boxes, defaultViewOptions.measures.length, 'selected or measured metrics');
    await chart.page.getByRole('checkbox', { name: 'Show metrics without data' }).check();
    assert.ok((await chart.page.locator('.list .absent').count()) > 50);
    await chart.page.getByRole('searchbox').fill('no such metric');
    assert.equal(await chart.page.locator('.count').textContent(), 'No matching metrics.');
  });

  it('shows only the selected engines, and says if none of them has data', async () => {
    const chart = await openRun({ height: 1400 }, { engines: ['worker-1', 'worker-3'] });
    assert.deepEqual(await chart.page.locator('[data-plot=kv_cache_usage_perc] .name').allTextContents(), [
      'engine 1',
      'engine 3',
    ]);
    const now = Date.now();
    const data = runData(now);
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, engines: ['gone'] } },
      { type: 'snapshot', now, data: { ...data, series: data.series.filter(({ engine }) => !engine) } },
    );
    assert.equal(
      await chart.page.locator('.note').textContent(),
      'None of the selected engines has data. Showing all engines together.',
    );
    assert.deepEqual(await chart.page.locator('[data-plot=num_requests_running] .name').allTextContents(), [
      'all engines',
    ]);
  });

  it('finds one of 500 engines', async () => {
    const chart = await openRun({}, { engines: ['worker-1'] });
    await chart.post({
      type: 'choices',
      rows: allRows,
      engines: Array.from({ length: 500 }, (_, index) => ({ id: `w${index}`, name: `engine ${index}` })),
    });
    await openPicker(chart);
    assert.match((await chart.page.locator('.list .note').textContent()) ?? '', /^436 more/);
    await chart.page.getByRole('searchbox').fill('engine 499');
    await chart.page.getByRole('checkbox', { name: 'engine 499' }).check();
    await chart.settle();
    assert.deepEqual((await sentOptions(chart)).engines, ['worker-1', 'w499']);
  });
});
