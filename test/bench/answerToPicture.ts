/** How long it takes from a query of Prometheus to its picture: response, JSON, lines, message and page. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { sliceSeries } from '../../src/history/sliceSeries';
import { createPrometheusClient } from '../../src/prometheus/client';
import { createSender } from '../../src/prometheus/sender';
import { buildPlotData, plotMeasure } from '../../src/promql/plotData';
import { defaultViewOptions, engineLimit, pointLimit } from '../../src/shared/viewOptions';
import { ChartPage } from '../webview/chartPage';

/** Number of series in the answer. */
export const answerSeries = 20;
/** Number of points in each series. */
export const answerPoints = 11_000;
const fromSeconds = 1_700_000_000;

/** The JSON of a server's answer to a range query. */
export function rangeAnswer(): string {
  const values = (series: number): [number, string][] =>
    Array.from({ length: answerPoints }, (_, step) => [
      fromSeconds + step,
      String(Math.sin(step / 100 + series) + 0.1 * Math.sin(step * 1.7)),
    ]);
  const result = Array.from({ length: answerSeries }, (_, series) => ({
    metric: { __name__: 'm', engine: String(series) },
    values: values(series),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

/** Answers range queries with `answer` and other requests with build information, compressed as by Prometheus. */
async function serveAnswer(answer: string): Promise<Server> {
  const [rangeBody, otherBody] = await Promise.all(
    [answer, '{"status":"success","data":{"version":"3.0.0"}}'].map((text) => promisify(gzip)(text)),
  );
  const server = createServer((request, response) => {
    const body = (request.url?.endsWith('query_range') ? rangeBody : otherBody) ?? Buffer.alloc(0);
    request.resume().on('end', () =>
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          'content-length': body.length,
        })
        .end(body),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

/** Opens a page that plots the query, without data. */
async function openPage(browser: Browser, address: string): Promise<ChartPage> {
  const chart = await ChartPage.open(browser, address, { width: 900, height: 600, hasMetrics: false });
  const engines = Array.from({ length: answerSeries }, (_, index) => ({ id: String(index), name: String(index) }));
  const row = {
    id: plotMeasure,
    label: 'm',
    short: 'm',
    unit: 'number',
    category: 'Query',
    help: 'm',
    aggregate: 'mean',
    available: true,
  };
  await chart.post(
    { type: 'choices', rows: [row], engines },
    { type: 'options', options: { ...defaultViewOptions, measures: [plotMeasure], engines: 'each', minutes: 360 } },
  );
  return chart;
}

/** Sends a message (JSON) to the page, and waits until it is drawn. */
async function drawMessage({ page }: ChartPage, messageJson: string): Promise<void> {
  await page.evaluate(async (json) => {
    const frameDrawn = new Promise((resolve) => {
      window.addEventListener('message', () => requestAnimationFrame(resolve), { once: true });
    });
    window.postMessage(JSON.parse(json), '*');
    await frameDrawn;
    // Reading a pixel back waits until all is drawn.
    document.querySelector<HTMLCanvasElement>('.plots canvas')?.getContext('2d')?.getImageData(0, 0, 1, 1);
  }, messageJson);
}

/** Times in ms of `count` queries until they are drawn, one after the other in the same page. */
export async function answerToPicture(browser: Browser, address: string, count: number): Promise<number[]> {
  const server = await serveAnswer(rangeAnswer());
  const sender = createSender();
  const client = createPrometheusClient({
    send: sender.send,
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    typedByUser: true,
    headers: () => Promise.resolve({}),
    now: Date.now,
  });
  const chart = await openPage(browser, address);
  const { signal } = new AbortController();
  const [from, to, stepMs] = [fromSeconds * 1000, (fromSeconds + answerPoints - 1) * 1000, 1000];
  // A scratchpad asks for the server's version first, so that the HTTP client is loaded before a long query.
  await client.buildInfo(signal);
  const durations: number[] = [];
  for (let round = 0; round < count; round++) {
    const start = performance.now();
    const { data } = await client.queryRange('m', { from, to, stepMs }, signal);
    const plot = buildPlotData(data.type === 'matrix' ? data.series : [], stepMs, engineLimit);
    const query = { measures: [plotMeasure], engines: 'each' as const, from, to, maxPoints: pointLimit };
    const series = sliceSeries(plot.series, query);
    const message = { type: 'snapshot', data: { series, bands: [], engineCount: plot.seriesCount }, now: to };
    await drawMessage(chart, JSON.stringify(message));
    durations.push(performance.now() - start);
  }
  if ((await chart.legend(plotMeasure)).length === 0) throw new Error('the answer was not drawn');
  await sender.close();
  server.closeAllConnections();
  server.close();
  await chart.page.close();
  return durations;
}
