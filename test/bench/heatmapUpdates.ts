/** Measures how long a heat map of 512 engines takes for an update. */
import type { Browser } from 'playwright-core';
import type { ChartIncrement } from '../../src/shared/chartData';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import { ChartPage } from '../webview/chartPage';
import { heatmapData, heatmapEngines, type HeatmapRun } from '../webview/heatmapData';
import { result } from './report';
import { at, rounds } from './timing';

const measure = 'kv_cache_usage_perc';
const run: HeatmapRun = { engines: 512, nodes: 64, minutes: 15, measures: [measure] };
/** The first updates, whose code is not compiled yet. */
const warmUp = 5;

/** What is measured: a run on a page of a height in pixels. */
const cases: readonly { work: string; height: number; run: HeatmapRun }[] = [
  { work: '512 engines × 15 min, a row for each engine', height: 1_800, run },
  { work: '512 engines × 15 min, a row for each node', height: 900, run },
  { work: '512 engines × 15 min, all asleep', height: 1_800, run: { ...run, state: 'asleep' } },
  { work: '512 engines × 24 h by minutes', height: 1_800, run: { ...run, minutes: 1_440, stepSeconds: 60 } },
];

/**
 * Updates: the messages of `count` scrapes, each drawn; in ms. Handling and drawing are measured apart from the frame's
 * wait.
 */
async function updates({ page }: ChartPage, from: number, count: number): Promise<number[]> {
  const subjects = heatmapEngines(run).map(({ state: _, ...subject }) => subject);
  return page.evaluate(
    async ([ids, id, start, updateCount]) => {
      const durations: number[] = [];
      const originalRequest = window.requestAnimationFrame;
      // Without a frame nothing would tell of an error of the page.
      let fail: (error: Error) => void = () => undefined;
      window.addEventListener('error', ({ message }) => fail(new Error(message)));
      for (let step = 1; step <= updateCount; step++) {
        const time = start + step * 10_000;
        const data: ChartIncrement = {
          series: [],
          columns: {
            subjects: ids,
            measures: [
              {
                measure: id,
                subject: Uint32Array.from(ids, (_, index) => index),
                rows: new Uint32Array(ids.length).fill(1),
                at: new Float64Array(ids.length).fill(time),
                value: Float64Array.from(ids, () => Math.random()),
              },
            ],
          },
          bands: [],
          engineCount: ids.length,
        };
        let duration = 0;
        const drawn = new Promise<void>((resolve, reject) => {
          fail = reject;
          window.requestAnimationFrame = (draw) =>
            originalRequest((frameTime) => {
              duration -= performance.now();
              draw(frameTime);
              document.querySelector<HTMLCanvasElement>('.plots canvas')?.getContext('2d')?.getImageData(0, 0, 1, 1);
              duration += performance.now();
              resolve();
            });
        });
        duration -= performance.now();
        window.dispatchEvent(new MessageEvent('message', { data: { type: 'append', data, now: time } }));
        duration += performance.now();
        await drawn;
        window.requestAnimationFrame = originalRequest;
        durations.push(duration);
      }
      return durations;
    },
    [subjects, measure, from, count] as const,
  );
}

/** Updates of heat maps, and the processor time of the page for one, which other work on the machine does not change. */
export async function measureHeatmap(browser: Browser, address: string): Promise<void> {
  for (const { work, height, run: shown } of cases) {
    const now = Date.now();
    const chart = await ChartPage.open(browser, address, { width: 900, height, engines: heatmapEngines(shown) });
    const options = { ...defaultViewOptions, measures: [measure], minutes: shown.minutes, form: 'heatmap' as const };
    await chart.post({ type: 'options', options }, { type: 'snapshot', data: heatmapData(now, shown), now });
    const session = await chart.page.context().newCDPSession(chart.page);
    const processorSeconds = async (): Promise<number> =>
      (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await updates(chart, now, warmUp);
    const processorBefore = await processorSeconds();
    const durations = await updates(chart, now + warmUp * 10_000, rounds(60));
    const processorUse = (await processorSeconds()) - processorBefore;
    result({
      work: `an update of a heat map, ${work}; highest is the 95th percentile`,
      value: at(durations, 0.5),
      unit: 'ms',
      lowest: Math.min(...durations),
      highest: at(durations, 0.95),
    });
    result({
      work: '  processor time of the page’s thread, with layout and painting, mean',
      value: (processorUse * 1000) / durations.length,
      unit: 'ms',
    });
    await chart.page.close();
  }
}
