import assert from 'node:assert/strict';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage } from './chartPage';
import { livingRun } from './snapshots';
import { chartSuite } from './chartSuite';

const [fraction, requests, throughput] = ['unit:fraction', 'unit:requests', 'unit:tokens/s'] as const;

chartSuite('chart page, used', (open) => {
  let chart: ChartPage;

  beforeEach(async () => {
    chart = await open({ width: 400 });
    const now = Date.now();
    await chart.post(
      { type: 'options', options: defaultViewOptions },
      { type: 'snapshot', data: livingRun(now, 60, 4), now },
    );
  });

  const slider = (): ReturnType<ChartPage['page']['getByRole']> =>
    chart.page.getByRole('slider', { name: 'Time cursor' });
  const words = async (): Promise<string> => (await slider().getAttribute('aria-valuetext')) ?? '';

  it('moves the cursor by keyboard, and says time and values', async () => {
    await slider().focus();
    await chart.settle();
    const newest = await words();
    assert.match(
      newest,
      /^\d\d:\d\d:\d\d: highest engine [\d.]+ %; engines [\d.]+ – [\d.]+ %; running \d+; waiting \d+; generation [\d.k]+ tok\/s; prompt [\d.k]+ tok\/s$/,
    );
    const seen = new Set([newest]);
    for (const key of ['ArrowLeft', 'PageDown', 'Home', 'PageUp', 'ArrowRight', 'End']) {
      await chart.page.keyboard.press(key);
      await chart.settle();
      seen.add(await words());
    }
    assert.ok(seen.size >= 6, [...seen].join('\n'));
    await chart.page.keyboard.press('Home');
    await chart.settle();
    assert.equal(await slider().inputValue(), '0');
    assert.match((await chart.page.locator('.time').textContent()) ?? '', /15 min ago$/);
  });

  it('goes back to the newest values on Escape and when the focus leaves', async () => {
    const newest = await chart.legend(throughput);
    for (const leave of ['Escape', 'Tab']) {
      await slider().focus();
      await chart.page.keyboard.press('Home');
      await chart.settle();
      assert.notDeepEqual(await chart.legend(throughput), newest);
      await chart.page.keyboard.press(leave);
      await chart.settle();
      assert.deepEqual(await chart.legend(throughput), newest);
      await chart.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    }
  });

  it('reads all plots where the mouse is over one', async () => {
    const plots = [fraction, requests, throughput];
    const newest = await Promise.all(plots.map((plot) => chart.legend(plot)));
    await chart.page.locator('[data-plot="unit:requests"] canvas').hover({ position: { x: 100, y: 40 } });
    await chart.settle();
    const under = await Promise.all(plots.map((plot) => chart.legend(plot)));
    plots.forEach((plot, index) => assert.notDeepEqual(under[index], newest[index], plot));
    await chart.page.mouse.move(5, 5);
    await chart.settle();
    assert.deepEqual(await Promise.all(plots.map((plot) => chart.legend(plot))), newest);
  });

  it('reads nothing in a gap', async () => {
    await chart.post({ type: 'options', options: { ...defaultViewOptions, minutes: 60 } });
    const box = (await chart.page.locator('[data-plot="unit:requests"] canvas').boundingBox())!;
    await chart.page
      .locator('[data-plot="unit:requests"] canvas')
      .hover({ position: { x: 50 + (box.width - 52) * 0.65, y: 40 } });
    await chart.settle();
    assert.deepEqual(await chart.legend(requests), ['running –', 'waiting –']);
  });

  it('mutes a line with a click and brings it back, and tells host and state', async () => {
    const running = chart.page.locator('.toggle', { hasText: 'running' });
    await running.click();
    await chart.settle();
    assert.equal(await running.getAttribute('aria-pressed'), 'false');
    assert.deepEqual((await chart.waitForMessage('setOptions')).options, {
      ...defaultViewOptions,
      muted: ['num_requests_running'],
    });
    assert.deepEqual((await chart.witness()).state, { ...defaultViewOptions, muted: ['num_requests_running'] });
    await chart.page.waitForFunction(() =>
      window.witness.sent.some(
        (message) =>
          message.type === 'drawn' &&
          message.report.plots.some(({ id, series }) => id === 'unit:requests' && series === 1),
      ),
    );
    await running.press('Enter');
    await chart.settle();
    assert.equal(await running.getAttribute('aria-pressed'), 'true');
    assert.deepEqual((await chart.waitForMessage('setOptions')).options, defaultViewOptions);
  });

  it('changes window and engines through the dropdowns, by mouse and by keyboard', async () => {
    await chart.page.getByRole('combobox', { name: 'Time shown' }).click();
    await chart.page.getByRole('option', { name: '5 min', exact: true }).click();
    await chart.settle();
    assert.equal((await chart.waitForMessage('setOptions')).options.minutes, 5);
    await chart.page.getByRole('combobox', { name: 'Engines' }).focus();
    await chart.page.keyboard.press('ArrowDown');
    await chart.page.keyboard.press('Enter');
    await chart.settle();
    assert.deepEqual((await chart.waitForMessage('setOptions')).options, {
      ...defaultViewOptions,
      minutes: 5,
      engines: 'each',
    });
    assert.equal(await chart.page.locator('.plots canvas').count(), 5);
  });

  it('shows the choices that the host remembers', async () => {
    await chart.post({ type: 'options', options: { ...defaultViewOptions, minutes: 60, engines: 'each' } });
    assert.equal(
      await chart.page
        .locator('vscode-dropdown')
        .evaluateAll((all) => all.map((one) => (one as HTMLElement & { value: string }).value).join()),
      '60,each',
    );
  });

  it('begins with the choices of the page before it', async () => {
    const again = await open({ state: { ...defaultViewOptions, minutes: 5, muted: ['kv_cache_usage_perc'] } });
    const now = Date.now();
    await again.post({ type: 'snapshot', data: livingRun(now, 60, 4), now });
    assert.equal(
      await again.page.locator('.toggle', { hasText: 'highest engine' }).getAttribute('aria-pressed'),
      'false',
    );
    assert.match(
      (await again.page.locator('[data-plot="unit:fraction"] canvas').getAttribute('aria-label')) ?? '',
      /^KV cache, fullest, 5 min/,
    );
  });

  it('stands still on Pause while points come, and follows again', async () => {
    const label = (): Promise<string | null> =>
      chart.page.locator('[data-plot="unit:requests"] canvas').getAttribute('aria-label');
    await chart.page.getByRole('button', { name: 'Pause' }).click();
    await chart.settle();
    const range = /between .* and [^;]*/;
    const before = range.exec((await label()) ?? '')?.[0];
    const now = Date.now() + 120_000;
    await chart.post({
      type: 'append',
      now,
      data: {
        engineCount: 4,
        bands: [],
        series: [{ measure: 'num_requests_running', at: [now], value: [9_999], lowest: [null], highest: [null] }],
      },
    });
    assert.equal(range.exec((await label()) ?? '')?.[0], before);
    await chart.page.getByRole('button', { name: 'Follow the time again' }).click();
    await chart.settle();
    assert.match((await label()) ?? '', /and 9999/);
  });

  it('goes by the host’s clock, not its own', async () => {
    const now = Date.now() - 7_200_000;
    await chart.post({ type: 'snapshot', data: livingRun(now, 60, 4), now });
    assert.match((await chart.page.locator('.time').textContent()) ?? '', /· [234] s ago$/);
  });

  it('is an image with words and no focus where it is a canvas', async () => {
    for (const canvas of await chart.page.locator('.plots canvas').all()) {
      assert.equal(await canvas.getAttribute('role'), 'img');
      assert.equal(await canvas.getAttribute('tabindex'), null);
      assert.match((await canvas.getAttribute('aria-label')) ?? '', /, 15 min: .* between /);
    }
  });

  it('reaches everything with Tab, in the order of the page', async () => {
    const order: string[] = [];
    for (let press = 0; press < 23; press++) {
      await chart.page.keyboard.press('Tab');
      order.push(
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
    assert.deepEqual(order, [
      'Metrics',
      'Time shown',
      'Engines',
      'Pause',
      'Plot each metric by itself',
      'Show as table',
      'Save values as CSV',
      'Save picture as PNG',
      'Copy PromQL of what is shown',
      'Look closer (+)',
      'Look wider (−)',
      'Time cursor',
      ...['highest engine', 'engines', 'running', 'waiting', 'generation', 'prompt']
        .flatMap((line) => [line, `Only ${line}`])
        .slice(0, 11),
    ]);
  });
});
