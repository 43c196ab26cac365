/** A snapshot takes steps in proportion to what the targets expose, whatever there are many of. */
import { strict as assert } from 'node:assert';
import { SnapshotBuilder } from '../../../src/collector/snapshotBuilder';
import type { MetricsResponse } from '../../../src/collector/snapshotSource';
import { catalogIndex } from '../support/catalogIndex';
import { stepGrowth } from '../support/countSteps';
import { readerOf, targetOf } from '../support/replay';
import { actor } from '../metrics/scene';

const gauge = 'ray_vllm_num_requests_running';
const bucket = 'ray_vllm_time_to_first_token_seconds_bucket';
const repeat = (count: number, lineOf: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => lineOf(index)).join('');
const engine = (name: string, value: number): string =>
  `${gauge}{WorkerId="${name}",NodeAddress="192.0.2.2"} 1\n` +
  `ray_vllm_generation_tokens_total{WorkerId="${name}",NodeAddress="192.0.2.2"} ${value}\n`;

type Actors = NonNullable<Parameters<SnapshotBuilder['build']>[0]['actors']>;
/** What the targets answer in each scrape, and the actors that the dashboard lists. */
interface Scrapes {
  bodies: string[][];
  actors?: Actors[];
}

const oneTarget = (bodyOf: (scrape: number) => string): Scrapes => ({ bodies: [[bodyOf(0)], [bodyOf(1)]] });
const actorsOf = (count: number, name: string, state: string): Actors =>
  new Map(Array.from({ length: count }, (_, index) => actor(`${name}${index}`, state, { startedAt: index })));

/** By what there are many of. */
const inputs: Readonly<Record<string, (size: number) => Scrapes>> = {
  engines: (size) => oneTarget((scrape) => repeat(size, (index) => engine(`w${index}`, scrape * index))),
  'engines that are all replaced': (size) =>
    oneTarget((scrape) => repeat(size, (index) => engine(`${scrape}-${index}`, 1))),
  'dead engines, and as many that follow them': (size) => ({
    ...oneTarget((scrape) => repeat(size, (index) => engine(`${scrape}-${index}`, 1))),
    actors: [
      actorsOf(size, '0-', 'ALIVE'),
      new Map([...actorsOf(size, '0-', 'DEAD'), ...actorsOf(size, '1-', 'ALIVE')]),
    ],
  }),
  'label sets of an engine': (size) =>
    oneTarget((scrape) => repeat(size, (index) => `${gauge}{WorkerId="w",x="${index}"} ${scrape}\n`)),
  'label sets of a histogram': (size) =>
    oneTarget((scrape) =>
      repeat(size, (index) =>
        [1, 2, '+Inf'].map((le) => `${bucket}{WorkerId="w",x="${index}",le="${le}"} ${scrape}\n`).join(''),
      ),
    ),
  GPUs: (size) =>
    oneTarget(() =>
      repeat(size, (index) => `ray_node_gpus_utilization{ip="192.0.2.2",GpuIndex="${index}"} ${index % 100}\n`),
    ),
  targets: (size) => ({
    bodies: [0, 1].map((scrape) => Array.from({ length: size }, (_, index) => engine(`w${index}`, scrape))),
  }),
  'targets without engines': (size) => ({ bodies: [0, 1].map(() => Array.from({ length: size }, () => 'a 1\n')) }),
  'actors that never report, and their targets': (size) => ({
    bodies: Array.from({ length: 7 }, () => Array.from({ length: size }, () => 'a 1\n')),
    actors: Array.from({ length: 7 }, () => actorsOf(size, 'w', 'ALIVE')),
  }),
  'engines whose cache is full, and then is not': (size) => ({
    bodies: [1, 1, 1, 1, 0].map((usage, scrape) => [
      repeat(
        size,
        (index) => `${engine(`w${index}`, scrape * 10)}ray_vllm_kv_cache_usage_perc{WorkerId="w${index}"} ${usage}\n`,
      ),
    ]),
  }),
  'engines whose agent begins anew': (size) => ({
    bodies: [2, 1, 2].map((value) => [repeat(size, (index) => engine(`w${index}`, value))]),
  }),
};

function build({ bodies, actors }: Scrapes): number {
  const builder = new SnapshotBuilder(catalogIndex);
  const readers = new Map<number, ReturnType<typeof readerOf>>();
  const readerAt = (index: number): ReturnType<typeof readerOf> => {
    const reader = readers.get(index) ?? readerOf(targetOf(index));
    readers.set(index, reader);
    return reader;
  };
  let shown = 0;
  bodies.forEach((texts, scrape) => {
    const now = 1_795_000_000_000 + scrape * 60_000;
    const answers = texts.map((text, index): MetricsResponse => {
      const reader = readerAt(index);
      reader.begin();
      reader.feed(Buffer.from(text));
      return { target: targetOf(index), at: now, tookMs: 1, bytes: text.length, result: reader.end() };
    });
    const {
      engines,
      parts = [],
      targets,
    } = builder.build({
      trigger: 'api',
      now,
      targets: answers.map(({ target }) => target),
      answers,
      actors: actors?.[scrape],
      rayVersion: undefined,
      expectedEngines: undefined,
    });
    shown = engines.length + parts.length + targets.length;
  });
  return shown;
}

/** Four times as many are beyond what any run has, and enough to tell. */
const few = 100;

describe('a snapshot', () => {
  for (const [what, scrapesOf] of Object.entries(inputs))
    it(`takes steps in proportion to the ${what}`, () => {
      const growth = stepGrowth(few, scrapesOf, (scrapes) => assert.ok(build(scrapes) > 0));
      assert.ok(growth < 5, `four times the ${what} take ${growth} times the steps`);
    });
});
