/** Measures the blocks of the event loop that hostile and large inputs make. A block of over 50 ms would be noticed. */
import { resolve } from 'node:path';
import { createConfigThread } from '../../src/config/configThread';
import { runInSlices } from '../../src/shared/timeSlice';
import { systemClock } from '../../src/shared/clock';
import { readExport } from '../../src/capture/readExport';
import { fetchActors } from '../../src/discovery/actors';
import { fetchTargets } from '../../src/discovery/dashboard';
import { withoutRepeats } from '../../src/discovery/targets';
import type { HttpGet } from '../../src/http/httpGet';
import { createPrometheusClient } from '../../src/prometheus/client';
import { csvLines } from '../../src/promql/csv';
import { buildPlotData } from '../../src/promql/plotData';
import { resultText } from '../../src/promql/result';
import { joinLines } from '../../src/shared/joinLines';
import { findingRounds, loadDay, loadGarbage } from './blockRuns';
import { scrapeRounds } from './blockScrapes';
import {
  actorList,
  bodyInputs,
  configInputs,
  discoveryList,
  exportChunks,
  instantAnswer,
  rangeAnswer,
} from './blockInputs';
import { measureBlocks } from './blockMeter';
import { result, smoke, table } from './report';

/** All inputs; in a smoke run the smallest kinds only. */
const chosen = <Input>(inputs: Readonly<Record<string, Input>>): [string, Input][] =>
  Object.entries(inputs).filter(([work]) => !smoke || /doubled|aliases|1,000 engines/.test(work));

async function report(work: string, run: () => unknown): Promise<void> {
  const { longest, p95, total } = await measureBlocks(run);
  result({ work, value: longest, unit: 'ms', lowest: p95, highest: total });
}

async function measureConfigs(): Promise<void> {
  table('Blocks: reading one config; the longest, and the 95th percentile to all turns of the loop together');
  const thread = createConfigThread({ program: resolve('dist', 'configWorker.js'), clock: systemClock });
  await thread.read('generator: {}', { file: 'a.yaml', environment: {} });
  for (const [work, [file, text]] of chosen(configInputs))
    await report(work, () => thread.read(text, { file, environment: {} }));
  thread.dispose();
}

async function measureScrapes(): Promise<void> {
  table('Blocks: scraping a target twice and building the snapshots');
  for (const [work, bodyOf] of chosen(bodyInputs)) await report(work, scrapeRounds(Buffer.from(bodyOf()), 1, 2));
  await report('4,000 targets that have no engines', scrapeRounds(Buffer.from('a 1\n'), smoke ? 40 : 4000, 2));
}

const answering =
  (bytes: Buffer): HttpGet =>
  (_url, { onChunk }) => {
    onChunk?.(bytes);
    return Promise.resolve({ at: 1, bytes: bytes.length, mediaType: 'application/json', framed: true });
  };

async function measureDashboard(): Promise<void> {
  table('Blocks: answers of Ray’s dashboard');
  const options = { signal: new AbortController().signal, timeoutMs: 1000, sleep: () => Promise.resolve() };
  const targets = Buffer.from(discoveryList(smoke ? 100 : 100_000));
  await report('service discovery with 100,000 targets', async () =>
    withoutRepeats(await fetchTargets('http://127.0.0.1:1', { ...options, get: answering(targets) })),
  );
  const actors = Buffer.from(actorList(smoke ? 100 : 25_000));
  const brackets = Buffer.alloc(smoke ? 1000 : 3e7, '[');
  await report(`25,000 actors (${(actors.length / 2 ** 20).toFixed(0)} MiB)`, () =>
    fetchActors('http://127.0.0.1:1', { ...options, get: answering(actors) }),
  );
  await report('brackets of 30 MB', () =>
    fetchActors('http://127.0.0.1:1', { ...options, get: answering(brackets) }).catch(() => undefined),
  );
}

async function measurePrometheus(): Promise<void> {
  table('Blocks: answers of a Prometheus, as tables, CSV and plots');
  const shown = { query: 'm', sentQuery: 'm', variables: [], base: 'http://h', at: 1, unit: undefined };
  for (const [work, text] of [
    ['a range of 200 × 11,000 points', rangeAnswer(smoke ? 2 : 200, 11_000)],
    ['an instant of 200,000 series with 3,000 names of labels', instantAnswer(smoke ? 200 : 200_000)],
  ] as const) {
    const body = Buffer.from(text);
    const client = createPrometheusClient({
      send: () => Promise.resolve({ status: 200, mediaType: 'application/json', body }),
      base: 'http://h',
      typedByUser: true,
      headers: () => Promise.resolve({}),
      now: Date.now,
    });
    const { signal } = new AbortController();
    await report(`${work} (${(body.length / 2 ** 20).toFixed(0)} MiB)`, () => client.query('m', 1, signal));
    const answer = await client.query('m', 1, signal);
    await report('  as a table', () => runInSlices(resultText(shown, { kind: 'answer', answer })));
    await report('  as CSV', async () => {
      for await (const piece of joinLines(csvLines(answer.data), () => undefined)) if (piece === '') return;
    });
    const { data } = answer;
    if (data.type === 'matrix') await report('  as a plot', () => buildPlotData(data.series, 1000, 16));
  }
}

async function measureImport(): Promise<void> {
  table('Blocks: importing an export');
  const chunks = exportChunks(smoke ? 2000 : 1_000_000);
  await report('a million rows', () =>
    readExport(chunks, { subjectOf: () => 'engine', pause: () => new Promise((resolve) => setImmediate(resolve)) }),
  );
}

async function measureHistory(): Promise<void> {
  table('Blocks: loading the history from its files');
  await report('six hours of 64 engines, one of them at 10 s', await loadDay(smoke ? 1 : 6));
  for (const [work, load] of Object.entries(loadGarbage(smoke ? 2 ** 16 : 60 * 2 ** 20))) await report(work, load);
}

async function measureFindings(): Promise<void> {
  table('Blocks: making the findings of five scrapes');
  const count = smoke ? 20 : 10_000;
  for (const [work, run] of Object.entries(findingRounds(count))) await report(`${count} engines, ${work}`, run);
}

async function main(): Promise<void> {
  const parts = {
    configs: measureConfigs,
    scrapes: measureScrapes,
    dashboard: measureDashboard,
    prometheus: measurePrometheus,
    import: measureImport,
    history: measureHistory,
    findings: measureFindings,
  };
  const names = process.argv.slice(2);
  for (const [name, measure] of Object.entries(parts)) if (names.length === 0 || names.includes(name)) await measure();
}

void main();
