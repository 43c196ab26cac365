/** From a Prometheus's answer to the picture of it: bytes, JSON, lines, message, page. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { sliceSeries } from '../../src/history/sliceSeries';
import { createPrometheusClient } from '../../src/prometheus/client';
import { createSender } from '../../src/prometheus/sender';
import { plotMeasure, buildPlotData } from '../../src/promql/plotData';
import { defaultViewOptions, engineLimit, pointLimit } from '../../src/shared/viewOptions';
import { ChartPage } from '../webview/chartPage';

export const SERIES = 20;
export const POINTS = 11_000;
const FROM_S = 1_700_000_000;

/** What a server answers to a range query. */
export function rangeAnswer(): string {
  const values = (series: number): [number, string][] =>
    Array.from({ length: POINTS }, (_, step) => [
      FROM_S + step,
      String(Math.sin(step / 100 + series) + 0.1 * Math.sin(step * 1.7)),
    ]);
  const result = Array.from({ length: SERIES }, (_, series) => ({
    metric: { __name__: 'm', engine: String(series) },
    values: values(series),
  }));
  return JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
}

/** Answers range queries, zipped, as Prometheus does where it may; and what it is. */
async function serve(answer: string): Promise<Server> {
  const [long, short] = await Promise.all(
    [answer, '{"status":"success","data":{"version":"3.0.0"}}'].map((text) => promisify(gzip)(text)),
  );
  const server = createServer((request, response) => {
    const body = (request.url?.endsWith('query_range') ? long : short) ?? Buffer.alloc(0);
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
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return server;
}

/** How long `count` times from the question to the picture took, ms; each drawn where the one before stood. */
export async function answerToPicture(browser: Browser, address: string, count: number): Promise<number[]> {
  const server = await serve(rangeAnswer());
  const sender = createSender();
  const client = createPrometheusClient({
    send: sender.send,
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    typedByUser: true,
    headers: () => Promise.resolve({}),
    now: Date.now,
  });
  const chart = await ChartPage.open(browser, address, { width: 900, height: 600, hasMetrics: false });
  const [from, to, stepMs] = [FROM_S * 1000, (FROM_S + POINTS - 1) * 1000, 1000];
  const engines = Array.from({ length: SERIES }, (_, index) => ({ id: String(index), name: String(index) }));
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
  // A scratchpad knows its server before it asks it for anything long: the HTTP client is loaded by then.
  await client.buildInfo(new AbortController().signal);
  const took: number[] = [];
  for (let round = 0; round < count; round++) {
    const start = performance.now();
    const { data } = await client.queryRange('m', { from, to, stepMs }, new AbortController().signal);
    const { series, seriesCount } = buildPlotData(data.type === 'matrix' ? data.series : [], stepMs, engineLimit);
    const drawn = sliceSeries(series, { measures: [plotMeasure], engines: 'each', from, to, maxPoints: pointLimit });
    const message = JSON.stringify({
      type: 'snapshot',
      data: { series: drawn, bands: [], engineCount: seriesCount },
      now: to,
    });
    await chart.page.evaluate(async (text) => {
      const framed = new Promise((resolve) => {
        window.addEventListener('message', () => requestAnimationFrame(resolve), { once: true });
      });
      window.postMessage(JSON.parse(text), '*');
      await framed;
      document.querySelector<HTMLCanvasElement>('.plots canvas')?.getContext('2d')?.getImageData(0, 0, 1, 1);
    }, message);
    took.push(performance.now() - start);
  }
  const [lines] = (await chart.legend(plotMeasure)).slice(-1);
  if (lines === undefined) throw new Error('no line was drawn of the answer');
  await sender.close();
  server.closeAllConnections();
  server.close();
  await chart.page.close();
  return took;
}
