/** Measures typing and plotting in a scratchpad, and a snapshot from Prometheus. */
import { runToEnd } from '../../src/shared/timeSlice';
import { jsonWork } from '../../src/shared/parseJson';
import { asObject } from '../../src/shared/json';
import { envelopeOf } from '../../src/prometheus/apiEnvelope';
import { queryData } from '../../src/prometheus/responseData';
import { complete, checkSyntax } from '../../src/promql/language';
import type { NameLookup } from '../../src/promql/nameLookup';
import { buildPlotData } from '../../src/promql/plotData';
import { rangeAnswer } from './answerToPicture';
import { prometheusSource } from './prometheusSource';
import { result, smoke, table } from './report';
import { at, rounds, times, warm } from './timing';

const metrics = Array.from({ length: 2200 }, (_, index) => `ray_vllm_metric_${index}_total`);
const names: NameLookup = {
  metrics: () => Promise.resolve(metrics),
  metadata: () =>
    Promise.resolve(
      new Map(metrics.map((name) => [name, { type: 'counter', help: `What ${name} counts.`, unit: '' }])),
    ),
  labels: () => Promise.resolve(['engine', 'WorkerId']),
  values: () => Promise.resolve(['0', '1']),
  seriesCount: () => Promise.resolve(1),
};

const printRow = (work: string, durations: readonly number[]): unknown => {
  const values = warm(durations);
  return result({ work, value: at(values, 0.5), unit: 'ms', lowest: Math.min(...values), highest: at(values, 0.95) });
};

/** Snapshots from a server that answers at once, without its first ones, which try both ways of asking. */
async function measureSource(engines: number): Promise<void> {
  const source = prometheusSource(engines);
  const durations: number[] = [];
  for (let round = 0; round < 2 + rounds(40); round += 1) {
    const before = process.cpuUsage();
    await source.snapshot();
    const { user, system } = process.cpuUsage(before);
    if (round >= 2) durations.push((user + system) / 1000);
  }
  const { samples, bytes, queries } = source;
  printRow(
    `a snapshot from Prometheus for ${engines} engines, of ${samples} samples (${(bytes / 1e6).toFixed(2)} MB, ${queries} queries), processor time`,
    durations,
  );
}

async function main(): Promise<void> {
  table('PromQL: typing and plotting; highest is the 95th percentile');
  const typed = 'sum by (engine) (rate(ray_vllm_metric_1';
  const completions: number[] = [];
  for (let round = 0; round < rounds(200); round += 1) {
    const start = performance.now();
    await complete(typed, typed.length, names);
    completions.push(performance.now() - start);
  }
  printRow('completion of a metric among 2,200', completions);
  const term = 'sum by (engine) (rate(ray_vllm_generation_tokens_total{WorkerId=~"a|b"}[$__rate_interval]))';
  const longQuery = Array.from({ length: 42 }, () => term)
    .join('\n  +\n')
    .slice(0, 4096)
    .replace(/\+[^+]*$/, '');
  printRow(
    `local diagnostics of a query of ${longQuery.length} characters`,
    times(rounds(100), () => checkSyntax(longQuery)),
  );
  const text = rangeAnswer();
  const body = Buffer.from(text);
  printRow(
    `an answer of 20 × 11,000 points (${(text.length / 2 ** 20).toFixed(1)} MiB) as lines`,
    times(rounds(10), () => {
      const data = runToEnd(
        queryData(
          envelopeOf({ status: 200, mediaType: 'application/json', body, json: asObject(runToEnd(jsonWork(body))) })
            .data,
        ),
      );
      return data.type === 'matrix' ? buildPlotData(data.series, 1000, 16) : undefined;
    }),
  );
  for (const engines of smoke ? [64] : [64, 512]) await measureSource(engines);
}

void main();
