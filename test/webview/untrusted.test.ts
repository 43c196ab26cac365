/** Messages and names that the page must not trust. */
import assert from 'node:assert/strict';
import { chartRows } from '../../src/metrics/chartRows';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import { chartSuite } from './chartSuite';
import { runData } from './runData';
import { runSeries } from './runSeries';

const requests = 'unit:requests';

chartSuite('Chart page: untrusted input', (open) => {
  it('ignores messages that are not part of the protocol', async () => {
    const chart = await open();
    const now = Date.now();
    await chart.post(
      { type: 'options', options: defaultViewOptions },
      { type: 'snapshot', data: runSeries(now, 60, 4), now },
    );
    const before = await chart.legend(requests);
    await chart.post(
      { type: 'snapshot', data: { series: [{ measure: 1 }], engineCount: 0 }, now: 0 },
      { type: 'eval', code: 'alert(1)' },
      {},
      { type: '__proto__' },
    );
    assert.deepEqual(await chart.legend(requests), before);
  });

  it('reports such a message to the host', async () => {
    const chart = await open();
    await chart.post({ type: 'snapshot', data: 'all of it' });
    await chart.waitForMessage('ignored');
  });

  it('shows names of engines as text', async () => {
    const names = [
      '<img src=x onerror="window.hit=1">',
      '$(flame) $(x)',
      '[link](command:evil)',
      '"&quot;<script>window.hit=1</script>',
    ];
    const chart = await open();
    const now = Date.now();
    await chart.post(
      { type: 'options', options: { ...defaultViewOptions, engines: 'each' } },
      { type: 'snapshot', data: runSeries(now, 60, 4, names), now },
    );
    const shownNames = await chart.page.locator('[data-plot=kv_cache_usage_perc] .name').allTextContents();
    assert.deepEqual(shownNames.sort(), [...names].sort());
    assert.equal(await chart.page.locator('main img, main script, main a').count(), 0);
    assert.equal(await chart.page.evaluate(() => 'hit' in window), false);
  });

  it('shows names of metrics, phases and engines to select as text', async () => {
    const chart = await open({ width: 600, height: 1200 });
    const markup = '<img src=x onerror="window.hit=1">';
    const [row] = chartRows(() => true).filter(({ id }) => id === 'num_requests_running');
    const now = Date.now();
    await chart.post(
      {
        type: 'choices',
        rows: [{ ...row!, label: markup, short: markup, help: markup, category: markup }],
        engines: [{ id: 'w', name: markup }],
      },
      {
        type: 'options',
        options: { ...defaultViewOptions, measures: ['num_requests_running'], engines: ['w'] },
      },
      {
        type: 'snapshot',
        now,
        data: { ...runData(now), bands: [{ kind: 'phase', from: now - 60_000, label: markup }] },
      },
    );
    await chart.page.getByRole('button', { name: 'Metrics' }).click();
    assert.equal(await chart.page.locator('h2', { hasText: markup }).count(), 1);
    assert.equal(await chart.page.locator('.run .readout').textContent(), `phase ${markup}`);
    assert.deepEqual(await chart.page.locator('.list legend').allTextContents(), ['Engines', markup]);
    assert.equal(await chart.page.getByRole('checkbox', { name: markup }).count(), 2);
    assert.equal(await chart.page.locator('main img').count(), 0);
    assert.equal(await chart.page.evaluate(() => 'hit' in window), false);
  });
});
