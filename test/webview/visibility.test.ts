/** Plots out of view are not drawn. Drawings are counted, not timed. */
import assert from 'node:assert/strict';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import type { ChartPage } from './chartPage';
import { chartSuite } from './chartSuite';
import { runData, ttftDistribution } from './runData';
import { seriesOf } from './testSeries';

const options: ViewOptions = { ...defaultViewOptions, layout: 'split', distributions: ['ttft_seconds'] };
const [first, last, buckets] = ['kv_cache_usage_perc', 'prompt_throughput_tok_s', 'distribution:ttft_seconds'] as const;

declare global {
  interface Window {
    /** Drawings by plot since they were last asked for. */
    drawCounts: Record<string, number>;
  }
}

/**
 * Counts from now on how often each plot's canvas is cleared, which begins every drawing. Asking for a count resets it.
 */
async function countDrawings(chart: ChartPage): Promise<(plot: string) => Promise<number>> {
  await chart.page.evaluate(() => {
    window.drawCounts = {};
    const { prototype } = CanvasRenderingContext2D;
    const clearRect = Reflect.get<typeof prototype, 'clearRect'>(prototype, 'clearRect');
    prototype.clearRect = function (...area) {
      const plot = this.canvas.closest('[data-plot]')?.getAttribute('data-plot') ?? '';
      window.drawCounts[plot] = (window.drawCounts[plot] ?? 0) + 1;
      clearRect.apply(this, area);
    };
  });
  return (plot) =>
    chart.page.evaluate((id) => {
      const count = window.drawCounts[id] ?? 0;
      window.drawCounts[id] = 0;
      return count;
    }, plot);
}

async function appendPoints(chart: ChartPage, times: number): Promise<void> {
  for (let step = 1; step <= times; step++) {
    const now = Date.now() + step;
    const { histogram, bounds } = ttftDistribution(now, 1);
    const increment = { histogram, bounds, from: [now - 1], to: [now], counts: [bounds.map(() => 1).concat(0)] };
    await chart.post({
      type: 'append',
      now,
      data: {
        engineCount: 4,
        bands: [],
        series: [seriesOf(first, [[now, 0.4711]]), seriesOf(last, [[now, 4711]])],
        distributions: [increment],
      },
    });
  }
}

chartSuite('Chart page: visibility', (open) => {
  /** A page in which only the first plots are in view. */
  async function openScrollable(): Promise<{ chart: ChartPage; drawings: (plot: string) => Promise<number> }> {
    const chart = await open({ width: 300, height: 300 });
    const drawings = await countDrawings(chart);
    const now = Date.now();
    await chart.post({ type: 'options', options }, { type: 'snapshot', data: runData(now), now });
    return { chart, drawings };
  }

  it('draws a plot only while it is in view, and once when it comes into view', async () => {
    const { chart, drawings } = await openScrollable();
    assert.equal(await drawings(first), 1, 'the first one is in view');
    await appendPoints(chart, 3);
    assert.equal(await drawings(first), 3);
    for (const plot of [last, buckets]) assert.equal(await drawings(plot), 0, plot);
    const canvas = chart.page.locator(`[data-plot="${buckets}"] canvas`);
    await canvas.scrollIntoViewIfNeeded();
    await chart.settle();
    assert.equal(await drawings(buckets), 1);
    assert.ok((await canvas.evaluate((element) => (element as HTMLCanvasElement).width)) > 200);
    await drawings(first);
    await appendPoints(chart, 2);
    assert.equal(await drawings(buckets), 2);
    assert.equal(await drawings(first), 0, 'the first one is out of view');
  });

  it('draws the first data of a new page without waiting for a frame, and later data once per frame', async () => {
    const chart = await open({ width: 300, height: 300 });
    const drawings = await countDrawings(chart);
    const now = Date.now();
    /** Number of drawings of the first plot right after the messages. */
    const post = (): Promise<number> =>
      chart.page.evaluate(
        (text) => {
          for (const data of JSON.parse(text) as unknown[]) window.dispatchEvent(new MessageEvent('message', { data }));
          return window.drawCounts['kv_cache_usage_perc'] ?? 0;
        },
        JSON.stringify([
          { type: 'options', options },
          { type: 'snapshot', data: runData(now), now },
        ]),
      );
    assert.equal(await post(), 1);
    await chart.settle();
    assert.equal(await drawings(first), 1, 'and not again');
    assert.equal(await post(), 0);
    await chart.settle();
    assert.equal(await drawings(first), 1);
  });

  it('moves the time axis of plots in view between scrapes', async () => {
    const { chart, drawings } = await openScrollable();
    await drawings(first);
    await chart.page.evaluate(() => window.passInterval());
    await chart.settle();
    assert.equal(await drawings(first), 1);
    assert.equal(await drawings(last), 0);
  });

  it('updates the texts of a plot out of view, and reports its points', async () => {
    const { chart, drawings } = await openScrollable();
    await appendPoints(chart, 1);
    assert.deepEqual(await chart.legend(last), ['all engines 4711 tok/s']);
    assert.match(await chart.description(last), /all engines 4711 tok\/s, between/);
    const { report } = await chart.waitForMessage('drawn', (message) => message.report.plots.length === 6);
    const points = report.plots.map((plot) => plot.points);
    assert.ok(
      points.every((count) => count > 80),
      String(points),
    );
    assert.equal(await drawings(last), 0);
  });

  it('draws plots out of view for a picture, but not for the cursor', async () => {
    const { chart, drawings } = await openScrollable();
    await chart.page.getByRole('slider').focus();
    await chart.page.keyboard.press('Home');
    await chart.settle();
    assert.equal(await drawings(buckets), 0);
    await chart.post({ type: 'capture', request: 1 });
    await chart.waitForMessage('picture');
    assert.equal(await drawings(buckets), 1);
  });

  it('draws a plot that comes into view because others are removed or the panel grows', async () => {
    const { chart, drawings } = await openScrollable();
    await drawings(buckets);
    await chart.post({ type: 'options', options: { ...options, measures: [] } });
    await chart.settle();
    assert.equal(await drawings(buckets), 1);
    await chart.post({ type: 'options', options });
    await chart.page.setViewportSize({ width: 300, height: 1600 });
    await chart.page.waitForFunction((plot) => window.drawCounts[plot], buckets);
    assert.ok((await drawings(last)) > 0);
  });
});
