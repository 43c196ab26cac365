/** What the chart's page costs in a Chromium that draws in software. Says by name where it cannot be measured. */
import { chartRows } from '../../src/metrics/chartRows';
import type { ChartSeries } from '../../src/shared/chartData';
import { defaultOptions } from '../../src/shared/viewOptions';
import { ChartPage, launch, serveChart, whyNot } from '../webview/chartPage';
import { result, skipped, table } from './report';
import { at } from './timing';

const POINTS = 3_600;
const ENGINES = 8;
const MEASURE = 'kv_cache_usage_perc';

const engine = (index: number): { id: string; name: string } => ({ id: `w${index}`, name: `engine ${index}` });
const valueAt = (index: number, step: number): number => 0.5 + 0.4 * Math.sin(step / 90 + index) + 0.05 * Math.sin(step * 1.3);

function series(now: number): ChartSeries[] {
  const at = Array.from({ length: POINTS }, (_, step) => now - (POINTS - step) * 1000);
  return Array.from({ length: ENGINES }, (_, index) => ({ measure: MEASURE, engine: engine(index), at: [...at], value: at.map((_time, step) => valueAt(index, step)) }));
}

async function main(): Promise<void> {
  const reason = whyNot();
  if (reason) {
    skipped('the chart', reason);
    return;
  }
  const browser = await launch();
  const { server, address } = await serveChart();
  const chart = await ChartPage.open(browser, address, { width: 900, height: 500 });
  const now = Date.now();
  await chart.post({ type: 'choices', rows: chartRows(() => true), engines: [] }, { type: 'options', options: { ...defaultOptions, measures: [MEASURE], engines: 'each', minutes: 60 } });
  const first = await chart.page.evaluate(async (message) => {
    const start = performance.now();
    window.postMessage(message, '*');
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise(requestAnimationFrame);
    document.querySelector('canvas')?.getContext('2d')?.getImageData(0, 0, 1, 1);
    return performance.now() - start;
  }, { type: 'snapshot', data: { series: series(now), bands: [], engines: ENGINES }, now });
  const session = await chart.page.context().newCDPSession(chart.page);
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  /** Appends `count` seconds, one an animation frame. How long each took, ms: the message, the page's own frame, and reading a pixel back, by which all is drawn. */
  const append = (from: number, count: number): Promise<number[]> => chart.page.evaluate(async ([begin, many, engines, measure]) => {
    const canvas = document.querySelector<HTMLCanvasElement>('.plots canvas');
    const took: number[] = [];
    const native = window.requestAnimationFrame;
    for (let step = 0; step < many; step++) {
      const at = begin + step * 1000;
      const data = { bands: [], engines, series: Array.from({ length: engines }, (_, index) => ({ measure, engine: { id: `w${index}`, name: `engine ${index}` }, at: [at], value: [0.5 + 0.4 * Math.sin(step / 90 + index) + 0.05 * Math.sin(step * 1.3)] })) };
      let spent = -performance.now();
      const framed = new Promise<void>((resolve) => {
        window.requestAnimationFrame = (draw) => native((time) => {
          spent -= performance.now();
          draw(time);
          spent += performance.now();
          resolve();
        });
      });
      window.dispatchEvent(new MessageEvent('message', { data: { type: 'append', data, now: at } }));
      spent += performance.now();
      await framed;
      spent -= performance.now();
      canvas?.getContext('2d')?.getImageData(0, 0, 1, 1);
      took.push(spent + performance.now());
      window.requestAnimationFrame = native;
    }
    return took;
  }, [from, count, ENGINES, MEASURE] as const);
  const processorTime = async (): Promise<number> => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ProcessTime')?.value ?? NaN;
  await session.send('Performance.enable');
  // Ten minutes first: until a window has slid by, there is more to keep.
  await append(now, 600);
  const [before, begun] = [await heap(), await processorTime()];
  const updates = await append(now + 600_000, 600);
  const [spent, after] = [await processorTime() - begun, await heap()];
  table(`The chart: ${ENGINES} series × ${POINTS} points, Chromium ${browser.version()}, software rendering`);
  result({ work: 'first picture after the data', value: first, unit: 'ms' });
  result({ work: 'an update, drawn; highest is the 95th percentile', value: at(updates, 0.5), unit: 'ms', lowest: Math.min(...updates), highest: at(updates, 0.95) });
  result({ work: 'processor time of the whole page for an update, mean', value: spent / 0.6, unit: 'ms' });
  result({ work: 'heap after 10 more minutes at 1 Hz, more than before', value: (after - before) / 2 ** 20, unit: 'MB' });
  await browser.close();
  server.closeAllConnections();
  server.close();
}

void main();
