/** Cursor and zoom, by mouse and by keyboard. */
import assert from 'node:assert/strict';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage } from './chartPage';
import { chartSuite } from './chartSuite';
import { runSeries } from './runSeries';

const [fraction, requests, throughput] = ['unit:fraction', 'unit:requests', 'unit:tokens/s'] as const;

chartSuite('Chart page: cursor', (open) => {
  let chart: ChartPage;

  beforeEach(async () => {
    chart = await open({ width: 400 });
    const now = Date.now();
    await chart.post(
      { type: 'options', options: defaultViewOptions },
      { type: 'snapshot', data: runSeries(now, 60, 4), now },
    );
  });

  const slider = (): ReturnType<ChartPage['page']['getByRole']> =>
    chart.page.getByRole('slider', { name: 'Time cursor' });
  const valueText = async (): Promise<string> => (await slider().getAttribute('aria-valuetext')) ?? '';

  it('moves by keyboard, and describes time and values', async () => {
    await slider().focus();
    await chart.settle();
    const newest = await valueText();
    assert.match(
      newest,
      /^\d\d:\d\d:\d\d: highest engine [\d.]+ %; engines [\d.]+ – [\d.]+ %; running \d+; waiting \d+; generation [\d.k]+ tok\/s; prompt [\d.k]+ tok\/s$/,
    );
    const texts = new Set([newest]);
    for (const key of ['ArrowLeft', 'PageDown', 'Home', 'PageUp', 'ArrowRight', 'End']) {
      await chart.page.keyboard.press(key);
      await chart.settle();
      texts.add(await valueText());
    }
    assert.ok(texts.size >= 6, [...texts].join('\n'));
    await chart.page.keyboard.press('Home');
    await chart.settle();
    assert.equal(await slider().inputValue(), '0');
    assert.match((await chart.page.locator('.time').textContent()) ?? '', /15 min ago$/);
  });

  it('returns to the newest values on Escape and when it loses the focus', async () => {
    const newest = await chart.legend(throughput);
    for (const key of ['Escape', 'Tab']) {
      await slider().focus();
      await chart.page.keyboard.press('Home');
      await chart.settle();
      assert.notDeepEqual(await chart.legend(throughput), newest);
      await chart.page.keyboard.press(key);
      await chart.settle();
      assert.deepEqual(await chart.legend(throughput), newest);
      await chart.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    }
  });

  it('reads all plots where the mouse is over one', async () => {
    const plots = [fraction, requests, throughput];
    const legends = (): Promise<string[][]> => Promise.all(plots.map((plot) => chart.legend(plot)));
    const newest = await legends();
    await chart.page.locator('[data-plot="unit:requests"] canvas').hover({ position: { x: 100, y: 40 } });
    await chart.settle();
    const atMouse = await legends();
    plots.forEach((plot, index) => assert.notDeepEqual(atMouse[index], newest[index], plot));
    await chart.page.mouse.move(5, 5);
    await chart.settle();
    assert.deepEqual(await legends(), newest);
  });

  it('reads no value in a gap', async () => {
    await chart.post({ type: 'options', options: { ...defaultViewOptions, minutes: 60, fit: false } });
    const { x, top } = await chart.positionIn(requests, 0.65);
    await chart.page.mouse.move(x, top + 40);
    await chart.settle();
    assert.deepEqual(await chart.legend(requests), ['running –', 'waiting –']);
  });
});

chartSuite('Chart page: zoom', (open) => {
  let chart: ChartPage;
  let now = 0;

  beforeEach(async () => {
    chart = await open({ width: 600 });
    now = Date.now();
    await chart.post(
      { type: 'options', options: defaultViewOptions },
      { type: 'snapshot', data: runSeries(now, 60, 4), now },
    );
  });

  /** The range of the newest `zoom` message. */
  const requestedRange = async (): Promise<{ from: number; to: number } | undefined> =>
    (await chart.waitForMessage('zoom')).range;

  it('shows the range that a person drags over, requests its data, and returns', async () => {
    const [start, end] = [await chart.positionIn(fraction, 0.4), await chart.positionIn(fraction, 0.6)];
    await chart.page.mouse.move(start.x, start.top + 40);
    await chart.page.mouse.down();
    await chart.page.mouse.move(end.x, end.top + 60, { steps: 3 });
    await chart.page.mouse.up();
    await chart.settle();
    const range = (await requestedRange())!;
    assert.ok(
      Math.abs(range.from - (now - 540_000)) < 8_000 && Math.abs(range.to - (now - 360_000)) < 8_000,
      JSON.stringify(range),
    );
    assert.match(await chart.description(fraction), /, 3 min: /);
    await chart.page.getByRole('button', { name: 'Back to now' }).click();
    await chart.settle();
    assert.equal(await requestedRange(), undefined);
    assert.match(await chart.description(fraction), /, 15 min: /);
  });

  it('shows a range that the host asks for, requests its data, and returns', async () => {
    const asked = { from: now - 400_000, to: now - 340_000 };
    await chart.post({ type: 'range', range: asked });
    assert.deepEqual(await requestedRange(), asked);
    assert.match(await chart.description(fraction), /, 60 s: /);
    await chart.page.getByRole('button', { name: 'Back to now' }).click();
    await chart.settle();
    assert.equal(await requestedRange(), undefined);
  });

  it('does not zoom on a click, or after Escape during a drag', async () => {
    const box = (await chart.page.locator(`[data-plot="${fraction}"] canvas`).boundingBox())!;
    await chart.page.mouse.click(box.x + 200, box.y + 40);
    await chart.page.mouse.move(box.x + 200, box.y + 40);
    await chart.page.mouse.down();
    await chart.page.mouse.move(box.x + 300, box.y + 40, { steps: 3 });
    await chart.page.keyboard.press('Escape');
    await chart.page.mouse.up();
    await chart.settle();
    assert.deepEqual(
      (await chart.log()).sent.filter(({ type }) => type === 'zoom'),
      [],
    );
  });

  it('zooms in and out, moves earlier and returns with keys', async () => {
    await chart.page.getByRole('slider').focus();
    for (const key of ['Home', '+', '+']) await chart.page.keyboard.press(key);
    await chart.settle();
    const zoomedIn = (await requestedRange())!;
    assert.ok(Math.abs(zoomedIn.to - zoomedIn.from - 225_000) < 2_000, JSON.stringify(zoomedIn));
    await chart.page.keyboard.press('Shift+ArrowLeft');
    await chart.settle();
    assert.ok((await requestedRange())!.from < zoomedIn.from);
    await chart.page.keyboard.press('-');
    await chart.settle();
    const zoomedOut = (await requestedRange())!;
    assert.ok(zoomedOut.to - zoomedOut.from > 400_000);
    await chart.page.keyboard.press('Escape');
    await chart.settle();
    assert.equal(await requestedRange(), undefined);
  });

  it('stays where it is while paused, and follows the time again after Resume', async () => {
    await chart.page.getByRole('button', { name: 'Pause' }).click();
    await chart.settle();
    const valueRange = /between .* and [^;]*/;
    const before = valueRange.exec(await chart.description(requests))?.[0];
    const later = Date.now() + 120_000;
    await chart.post({
      type: 'append',
      now: later,
      data: {
        engineCount: 4,
        bands: [],
        series: [{ measure: 'num_requests_running', at: [later], value: [9_999], lowest: [null], highest: [null] }],
      },
    });
    assert.equal(valueRange.exec(await chart.description(requests))?.[0], before);
    await chart.page.getByRole('button', { name: 'Resume' }).click();
    await chart.settle();
    assert.match(await chart.description(requests), /and 9999/);
  });
});
