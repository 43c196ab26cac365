/** What typing and plotting in a scratchpad cost. */
import { envelopeOf } from '../../src/prometheus/client';
import { queryData } from '../../src/prometheus/responseData';
import { complete, checkSyntax } from '../../src/promql/language';
import type { NameLookup } from '../../src/promql/nameLookup';
import { buildPlotData } from '../../src/promql/plotData';
import { rangeAnswer } from './answerPicture';
import { prometheusSource } from './prometheusSource';
import { result, table } from './report';
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

const say = (work: string, all: readonly number[]): unknown =>
  result({ work, value: at(warm(all), 0.5), unit: 'ms', lowest: Math.min(...warm(all)), highest: at(warm(all), 0.95) });

async function main(): Promise<void> {
  table('PromQL: typing and plotting; highest is the 95th percentile');
  const typed = 'sum by (engine) (rate(ray_vllm_metric_1';
  const completed: number[] = [];
  for (let round = 0; round < rounds(200); round += 1) {
    const start = performance.now();
    await complete(typed, typed.length, names);
    completed.push(performance.now() - start);
  }
  say('completion of a metric among 2,200', completed);
  const part = 'sum by (engine) (rate(ray_vllm_generation_tokens_total{WorkerId=~"a|b"}[$__rate_interval]))';
  const long = Array.from({ length: 42 }, () => part)
    .join('\n  +\n')
    .slice(0, 4096)
    .replace(/\+[^+]*$/, '');
  say(
    `local diagnostics of a query of ${long.length} characters`,
    times(rounds(100), () => checkSyntax(long)),
  );
  const text = rangeAnswer();
  say(
    `an answer of 20 × 11,000 points (${(text.length / 2 ** 20).toFixed(1)} MiB) as lines`,
    times(rounds(10), () => {
      const data = queryData(envelopeOf({ status: 200, mediaType: 'application/json', text }).data);
      return data.type === 'matrix' ? buildPlotData(data.series, 1000, 16) : undefined;
    }),
  );
  const source = prometheusSource(64);
  const made: number[] = [];
  // The first rounds make the answers that then lie ready.
  for (let round = 0; round < 2 + rounds(40); round += 1) {
    const start = performance.now();
    await source.snapshot();
    if (round >= 2) made.push(performance.now() - start);
  }
  say(
    `a snapshot from Prometheus for 64 engines, of ${source.samples} samples (${(source.bytes / 2 ** 20).toFixed(1)} MiB)`,
    made,
  );
}

void main();
