/** What typing and plotting in a scratchpad cost. Prints; asserts nothing on time. */
import { envelopeOf } from '../../src/prometheus/client';
import { queryData } from '../../src/prometheus/data';
import { complete, diagnose } from '../../src/promql/language';
import type { Names } from '../../src/promql/names';
import { plotOf } from '../../src/promql/plot';
import { times } from './timing';

const metrics = Array.from({ length: 2200 }, (_, index) => `ray_vllm_metric_${index}_total`);
const names: Names = {
  metrics: () => Promise.resolve(metrics),
  metadata: () => Promise.resolve(new Map(metrics.map((name) => [name, { type: 'counter', help: `What ${name} counts.`, unit: '' }]))),
  labels: () => Promise.resolve(['engine', 'WorkerId']), values: () => Promise.resolve(['0', '1']), seriesCount: () => Promise.resolve(1),
};

/** The later half, where the code is warm, in order. */
function warm(all: readonly number[]): { median: number; p95: number } {
  const sorted = all.slice(all.length >> 1).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { median: at(0.5), p95: at(0.95) };
}

const say = (what: string, all: readonly number[]): void => {
  const { median, p95 } = warm(all);
  process.stdout.write(`${what.padEnd(64)} ${median.toFixed(1).padStart(7)} ms, p95 ${p95.toFixed(1)} ms, first ${(all[0] ?? NaN).toFixed(0)} ms\n`);
};

async function main(): Promise<void> {
  const typed = 'sum by (engine) (rate(ray_vllm_metric_1';
  const completed: number[] = [];
  for (let round = 0; round < 200; round += 1) {
    const start = performance.now();
    await complete(typed, typed.length, names);
    completed.push(performance.now() - start);
  }
  say('PromQL: completion of a metric among 2,200', completed);
  const part = 'sum by (engine) (rate(ray_vllm_generation_tokens_total{WorkerId=~"a|b"}[$__rate_interval]))';
  const long = Array.from({ length: 42 }, () => part).join('\n  +\n').slice(0, 4096).replace(/\+[^+]*$/, '');
  say(`PromQL: local diagnostics of a query of ${long.length} characters`, times(100, () => diagnose(long)));
  const values = Array.from({ length: 11_000 }, (_, index) => [1_700_000_000 + index, String(Math.sin(index / 100))]);
  const result = Array.from({ length: 20 }, (_, index) => ({ metric: { __name__: 'm', engine: String(index) }, values }));
  const text = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });
  say(`PromQL: an answer of 20 × 11,000 points (${(text.length / 2 ** 20).toFixed(1)} MiB) as lines`, times(10, () => {
    const data = queryData(envelopeOf({ status: 200, mediaType: 'application/json', text }).data);
    return data.type === 'matrix' ? plotOf(data.series, 1000, 16) : undefined;
  }));
}

void main();
