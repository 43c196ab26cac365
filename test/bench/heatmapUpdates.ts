/** Measures how long a heat map of 512 engines takes for an update. */
import type { Browser } from 'playwright-core';
import { defaultViewOptions } from '../../src/shared/viewOptions';
import { ChartPage } from '../webview/chartPage';
import { heatmapData, heatmapEngines, type HeatmapRun } from '../webview/heatmapData';
import { result } from './report';
import { at, rounds } from './timing';

const measure = 'kv_cache_usage_perc';
const run: HeatmapRun = { engines: 512, nodes: 64, minutes: 15, measures: [measure] };

/** One update: the message of a scrape, drawn, in ms. Handling and drawing are measured apart from the frame's wait. */
async function update({ page }: ChartPage, now: number): Promise<number> {
  const subjects = heatmapEngines(run).map(({ state: _, ...subject }) => subject);
  return page.evaluate(
    async ([ids, id, time]) => {
      const data = {
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
      const originalRequest = window.requestAnimationFrame;
      let duration = 0;
      const drawn = new Promise<void>((resolve) => {
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
      return duration;
    },
    [subjects, measure, now] as const,
  );
}

/** Updates of a heat map with a row for each engine (a page of 1,800 px), and with one for each node (900 px). */
export async function measureHeatmap(browser: Browser, address: string): Promise<void> {
  for (const [height, rows] of [
    [1_800, 'a row for each engine'],
    [900, 'a row for each node'],
  ] as const) {
    const now = Date.now();
    const chart = await ChartPage.open(browser, address, { width: 900, height, engines: heatmapEngines(run) });
    const options = { ...defaultViewOptions, measures: [measure], form: 'heatmap' as const };
    await chart.post({ type: 'options', options }, { type: 'snapshot', data: heatmapData(now, run), now });
    const durations: number[] = [];
    for (let step = 1; step <= rounds(60); step++) durations.push(await update(chart, now + step * 10_000));
    result({
      work: `an update of a heat map, 512 engines × 15 min, ${rows}; highest is the 95th percentile`,
      value: at(durations, 0.5),
      unit: 'ms',
      lowest: Math.min(...durations),
      highest: at(durations, 0.95),
    });
    await chart.page.close();
  }
}
