/** What is out of sight costs no drawing. Counted, not timed. */
import assert from 'node:assert/strict';
import { newSeries, type ChartSeries } from '../../src/shared/chartData';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage } from './chartPage';
import { ttftOf, fullRun } from './scenes';
import { chartSuite } from './chartSuite';

const options: ViewOptions = { ...defaultViewOptions, layout: 'split', distributions: ['ttft_seconds'] };
const [first, last, buckets] = ['kv_cache_usage_perc', 'prompt_throughput_tok_s', 'distribution:ttft_seconds'] as const;

/** Counts from now on how often each plot's canvas is cleared, which is how every drawing begins. */
async function countDrawings(chart: ChartPage): Promise<(plot: string) => Promise<number>> {
  await chart.page.evaluate(() => {
    const counts: Record<string, number> = {};
    const { prototype } = CanvasRenderingContext2D;
    const clear = Reflect.get<typeof prototype, 'clearRect'>(prototype, 'clearRect');
    prototype.clearRect = function (...area) {
      const plot = this.canvas.closest('[data-plot]')?.getAttribute('data-plot') ?? '';
      counts[plot] = (counts[plot] ?? 0) + 1;
      clear.apply(this, area);
    };
    Object.assign(window, { counts });
  });
  return (plot) =>
    chart.page.evaluate((id) => {
      const { counts } = window as unknown as { counts: Record<string, number> };
      const count = counts[id] ?? 0;
      counts[id] = 0;
      return count;
    }, plot);
}

const point = (measure: string, at: number, value: number): ChartSeries => ({
  ...newSeries(measure),
  at: [at],
  value: [value],
  lowest: [null],
  highest: [null],
});

async function append(chart: ChartPage, times: number): Promise<void> {
  for (let step = 1; step <= times; step++) {
    const now = Date.now() + step;
    const { histogram, bounds } = ttftOf(now, 1);
    const more = { histogram, bounds, from: [now - 1], to: [now], counts: [bounds.map(() => 1).concat(0)] };
    await chart.post({
      type: 'append',
      now,
      data: {
        engineCount: 4,
        bands: [],
        series: [point(first, now, 0.4711), point(last, now, 4711)],
        distributions: [more],
      },
    });
  }
}

chartSuite('chart page, scrolled', (open) => {
  async function scrollable(): Promise<{ chart: ChartPage; drawings: (plot: string) => Promise<number> }> {
    const chart = await open({ width: 300, height: 300 });
    const drawings = await countDrawings(chart);
    const now = Date.now();
    await chart.post({ type: 'options', options }, { type: 'snapshot', data: fullRun(now), now });
    return { chart, drawings };
  }

  it('draws a plot only while it is seen, and once when it comes into view', async () => {
    const { chart, drawings } = await scrollable();
    assert.equal(await drawings(first), 1, 'the first one is seen');
    await append(chart, 3);
    assert.equal(await drawings(first), 3);
    for (const plot of [last, buckets]) assert.equal(await drawings(plot), 0, plot);
    await chart.page.locator(`[data-plot="${buckets}"] canvas`).scrollIntoViewIfNeeded();
    await chart.settle();
    assert.equal(await drawings(buckets), 1);
    assert.ok(
      (await chart.page
        .locator(`[data-plot="${buckets}"] canvas`)
        .evaluate((canvas) => (canvas as HTMLCanvasElement).width)) > 200,
    );
    await drawings(first);
    await append(chart, 2);
    assert.equal(await drawings(buckets), 2);
    assert.equal(await drawings(first), 0, 'the first one has left');
  });

  it('draws the first data of a new page at once, without waiting for a frame, and what comes later once a frame', async () => {
    const chart = await open({ width: 300, height: 300 });
    const drawings = await countDrawings(chart);
    const now = Date.now();
    const post = (): Promise<number> =>
      chart.page.evaluate(
        (text) => {
          for (const data of JSON.parse(text) as unknown[]) window.dispatchEvent(new MessageEvent('message', { data }));
          return (window as unknown as { counts: Record<string, number> }).counts['kv_cache_usage_perc'] ?? 0;
        },
        JSON.stringify([
          { type: 'options', options },
          { type: 'snapshot', data: fullRun(now), now },
        ]),
      );
    assert.equal(await post(), 1);
    await chart.settle();
    assert.equal(await drawings(first), 1, 'and not again');
    assert.equal(await post(), 0);
    await chart.settle();
    assert.equal(await drawings(first), 1);
  });

  it('keeps the words of a plot true that nobody sees, and reports what it has', async () => {
    const { chart, drawings } = await scrollable();
    await append(chart, 1);
    assert.deepEqual(await chart.legend(last), ['all engines 4711 tok/s']);
    assert.match(
      (await chart.page.locator(`[data-plot="${last}"] canvas`).getAttribute('aria-label')) ?? '',
      /all engines 4711 tok\/s, between/,
    );
    const { report } = await chart.waitForMessage('drawn', (message) => message.report.plots.length === 6);
    const points = report.plots.map((plot) => plot.points);
    assert.ok(
      points.every((count) => count > 80),
      String(points),
    );
    assert.equal(await drawings(last), 0);
  });

  it('draws those that nobody sees for a picture, too, and a cursor in none of them', async () => {
    const { chart, drawings } = await scrollable();
    await chart.page.getByRole('slider').focus();
    await chart.page.keyboard.press('Home');
    await chart.settle();
    assert.equal(await drawings(buckets), 0);
    await chart.post({ type: 'capture', request: 1 });
    await chart.waitForMessage('picture');
    assert.equal(await drawings(buckets), 1);
  });

  it('draws a plot that comes into view because others go or the panel grows', async () => {
    const { chart, drawings } = await scrollable();
    await drawings(buckets);
    await chart.post({ type: 'options', options: { ...options, measures: [] } });
    await chart.settle();
    assert.equal(await drawings(buckets), 1);
    await chart.post({ type: 'options', options });
    await chart.page.setViewportSize({ width: 300, height: 1600 });
    await chart.page.waitForFunction(
      (plot) => (window as unknown as { counts: Record<string, number> }).counts[plot],
      buckets,
    );
    assert.ok((await drawings(last)) > 0);
  });
});
