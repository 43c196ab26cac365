/** Measures the chart's page in a Chromium that draws in software. Skipped, with the reason, without a Chromium. */
import type { Browser } from 'playwright-core';
import { chartRows } from '../../src/metrics/chartRows';
import type { ChartIncrement, ChartSeries } from '../../src/shared/chartData';
import type { ToPage } from '../../src/shared/protocol';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import { ChartPage } from '../webview/chartPage';
import { launchChromium, skipReason } from '../webview/chromium';
import { servePage } from '../webview/pageServer';
import { answerPoints, answerSeries, answerToPicture } from './answerToPicture';
import { firstPicture } from './firstPicture';
import { measureHeatmap } from './heatmapUpdates';
import { result, skipped, table } from './report';
import { at, rounds } from './timing';

const pointCount = 3_600;
const engineCount = 8;
const measure = 'kv_cache_usage_perc';

const engineOf = (index: number): { id: string; name: string } => ({ id: `w${index}`, name: `engine ${index}` });
const valueAt = (index: number, step: number): number =>
  0.5 + 0.4 * Math.sin(step / 90 + index) + 0.05 * Math.sin(step * 1.3);

function createSeries(now: number): ChartSeries[] {
  const times = Array.from({ length: pointCount }, (_, step) => now - (pointCount - step) * 1000);
  return Array.from({ length: engineCount }, (_, index) => ({
    measure,
    engine: engineOf(index),
    at: [...times],
    value: times.map((_time, step) => valueAt(index, step)),
  }));
}

/** What the host sends to a page that is ready. */
function initialMessages(now: number): ToPage[] {
  return [
    { type: 'options', options: { ...defaultViewOptions, measures: [measure], engines: 'each', minutes: 60 } },
    { type: 'status', message: 'Up to date' },
    {
      type: 'choices',
      rows: chartRows(() => true),
      engines: Array.from({ length: engineCount }, (_, index) => engineOf(index)),
    },
    { type: 'snapshot', data: { series: createSeries(now), bands: [], engineCount }, now },
  ];
}

/**
 * Appends `count` seconds, one per animation frame. Durations in ms of each: handling the message, the page's own
 * frame,
 * and reading a pixel back, which waits until all is drawn.
 */
function appendSeconds({ page }: ChartPage, from: number, count: number): Promise<number[]> {
  return page.evaluate(
    async ([start, secondCount, engines, measureId]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.plots canvas');
      const durations: number[] = [];
      const originalRequest = window.requestAnimationFrame;
      // Without a frame nothing would tell of an error of the page.
      let fail: (error: Error) => void = () => undefined;
      window.addEventListener('error', ({ message }) => fail(new Error(message)));
      for (let step = 0; step < secondCount; step++) {
        const now = start + step * 1000;
        const data: ChartIncrement = {
          bands: [],
          engineCount: engines,
          series: Array.from({ length: engines }, (_, index) => ({
            measure: measureId,
            engine: { id: `w${index}`, name: `engine ${index}` },
            at: [now],
            value: [0.5 + 0.4 * Math.sin(step / 90 + index) + 0.05 * Math.sin(step * 1.3)],
          })),
        };
        let duration = -performance.now();
        const frameDrawn = new Promise<void>((resolve, reject) => {
          fail = reject;
          window.requestAnimationFrame = (draw) =>
            originalRequest((time) => {
              duration -= performance.now();
              draw(time);
              duration += performance.now();
              resolve();
            });
        });
        window.dispatchEvent(new MessageEvent('message', { data: { type: 'append', data, now } }));
        duration += performance.now();
        await frameDrawn;
        duration -= performance.now();
        canvas?.getContext('2d')?.getImageData(0, 0, 1, 1);
        durations.push(duration + performance.now());
        window.requestAnimationFrame = originalRequest;
      }
      return durations;
    },
    [from, count, engineCount, measure] as const,
  );
}

async function measureUpdates(browser: Browser, address: string): Promise<void> {
  const now = Date.now();
  const chart = await ChartPage.open(browser, address, { width: 900, height: 500 });
  await chart.post(...initialMessages(now));
  const session = await chart.page.context().newCDPSession(chart.page);
  const heapBytes = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  const processorSeconds = async (): Promise<number> =>
    (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ProcessTime')?.value ?? NaN;
  await session.send('Performance.enable');
  // The heap still grows until the range has moved on by its leading points.
  await appendSeconds(chart, now, rounds(600));
  const [heapBefore, processorBefore] = [await heapBytes(), await processorSeconds()];
  const updates = await appendSeconds(chart, now + 600_000, rounds(600));
  const [processorUse, heapAfter] = [(await processorSeconds()) - processorBefore, await heapBytes()];
  result({
    work: 'an update, drawn; highest is the 95th percentile',
    value: at(updates, 0.5),
    unit: 'ms',
    lowest: Math.min(...updates),
    highest: at(updates, 0.95),
  });
  result({
    work: 'processor time of the whole page for an update, mean',
    value: (processorUse * 1000) / updates.length,
    unit: 'ms',
  });
  result({
    work: 'heap after as many updates as 10 minutes at 1 Hz have, more than before',
    value: (heapAfter - heapBefore) / 2 ** 20,
    unit: 'MB',
  });
  await chart.page.close();
}

async function main(): Promise<void> {
  const reason = skipReason();
  if (reason) {
    skipped('the chart', reason);
    return;
  }
  const browser = await launchChromium();
  const { server, address } = await servePage();
  table(`The chart: ${engineCount} series × ${pointCount} points, Chromium ${browser.version()}, software rendering`);
  const firstPictures: number[] = [];
  for (let round = 0; round < rounds(9); round++)
    firstPictures.push(await firstPicture(browser, address, initialMessages(Date.now())));
  result({
    work: 'first picture after the page is ready, each time a new page',
    value: at(firstPictures, 0.5),
    unit: 'ms',
    lowest: Math.min(...firstPictures),
    highest: Math.max(...firstPictures),
  });
  await measureUpdates(browser, address);
  await measureHeatmap(browser, address);
  const [firstAnswer = NaN, ...answers] = await answerToPicture(browser, address, 1 + rounds(12));
  result({
    work: `an answer of Prometheus, ${answerSeries} × ${answerPoints} points, to its picture: bytes, lines, message, page`,
    value: at(answers, 0.5),
    unit: 'ms',
    lowest: Math.min(...answers),
    highest: Math.max(...answers),
  });
  result({ work: '  the first one of all', value: firstAnswer, unit: 'ms' });
  await browser.close();
  server.closeAllConnections();
  server.close();
}

void main();
