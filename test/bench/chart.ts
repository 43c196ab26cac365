/** What the chart's page costs in a Chromium that draws in software. Says by name where it cannot be measured. */
import type { Browser } from 'playwright-core';
import { chartRows } from '../../src/metrics/chartRows';
import type { ChartSeries } from '../../src/shared/chartData';
import type { ToPage } from '../../src/shared/protocol';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import { ChartPage } from '../webview/chartPage';
import { launchChromium, skipReason } from '../webview/chromium';
import { servePage } from '../webview/pageServer';
import { answerToPicture, POINTS as ANSWERED, SERIES } from './answerPicture';
import { firstPicture } from './firstPicture';
import { result, skipped, table } from './report';
import { at, rounds } from './timing';

const POINTS = 3_600;
const ENGINES = 8;
const MEASURE = 'kv_cache_usage_perc';

const engine = (index: number): { id: string; name: string } => ({ id: `w${index}`, name: `engine ${index}` });
const valueAt = (index: number, step: number): number =>
  0.5 + 0.4 * Math.sin(step / 90 + index) + 0.05 * Math.sin(step * 1.3);

function series(now: number): ChartSeries[] {
  const times = Array.from({ length: POINTS }, (_, step) => now - (POINTS - step) * 1000);
  return Array.from({ length: ENGINES }, (_, index) => ({
    measure: MEASURE,
    engine: engine(index),
    at: [...times],
    value: times.map((_time, step) => valueAt(index, step)),
  }));
}

/** What the host sends to a page that is ready. */
function everything(now: number): ToPage[] {
  return [
    { type: 'options', options: { ...defaultViewOptions, measures: [MEASURE], engines: 'each', minutes: 60 } },
    { type: 'status', message: 'Fresh.' },
    {
      type: 'choices',
      rows: chartRows(() => true),
      engines: Array.from({ length: ENGINES }, (_, index) => engine(index)),
    },
    { type: 'snapshot', data: { series: series(now), bands: [], engineCount: ENGINES }, now },
  ];
}

/** Appends `count` seconds, one an animation frame. How long each took, ms: the message, the page's own frame, and reading a pixel back, by which all is drawn. */
function append({ page }: ChartPage, from: number, count: number): Promise<number[]> {
  return page.evaluate(
    async ([begin, many, engines, measure]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.plots canvas');
      const took: number[] = [];
      const native = window.requestAnimationFrame;
      for (let step = 0; step < many; step++) {
        const now = begin + step * 1000;
        const data = {
          bands: [],
          engines,
          series: Array.from({ length: engines }, (_, index) => ({
            measure,
            engine: { id: `w${index}`, name: `engine ${index}` },
            at: [now],
            value: [0.5 + 0.4 * Math.sin(step / 90 + index) + 0.05 * Math.sin(step * 1.3)],
          })),
        };
        let spent = -performance.now();
        const framed = new Promise<void>((resolve) => {
          window.requestAnimationFrame = (draw) =>
            native((time) => {
              spent -= performance.now();
              draw(time);
              spent += performance.now();
              resolve();
            });
        });
        window.dispatchEvent(new MessageEvent('message', { data: { type: 'append', data, now } }));
        spent += performance.now();
        await framed;
        spent -= performance.now();
        canvas?.getContext('2d')?.getImageData(0, 0, 1, 1);
        took.push(spent + performance.now());
        window.requestAnimationFrame = native;
      }
      return took;
    },
    [from, count, ENGINES, MEASURE] as const,
  );
}

async function measureUpdates(browser: Browser, address: string): Promise<void> {
  const now = Date.now();
  const chart = await ChartPage.open(browser, address, { width: 900, height: 500 });
  await chart.post(...everything(now));
  const session = await chart.page.context().newCDPSession(chart.page);
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  const processorTime = async (): Promise<number> =>
    (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ProcessTime')?.value ?? NaN;
  await session.send('Performance.enable');
  // Ten minutes first: until a window has slid by, there is more to keep.
  await append(chart, now, 600);
  const [before, begun] = [await heap(), await processorTime()];
  const updates = await append(chart, now + 600_000, 600);
  const [spent, after] = [(await processorTime()) - begun, await heap()];
  result({
    work: 'an update, drawn; highest is the 95th percentile',
    value: at(updates, 0.5),
    unit: 'ms',
    lowest: Math.min(...updates),
    highest: at(updates, 0.95),
  });
  result({ work: 'processor time of the whole page for an update, mean', value: spent / 0.6, unit: 'ms' });
  result({
    work: 'heap after 10 more minutes at 1 Hz, more than before',
    value: (after - before) / 2 ** 20,
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
  table(`The chart: ${ENGINES} series × ${POINTS} points, Chromium ${browser.version()}, software rendering`);
  const firsts: number[] = [];
  for (let round = 0; round < rounds(9); round++)
    firsts.push(await firstPicture(browser, address, everything(Date.now())));
  result({
    work: 'first picture after the page is ready, each time a new page',
    value: at(firsts, 0.5),
    unit: 'ms',
    lowest: Math.min(...firsts),
    highest: Math.max(...firsts),
  });
  await measureUpdates(browser, address);
  const [cold = NaN, ...answers] = await answerToPicture(browser, address, 1 + rounds(12));
  result({
    work: `an answer of Prometheus, ${SERIES} × ${ANSWERED} points, to its picture: bytes, lines, message, page`,
    value: at(answers, 0.5),
    unit: 'ms',
    lowest: Math.min(...answers),
    highest: Math.max(...answers),
  });
  result({ work: '  the first one of all', value: cold, unit: 'ms' });
  await browser.close();
  server.closeAllConnections();
  server.close();
}

void main();
